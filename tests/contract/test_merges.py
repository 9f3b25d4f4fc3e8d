"""Merges between true instances, while records with the old ids are on their way."""

import uuid

import pytest
from django.db import connections

from msupply.records.invoices import Invoice, InvoiceLine
from msupply.records.items import Item
from msupply.records.merges import ItemMerge
from msupply.records.names import Name, NameStoreJoin
from msupply.records.stock import Location, StockLine
from msupply.services.merges import merge
from msupply.sync.clock import now
from msupply.sync.declare.registry import registry
from tests.contract.country import CENTRAL, NORTH, SITES, SOUTH
from tests.contract.world import Instance, World

# Of these each instance notes its own moment.
MOMENTS = {"deleted_datetime"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request, new_sqlite, django_db_blocker):
    """Three instances with nothing but stores, and a spare database."""
    # A connection stays with its name: each world has names of its own.
    name = f"merging_{uuid.uuid4().hex[:8]}"
    make = new_sqlite if request.param == "sqlite" else request.getfixturevalue("new_postgres")
    with django_db_blocker.unblock():
        central = Instance(make(name), CENTRAL)
        sites = {n: Instance(new_sqlite(f"{name}_{n}"), n) for n in SITES}
        spare = Instance(new_sqlite(f"{name}_anew"), NORTH)
        made = World(central, sites, spare)
        made.set_up()
        yield made
        for instance in made.everyone:
            instance.connection.close()
        for alias in {one.alias for one in (central, *sites.values(), spare)}:
            connections.settings.pop(alias, None)


def make(instance, model, record_id, **values):
    return model.objects.using(instance.alias).create(id=record_id, **values)


def get(instance, model, record_id):
    return model.objects.using(instance.alias).get(pk=record_id)


def items(instance, *ids):
    for record_id in ids:
        make(instance, Item, record_id, name=record_id, code=record_id)


def stock(instance, record_id, item, **values):
    make(instance, StockLine, record_id, item_id=item, store_id="store-north", **values)


def merging(instance, kind, keep, lose):
    merge(instance.connection, None, None, kind, keep, lose)


def told(instance, kind):
    rows = instance.table(kind)
    for row in rows.values():
        for name in MOMENTS & row.keys():
            row[name] = row[name] is not None
    return rows


def assert_same(world, site):
    """Every row of a site is as the central server has it."""
    for kind in registry().synced:
        central = told(world.central, kind)
        for record_id, row in told(world[site], kind).items():
            assert row == central.get(record_id), (kind.name, record_id)
    assert world.central.quarantine() == []
    assert world[site].quarantine() == []


def test_a_record_that_is_made_during_the_merge_finds_the_item_kept(world):
    central, north = world.central, world[NORTH]
    items(central, "A", "B", "C")
    world.synchronise()
    stock(north, "L1", "A")
    merging(central, "item", "B", "A")
    world.synchronise()
    stock(north, "L2", "B")
    merging(central, "item", "C", "B")
    world.synchronise(rounds=2)
    for instance in (central, north):
        assert {get(instance, StockLine, line).item_id for line in ("L1", "L2")} == {"C"}
    for site in SITES:
        assert_same(world, site)


def test_a_new_site_gets_the_merges_after_the_records(world):
    central, north = world.central, world[NORTH]
    items(central, "A", "B", "C")
    world.synchronise()
    stock(north, "L1", "A")
    world.synchronise()
    merging(central, "item", "B", "A")
    merging(central, "item", "C", "B")
    world.install_again(NORTH)
    world.cycle(NORTH)
    assert get(world[NORTH], StockLine, "L1").item_id == "C"
    found = ItemMerge.objects.using(world[NORTH].alias).values_list("id", "kept_id")
    assert set(found) == {("A", "C"), ("B", "C")}
    assert_same(world, NORTH)


def test_a_site_merges_its_patients_and_locations_for_all(world):
    north = world[NORTH]
    for record_id in ("P1", "P2"):
        make(
            north,
            Name,
            record_id,
            name=record_id,
            code=record_id,
            type="PATIENT",
            supplying_store_id="store-north",
        )
        make(north, NameStoreJoin, f"J{record_id}", name_id=record_id, store_id="store-north")
    for record_id in ("L1", "L2"):
        make(north, Location, record_id, name="", code="", store_id="store-north")
    items(world.central, "I")
    world.synchronise()
    stock(north, "S", "I", location_id="L1")
    world.synchronise()
    # Another site sees one of them.
    make(world.central, NameStoreJoin, "JS", name_id="P1", store_id="store-south")
    world.synchronise()
    merging(north, "patient", "P2", "P1")
    merging(north, "location", "L2", "L1")
    world.synchronise(rounds=2)
    assert get(world.central, StockLine, "S").location_id == "L2"
    for site in SITES:
        assert get(world[site], Name, "P1").deleted_datetime is not None
        assert get(world[site], Name, "P2").deleted_datetime is None
        assert_same(world, site)
    found = NameStoreJoin.objects.using(world.central.alias).filter(name_id="P2")
    assert set(found.values_list("id", flat=True)) == {"JP1", "JS"}


def test_the_id_of_a_lost_record_is_not_kept_by_who_writes_it_later(world):
    """No screen offers it, but a form may have been open, and an old file may be imported."""
    central, north = world.central, world[NORTH]
    items(central, "A", "B")
    merging(central, "item", "B", "A")
    world.synchronise()
    for instance, line in ((central, "L1"), (north, "L2")):
        stock(instance, line, "A")
        assert get(instance, StockLine, line).item_id == "B"
    changed = get(north, StockLine, "L2")
    changed.item_id, changed.note = "A", "changed"
    changed.save(using=north.alias)
    world.synchronise(rounds=2)
    assert get(central, StockLine, "L2").note == "changed"
    assert get(central, StockLine, "L2").item_id == "B"
    assert_same(world, NORTH)


def test_a_document_written_to_a_lost_name_goes_to_the_store_of_the_name_kept(world):
    north, south = world[NORTH], world[SOUTH]
    items(world.central, "X")
    make(world.central, Name, "old", name="old", code="old", type="FACILITY")
    merging(world.central, "name", "name-south", "old")
    world.synchronise()
    values = {"type": "OUTBOUND_SHIPMENT", "status": "SHIPPED", "invoice_number": 7}
    invoice = make(
        north,
        Invoice,
        "I1",
        store_id="store-north",
        name_id="old",
        created_datetime=now(),
        **values,
    )
    make(
        north,
        InvoiceLine,
        "I1-1",
        invoice_id=invoice.pk,
        item_id="X",
        item_name="x",
        item_code="x",
        type="STOCK_OUT",
    )
    world.synchronise(rounds=2)
    assert get(south, Invoice, "I1").name_id == "name-south"
    assert get(south, InvoiceLine, "I1-1").invoice_id == "I1"
