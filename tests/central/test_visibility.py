"""Sync types that follow from what is visible where (domain.md D.4)."""

import pytest

from msupply.central import sites, store_sync, visibility
from msupply.records.activity import ActivityLog
from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import StoreMode
from msupply.sync import here
from msupply.sync.clock import now
from msupply.sync.models import ChangelogCentral, StoreSync
from msupply.sync.placement import SyncType
from tests.central import country
from tests.central.country import add_sight, find, make_site, settle, types


@pytest.fixture
def two(connection, admin):
    """Two sites, each with a store; nothing is visible yet."""
    made = make_site(connection, "north", "N1"), make_site(connection, "south", "S1")
    settle(connection)
    return made


def test_a_new_store_is_a_collector_on_the_central_server(connection, two):
    assert types(connection, "N1") == {"north": "ACTIVE", "central": "COLLECTOR"}


def test_a_visible_store_becomes_a_transfer_copy(connection, two):
    add_sight(connection, "N1", "S1")
    settle(connection)
    assert types(connection, "S1")["north"] == "TRANSFER"
    assert "south" not in types(connection, "N1")


def test_a_store_out_of_view_is_no_longer_there(connection, two):
    join = add_sight(connection, "N1", "S1")
    settle(connection)
    join.delete(using=connection.alias)
    settle(connection)
    assert "north" not in types(connection, "S1")


def test_a_lost_collector_is_told_in_the_log(connection, two):
    join = add_sight(connection, "N1", "S1")
    settle(connection)
    store_sync.set_sync_type(connection, find(connection, "S1").pk, 2, SyncType.COLLECTOR)
    join.delete(using=connection.alias)
    settle(connection)
    assert "north" not in types(connection, "S1")
    last = ActivityLog.objects.using(connection.alias).order_by("-datetime").first()
    assert (last.changed_from, last.changed_to) == ("north: COLLECTOR", "north: NONE")


def test_the_own_site_needs_no_copy_of_a_store_that_it_sees(connection, two):
    make_site(connection, "west", "W1", "W2")
    add_sight(connection, "W1", "W2")
    settle(connection)
    assert types(connection, "W2") == {"west": "ACTIVE", "central": "COLLECTOR"}


@pytest.mark.parametrize("change", ["disabled", "deleted"])
def test_disabled_stores_and_deleted_names_are_not_visible(connection, two, change):
    add_sight(connection, "N1", "S1")
    settle(connection)
    store = find(connection, "S1")
    if change == "disabled":
        store.is_disabled = True
        store.save(using=connection.alias)
    else:
        Name.objects.using(connection.alias).filter(pk=store.name_id).update(deleted_datetime=now())
    settle(connection)
    assert "north" not in types(connection, "S1")


def test_a_store_that_moves_takes_its_view_along(connection, two):
    make_site(connection, "west", "W1", initialised=False)
    add_sight(connection, "W1", "S1")
    settle(connection)
    assert types(connection, "S1")["west"] == "TRANSFER"
    # As an import does it, which knows no service.
    store = find(connection, "W1")
    store.site_id = 2
    store.save(using=connection.alias)
    settle(connection)
    found = types(connection, "S1")
    assert found["north"] == "TRANSFER"
    assert "west" not in found


def test_the_primary_server_has_every_store(connection, two):
    here.change(connection, primary_site_id=2)
    visibility.recompute(connection)
    assert types(connection, "S1")["north"] == "TRANSFER"
    settle(connection)
    assert types(connection, "S1")["north"] == "TRANSFER"


def test_the_open_msupply_central_server_has_every_store(connection, two):
    north, _south = two
    north.url = "http://oms.test"
    sites.make_oms_central(connection, north)
    assert types(connection, "S1")["north"] == "TRANSFER"


def test_patients_cost_no_recomputation(connection, two, monkeypatch):
    def refuse(*args):
        raise AssertionError("recomputed")

    country.add_patient(connection, "N1")
    monkeypatch.setattr(visibility, "recompute", refuse)
    settle(connection)


def test_following_twice_changes_nothing(connection, two):
    add_sight(connection, "N1", "S1")
    settle(connection)
    before = set(StoreSync.objects.using(connection.alias).values_list("store_id", "site_id"))
    assert visibility.follow(connection) == visibility.Recomputed()
    assert visibility.recompute(connection) == visibility.Recomputed()
    after = set(StoreSync.objects.using(connection.alias).values_list("store_id", "site_id"))
    assert after == before


def test_copies_of_what_is_gone_are_forgotten(connection, two):
    add_sight(connection, "N1", "S1")
    settle(connection)
    store_id = find(connection, "S1").pk
    Site.objects.using(connection.alias).filter(name="north").delete()
    visibility.recompute(connection)
    assert not StoreSync.objects.using(connection.alias).filter(store_id=store_id, site_id=2)


def test_dispensary_data_are_sent_when_a_site_gets_its_first_dispensary(connection, two):
    from msupply.sync.declare.registry import registry

    kinds = [k for k in registry().dispensary_only if k.legacy is not None]
    if not kinds:
        pytest.skip("no record type is for dispensaries alone")
    store = find(connection, "N1")
    store.store_mode = StoreMode.STORE
    store.save(using=connection.alias)
    settle(connection)
    row = kinds[0].model(id="for-dispensaries")
    row.save(using=connection.alias)
    settle(connection)
    log = ChangelogCentral.objects.using(connection.alias)
    before = log.get(record_id="for-dispensaries").cursor
    store.store_mode = StoreMode.DISPENSARY
    store.save(using=connection.alias)
    settle(connection)
    assert log.get(record_id="for-dispensaries").cursor > before
