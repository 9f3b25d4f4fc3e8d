"""Whatever the order of merges and records, and however often they come, the tables are equal."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msupply.records.items import Item, ItemStoreJoin
from msupply.records.merges import ItemMerge, NameMerge
from msupply.records.names import Name, NameStoreJoin
from msupply.records.stock import StockLine
from tests.conftest import empty
from tests.merging.conftest import Country, merge
from tests.merging.test_arriving import stock_line, wire

ITEMS = ("A", "B", "C", "D")
TABLES = (Item, ItemStoreJoin, StockLine, ItemMerge, Name, NameStoreJoin, NameMerge)
# Of the moment of a deletion only counts that there is one.
MOMENTS = {"deleted_datetime"}


def records():
    """What arrives, apart from the merges: items and names, and what refers to them."""
    yield from (wire("item", i, unit_ID="", category_ID="") for i in ITEMS)
    yield from (
        wire("name", i, type="facility", supplying_store_id="", NEXT_OF_KIN_ID="") for i in ITEMS
    )
    for number, name in enumerate(ITEMS):
        yield stock_line(f"L{name}", name)
        yield wire(
            "item_store_join",
            f"I{9 - number}",
            item_ID=name,
            store_ID="S-north",
            default_location_ID="",
        )
        yield wire(
            "name_store_join",
            f"N{number}",
            name_ID=name,
            store_ID="S-north",
            om_name_is_customer=number == 1,
            om_name_is_supplier=number == 2,
        )


@st.composite
def merges(draw):
    """Merges without a circle: each item is lost once at most, into a later one of an order."""
    order = draw(st.permutations(ITEMS))
    found = []
    for place, lost in enumerate(order[:-1]):
        kept = draw(st.none() | st.sampled_from(order[place + 1 :]))
        if kept:
            found += [merge("item", kept, lost), merge("name", kept, lost)]
    return found


@st.composite
def histories(draw):
    """Two orders in which the same things arrive, some of them more than once, in batches."""
    everything = [*records(), *draw(merges())]
    places = range(len(everything))
    # An older copy of a join that names the record kept cannot be told from a newer one.
    repeatable = [p for p in places if everything[p].table != "name_store_join"]
    orders = []
    for _ in range(2):
        again = draw(st.lists(st.sampled_from(repeatable), max_size=9))
        order = draw(st.permutations([*places, *again]))
        size = draw(st.integers(1, len(order)))
        orders.append(
            [[everything[p] for p in order[i : i + size]] for i in range(0, len(order), size)]
        )
    return orders


def outcome(country, batches):
    for batch in batches:
        country.arrive_trusted(*batch)
    assert country.kept_back() == []
    tables = {}
    for model in TABLES:
        rows = model.objects.using(country.alias).order_by("id").values()
        tables[model.__name__] = [
            {k: v is not None if k in MOMENTS else v for k, v in row.items()} for row in rows
        ]
    return tables


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(orders=histories())
def test_all_orders_converge(connection, orders):
    found = []
    for batches in orders:
        empty(connection)
        country = Country(connection)
        country.store("S-north", 2)
        found.append(outcome(country, batches))
    assert found[0] == found[1]
