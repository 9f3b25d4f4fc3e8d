"""Mirrored synchronisation: a remote site edits the central data of the whole system (D.12)."""

from collections.abc import Iterator

import pytest
from django.db import connections

from msupply.central import background, settings
from msupply.records.items import Item
from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.records.sites import Site
from msupply.records.stores import StorePreference
from msupply.sync import here, ownership
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import registry
from tests.contract.country import CENTRAL, NORTH, SITES, SOUTH
from tests.contract.world import Instance, World


@pytest.fixture(scope="module")
def mirrored(new_sqlite, django_db_blocker) -> Iterator[World]:
    """A country whose primary server is the northern site, and that has heard of it."""
    with django_db_blocker.unblock():
        central = Instance(new_sqlite("primary_central"), CENTRAL)
        sites = {n: Instance(new_sqlite(f"primary_site_{n}"), n) for n in SITES}
        world = World(central, sites, Instance(new_sqlite("primary_spare"), NORTH))
        world.set_up()
        say_something_of_the_south(world.central.alias)
        north = Site.objects.using(world.central.alias).get(site_id=NORTH)
        settings.set_primary(world.central.connection, north)
        background.work(world.central.connection)
        world.synchronise(rounds=2)
        yield world
        for instance in world.everyone:
            instance.connection.close()
            del connections.settings[instance.alias]


def say_something_of_the_south(alias: str) -> None:
    """Let the store south have a preference, and see a name and a patient."""
    StorePreference.objects.using(alias).create(id="said-before", store_id="store-south", data="{}")
    names = Name.objects.using(alias)
    for record_id, kind in (
        ("seen-before", NameType.FACILITY),
        ("patient-before", NameType.PATIENT),
    ):
        name = names.create(id=f"name-{record_id}", name=record_id, code=record_id, type=kind)
        NameStoreJoin.objects.using(alias).create(
            id=record_id, store_id="store-south", name_id=name.pk
        )


def refusal(instance: Instance, name: str) -> Editor | None:
    kind = registry().by_name[name]
    connection = instance.connection
    found = ownership.refusal(connection, kind, {}, here.load(connection))
    return None if found is None else found.editor


def items(instance: Instance) -> set[str]:
    return set(Item.objects.using(instance.alias).values_list("code", flat=True))


def test_central_data_are_edited_on_the_primary_server_alone(mirrored: World) -> None:
    found = {site: refusal(instance, "item") for site, instance in mirrored.instances.items()}
    assert found == {CENTRAL: Editor.PRIMARY, NORTH: None, SOUTH: Editor.PRIMARY}


def test_data_of_the_open_msupply_central_server_stay_there(mirrored: World) -> None:
    assert refusal(mirrored.central, "campaign") is None
    assert refusal(mirrored[NORTH], "campaign") is Editor.CENTRAL


def test_what_the_primary_server_edits_reaches_every_site(mirrored: World) -> None:
    Item.objects.using(mirrored[NORTH].alias).create(code="ors", name="ORS", type="STOCK")
    mirrored.cycle(NORTH)
    assert "ors" in items(mirrored.central)
    mirrored.cycle(SOUTH)
    assert "ors" in items(mirrored[SOUTH])


def test_the_primary_server_gets_what_was_said_of_every_store_before(mirrored: World) -> None:
    at_primary = mirrored[NORTH].alias
    assert StorePreference.objects.using(at_primary).filter(pk="said-before").exists()
    assert NameStoreJoin.objects.using(at_primary).filter(pk="seen-before").exists()
    assert not NameStoreJoin.objects.using(at_primary).filter(pk="patient-before").exists()


def test_a_preference_from_the_primary_server_reaches_the_stores_site(mirrored: World) -> None:
    preference = StorePreference(store_id="store-south", data="{}")
    preference.save(using=mirrored[NORTH].alias)
    mirrored.synchronise()
    held = StorePreference.objects.using(mirrored[SOUTH].alias)
    assert held.filter(pk=preference.pk).exists()


def test_the_central_server_works_on_while_the_primary_server_is_offline(mirrored: World) -> None:
    Item.objects.using(mirrored[NORTH].alias).create(code="late", name="Late", type="STOCK")
    mirrored.cycle(SOUTH)
    assert "late" not in items(mirrored[SOUTH])
    mirrored.synchronise(rounds=2)
    assert "late" in items(mirrored[SOUTH])
