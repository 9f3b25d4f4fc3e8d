"""What arrives with an old id after the merge, or before what it needs."""

import pytest

from msupply.records.clinicians import Clinician
from msupply.records.items import Item
from msupply.records.names import Name, NameStoreJoin
from msupply.records.properties import NameOmsFields
from msupply.records.stock import Location, StockLine
from msupply.sync import aliases
from msupply.sync.declare.registry import Wire
from msupply.sync.models import ChangelogQueue
from tests.examples import clinicians, items, names, stock
from tests.merging.conftest import NORTH, arrived, merge

EXAMPLES: dict[str, dict[str, object]] = {}
for subject in (clinicians, items, names, stock):
    for example in subject.EXAMPLES:
        EXAMPLES.setdefault(example.table, example.record)


def wire(table, record_id, **values):
    return arrived(table, EXAMPLES[table] | {"ID": record_id} | values)


def stock_line(record_id, item):
    refers = ("name_ID", "location_ID", "barcodeID", "om_item_variant_id", "donor_id")
    nothing = dict.fromkeys((*refers, "vvm_status_id", "manufacturer_ID"), "")
    more = {"store_ID": "S-north", "item_ID": item, "oms_fields": None, **nothing}
    return wire("item_line", record_id, **more)


def test_a_reference_to_the_item_lost_is_repointed(country):
    country.items("A", "B")
    country.arrive_trusted(merge("item", "B", "A"))
    country.arrive(stock_line("L", "A"), site=NORTH)
    assert country.kept_back() == []
    assert country.row(StockLine, "L").item_id == "B"


def test_it_is_repointed_though_the_item_lost_was_never_here(country):
    country.items("B")
    country.arrive_trusted(merge("item", "B", "A"))
    country.arrive(stock_line("L", "A"), site=NORTH)
    assert country.row(StockLine, "L").item_id == "B"


@pytest.mark.parametrize(
    ("table", "model"), [("item", Item), ("clinician", Clinician), ("name", Name)]
)
def test_a_record_that_is_lost_does_not_come_back(country, table, model):
    country.items("A", "B")
    country.prescribers("A", "B")
    country.names("A", "B")
    country.arrive_trusted(merge(table, "B", "A"))
    lost = country.row(model, "A")
    country.arrive_trusted(wire(table, "A", store_ID="", supplying_store_id=""))
    again = country.row(model, "A")
    for flag in ("is_active", "deleted_datetime"):
        assert getattr(again, flag, None) == getattr(lost, flag, None)
    assert country.kept_back() == []


def test_a_location_that_is_lost_does_not_come_back(country):
    country.locations("S-north", "A", "B")
    country.arrive_trusted(merge("Location", "B", "A", store_ID="S-north"))
    country.arrive(wire("Location", "A", store_ID="S-north"), site=NORTH)
    assert not country.has(Location, "A")
    assert country.kept_back() == []


def test_a_patient_that_is_lost_still_goes_where_the_one_kept_is_visible(country):
    country.patients("A", "B")
    country.arrive_trusted(merge("name", "B", "A"))
    country.arrive_trusted(wire("name", "A", type="patient", supplying_store_id=""))
    assert country.log(ChangelogQueue, "A").visible_id == "B"


def test_a_merge_waits_for_the_record_that_is_kept(country):
    country.items("A")
    country.stock("L", "A")
    country.arrive_trusted(merge("item", "B", "A"))
    assert country.kept_back() == [("item", "merge", "A", "missing_parent")]
    country.arrive_trusted(wire("item", "B"))
    assert country.kept_back() == []
    assert country.row(StockLine, "L").item_id == "B"


def test_a_new_copy_of_the_record_lost_does_not_drop_the_waiting_merge(country):
    country.items("A")
    country.arrive_trusted(merge("item", "B", "A"))
    country.arrive_trusted(wire("item", "A"))
    assert country.kept_back() == [("item", "merge", "A", "missing_parent")]


def test_a_merge_waits_no_longer_when_what_it_waits_for_is_merged_too(country):
    country.items("A", "C")
    country.arrive_trusted(merge("item", "B", "A"))
    country.arrive_trusted(merge("item", "C", "B"))
    assert country.kept_back() == []
    assert not country.row(Item, "A").is_active


def test_a_join_that_arrives_late_is_dropped_or_takes_over(country):
    country.names("A", "B")
    country.arrive_trusted(merge("name", "B", "A"))
    for record_id, name in (("J2", "B"), ("J1", "A"), ("J3", "A")):
        country.arrive_trusted(wire("name_store_join", record_id, name_ID=name, store_ID="S-north"))
    found = NameStoreJoin.objects.using(country.alias).values_list("id", "name_id")
    assert list(found) == [("J1", "B")]


def test_an_older_copy_of_a_join_keeps_the_flags_of_both(country):
    country.names("A", "B")
    older = wire(
        "name_store_join",
        "J1",
        name_ID="A",
        store_ID="S-north",
        om_name_is_customer=False,
        om_name_is_supplier=True,
    )
    country.arrive_trusted(older)
    country.make(NameStoreJoin, "J2", name_id="B", store_id="S-north", name_is_customer=True)
    country.arrive_trusted(merge("name", "B", "A"))
    country.arrive_trusted(older)
    row = country.row(NameStoreJoin, "J1")
    assert (row.name_id, row.name_is_customer, row.name_is_supplier) == ("B", True, True)


def test_properties_of_the_name_lost_go_to_the_one_kept(country):
    country.names("A", "B")
    country.arrive_trusted(merge("name", "B", "A"))
    country.arrive(arrived("name_oms_fields", {"id": "A", "properties": '{"a":1}'}), wire=Wire.V6)
    assert country.row(NameOmsFields, "B").properties == '{"a":1}'
    assert not country.has(NameOmsFields, "A")


def test_a_merge_made_while_records_are_checked_counts(country, monkeypatch):
    country.items("A", "B")
    country.arrive_trusted(stock_line("L1", "A"))
    settle = aliases.Aliases.settle

    def merged_meanwhile(self):
        monkeypatch.setattr(aliases.Aliases, "settle", settle)
        with country.connection.cursor() as cursor:
            cursor.execute("INSERT INTO item_merge (id, kept_id) VALUES ('A', 'B')")
        settle(self)

    monkeypatch.setattr(aliases.Aliases, "settle", merged_meanwhile)
    country.arrive_trusted(stock_line("L2", "A"))
    assert country.row(StockLine, "L2").item_id == "B"


@pytest.mark.parametrize(
    "data",
    [{}, {"mergeIdToKeep": "B"}, {"mergeIdToDelete": "A"}, {"mergeIdToKeep": 7}, [], None, "x"],
)
def test_a_merge_that_says_nothing_is_kept_back(country, data):
    country.items("A", "B")
    country.arrive(arrived("item", data, "B", "merge"))
    ((_table, action, _id, code),) = country.kept_back()
    assert (action, code) == ("merge", "invalid")


def test_records_of_a_table_that_nobody_merges_are_kept_back(country):
    country.arrive(merge("store", "S-north", "S-south"))
    assert country.kept_back() == [("store", "merge", "S-north", "unsupported")]
