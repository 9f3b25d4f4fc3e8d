"""The six stores of the reference's example, as an executed table (domain.md D.8).

Site 1 is the server, 2 and 3 are remote sites. Each store is active on one, copied to others or
not; what is done at its place must arrive exactly where the table says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connections

from msupply.central import background, store_sync
from msupply.records.invoices import Invoice, InvoiceLine, InvoiceLineType, InvoiceStatus
from msupply.records.invoices import InvoiceType as Type
from msupply.records.items import Item
from msupply.records.names import Name, NameStoreJoin
from msupply.records.stores import Store, StorePreference
from msupply.services import visibility
from msupply.sync import here, ownership, placement
from msupply.sync.clock import now
from msupply.sync.declare import Record
from msupply.sync.declare.registry import registry
from msupply.sync.placement import SyncType
from tests.contract.world import Instance, World

SERVER, R1, R2 = 1, 2, 3
ACTIVE, COLLECTOR, TRANSFER, NONE = SyncType

# Store: what it is on the server, on remote 1 and on remote 2.
SETTINGS = {
    "A": (ACTIVE, COLLECTOR, NONE),
    "B": (COLLECTOR, ACTIVE, TRANSFER),
    "C": (COLLECTOR, TRANSFER, ACTIVE),
    "D": (COLLECTOR, NONE, ACTIVE),
    "E": (ACTIVE, NONE, NONE),
    "F": (TRANSFER, ACTIVE, NONE),
}
# Who sees whom: that decides who may send whom a transfer.
SEEN_IN = {"A": "BCDF", "B": "ACF", "C": "BD", "D": "B", "E": "A", "F": "B"}

# Store: where a line of an invoice made at its place is seen, and a preference from the server.
LINE_SEEN_AT = {
    "A": {SERVER, R1},
    "B": {SERVER, R1},
    "C": {SERVER, R2},
    "D": {SERVER, R2},
    "E": {SERVER},
    "F": {R1},
}
PREFERENCE_SEEN_AT = {
    "A": {SERVER},
    "B": {SERVER, R1},
    "C": {SERVER, R2},
    "D": {SERVER, R2},
    "E": {SERVER},
    "F": {SERVER, R1},
}
# From a store at a place to a store: does the transfer reach it, or is it refused? A dash: itself.
REACHES = {
    SERVER: {"A": "-", "B": "yes", "C": "yes", "D": "yes", "E": "no", "F": "yes"},
    R1: {"A": "yes", "B": "-", "C": "yes", "D": "no", "E": "no", "F": "yes"},
    R2: {"A": "no", "B": "yes", "C": "-", "D": "yes", "E": "no", "F": "no"},
}
SENDERS = {SERVER: "A", R1: "B", R2: "C"}


@dataclass
class Told:
    """What was done, and what the instances hold when all is quiet."""

    world: World
    lines: dict[str, str] = field(default_factory=dict)
    preferences: dict[str, str] = field(default_factory=dict)
    transfers: dict[tuple[int, str], str | None] = field(default_factory=dict)

    def places_of(self, model: type[Record], record_id: str) -> set[int]:
        """Return the instances that hold a record."""
        return {
            site
            for site, instance in self.world.instances.items()
            if model._base_manager.using(instance.alias).filter(pk=record_id).exists()
        }


@pytest.fixture(scope="module")
def told(new_sqlite, django_db_blocker) -> Iterator[Told]:
    """Set the country up, do one of each thing everywhere, and let everybody synchronise."""
    with django_db_blocker.unblock():
        central = Instance(new_sqlite("af_server"), SERVER)
        sites = {n: Instance(new_sqlite(f"af_site_{n}"), n) for n in (R1, R2)}
        told = Told(World(central, sites, Instance(new_sqlite("af_spare"), R1)))
        told.world.set_up()
        _set_up_stores(told.world)
        _work(told)
        told.world.synchronise(rounds=3)
        yield told
        for instance in told.world.everyone:
            instance.connection.close()
            del connections.settings[instance.alias]


def _set_up_stores(world: World) -> None:
    alias, connection = world.central.alias, world.central.connection
    Item.objects.using(alias).create(id="zinc", code="zinc", name="Zinc", type="STOCK")
    for code, types in SETTINGS.items():
        name = Name(id=f"name-{code}", name=f"Store {code}", code=code, type="STORE")
        name.is_customer = name.is_supplier = True
        name.save(using=alias)
        site = types.index(ACTIVE) + 1
        Store.objects.using(alias).create(
            id=code, code=code, name_id=name.pk, site_id=site, store_mode="DISPENSARY"
        )
    for viewer, seen in SEEN_IN.items():
        for code in seen:
            NameStoreJoin.objects.using(alias).create(store_id=viewer, name_id=f"name-{code}")
    background.work(connection)
    for code, types in SETTINGS.items():
        for site, wanted in enumerate(types, start=1):
            # Visibility has set the transfer copies already.
            if wanted in (COLLECTOR, TRANSFER):
                store_sync.set_sync_type(connection, code, site, wanted)
    world.synchronise(rounds=2)


def _work(told: Told) -> None:
    world = told.world
    for code, types in SETTINGS.items():
        place = world[types.index(ACTIVE) + 1]
        told.lines[code] = _invoice(place, code, other_party="name-supplier-of-all")[1]
        preference = StorePreference(store_id=code, data="{}")
        preference.save(using=world.central.alias)
        told.preferences[code] = preference.pk
    for site, sender in SENDERS.items():
        for receiver in SETTINGS:
            if receiver != sender:
                told.transfers[site, receiver] = _transfer(world[site], sender, receiver)


def _transfer(place: Instance, sender: str, receiver: str) -> str | None:
    """Send a transfer as a person would; None when the program refuses it."""
    invoice = Invoice(store_id=sender, name_id=f"name-{receiver}", type=Type.OUTBOUND_SHIPMENT)
    if any(visibility.faults(place.connection, [invoice], ["name"])):
        return None
    return _invoice(place, sender, other_party=f"name-{receiver}")[0]


def _invoice(place: Instance, store: str, other_party: str) -> tuple[str, str]:
    """Save an outbound shipment with a line where its store is active; return their ids."""
    values = {"store_id": store, "name_id": other_party}
    kind = registry().by_name["invoice"]
    assert ownership.refusal(place.connection, kind, values, here.load(place.connection)) is None
    Name.objects.using(place.alias).get_or_create(
        pk="name-supplier-of-all", defaults={"name": "Supplier", "code": "sup"}
    )
    invoice = Invoice(
        **values,
        type=Type.OUTBOUND_SHIPMENT,
        status=InvoiceStatus.PICKED,
        invoice_number=1,
        created_datetime=now(),
    )
    invoice.save(using=place.alias)
    line = InvoiceLine(
        invoice_id=invoice.pk, item_id="zinc", item_name="Zinc", type=InvoiceLineType.STOCK_OUT
    )
    line.save(using=place.alias)
    return invoice.pk, line.pk


@pytest.mark.parametrize("code", SETTINGS)
def test_the_sync_types_are_those_of_the_example(told: Told, code: str) -> None:
    connection = told.world.central.connection
    found = tuple(placement.sync_type(connection, code, site) for site in (SERVER, R1, R2))
    assert found == SETTINGS[code]


@pytest.mark.parametrize("code", SETTINGS)
def test_a_line_made_at_the_active_site_is_seen_where_the_store_is_collected(
    told: Told, code: str
) -> None:
    assert told.places_of(InvoiceLine, told.lines[code]) == LINE_SEEN_AT[code]


@pytest.mark.parametrize("code", SETTINGS)
def test_a_store_preference_is_seen_at_the_server_and_the_active_site(
    told: Told, code: str
) -> None:
    found = told.places_of(StorePreference, told.preferences[code])
    assert found == PREFERENCE_SEEN_AT[code]


@pytest.mark.parametrize(("site", "code"), [(s, c) for s in REACHES for c in SETTINGS])
def test_a_transfer_reaches_its_owner_or_is_refused(told: Told, site: int, code: str) -> None:
    if REACHES[site][code] == "-":
        assert SENDERS[site] == code
        return
    invoice = told.transfers[site, code]
    owner = SETTINGS[code].index(ACTIVE) + 1
    reached = invoice is not None and owner in told.places_of(Invoice, invoice)
    assert reached == (REACHES[site][code] == "yes")


@pytest.mark.parametrize(("site", "code"), [(s, c) for s in REACHES for c in SETTINGS])
def test_a_transfer_goes_to_its_two_stores_and_their_copies_alone(
    told: Told, site: int, code: str
) -> None:
    invoice = told.transfers.get((site, code))
    if invoice is None:
        return
    types = {
        place: {SETTINGS[SENDERS[site]][place - 1], SETTINGS[code][place - 1]}
        for place in (SERVER, R1, R2)
    }
    wanted = {place for place, found in types.items() if found & {ACTIVE, COLLECTOR}}
    # Between two remote sites it passes through the server.
    assert told.places_of(Invoice, invoice) == wanted | {SERVER}


@pytest.mark.parametrize("code", SETTINGS)
def test_a_copy_is_edited_nowhere(told: Told, code: str) -> None:
    kind = registry().by_name["invoice"]
    active = SETTINGS[code].index(ACTIVE) + 1
    for site, instance in told.world.instances.items():
        values = {"store_id": code, "name_id": "name-A"}
        refused = ownership.refusal(
            instance.connection, kind, values, here.load(instance.connection)
        )
        assert (refused is None) == (site == active)
