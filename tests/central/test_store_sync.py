"""The Synchronisation tab of a store, the matrix, and the padlock before them."""

import pytest
from django.core.exceptions import ValidationError

from msupply.central import sites, store_matrix, store_sync, unlock
from msupply.records.activity import ActivityLog
from msupply.records.sites import ClientType
from msupply.records.stock import Location
from msupply.records.stores import StoreMode
from msupply.services.permissions import PermissionMissing
from msupply.sync import here, orders, queue
from msupply.sync.models import StoreSync
from msupply.sync.ownership import EditRefused
from msupply.sync.placement import SyncType
from tests.central import country
from tests.central.country import add_sight, find, make_site, settle, types
from tests.services import people


@pytest.fixture
def two(connection, admin):
    """Two sites with a store each; the south's is visible in the north's."""
    made = make_site(connection, "north", "N1"), make_site(connection, "south", "S1")
    add_sight(connection, "N1", "S1")
    settle(connection)
    return made


def text_of(caught):
    return " ".join(caught.value.messages)


def line_of(connection, code, name):
    found = store_sync.settings_of(connection, find(connection, code))
    return next(line for line in found.sites if line.site.name == name)


def test_the_tab_lists_the_sites_that_may_have_the_store(connection, two):
    found = store_sync.settings_of(connection, find(connection, "S1"))
    lines = [(s.site.name, s.sync_type.value, s.is_local, s.is_visible) for s in found.sites]
    assert lines == [
        ("central", "COLLECTOR", False, False),
        ("south", "ACTIVE", True, False),
        ("north", "TRANSFER", False, True),
    ]
    assert found.active_site.name == "south"
    assert (found.is_frozen, found.move) == (False, None)


def test_of_many_sites_the_tab_shows_the_first_and_finds_others(connection, two):
    store = find(connection, "S1")
    found = store_sync.settings_of(connection, store, most=1)
    assert ([s.site.name for s in found.sites], found.more) == (["central"], 2)
    assert found.active_site.name == "south"
    found = store_sync.settings_of(connection, store, text="NOR", most=1)
    assert ([s.site.name for s in found.sites], found.more) == (["north"], 0)


def test_only_dispensaries_can_leave_their_transactions_out(connection, two):
    store = find(connection, "S1")
    store.store_mode = StoreMode.STORE
    store.save(using=connection.alias)
    assert not store_sync.settings_of(connection, store).may_exclude_transactions
    with pytest.raises(ValidationError, match="Only dispensaries"):
        store_sync.set_include_transactions(connection, store.pk, False)


def test_a_collector_is_logged_and_sent_the_history(connection, two, admin):
    store = find(connection, "S1")
    Location.objects.using(connection.alias).create(name="x", code="x", store=store)
    store_sync.set_sync_type(connection, store.pk, 2, SyncType.COLLECTOR, admin)
    assert types(connection, "S1")["north"] == "COLLECTOR"
    entry = ActivityLog.objects.using(connection.alias).get(type="STORE_SYNC_TYPE_CHANGED")
    assert (entry.user_id, entry.record_id, entry.store_id) == (admin.pk, store.pk, None)
    assert (entry.changed_from, entry.changed_to) == ("north: TRANSFER", "north: COLLECTOR")
    assert entry.datetime
    tables = {record.table for record in queue.first(connection, 2, 100).records}
    assert "Location" in tables


def test_what_is_set_already_is_not_logged(connection, two, admin):
    store_sync.set_sync_type(connection, find(connection, "S1").pk, 2, SyncType.TRANSFER, admin)
    assert not ActivityLog.objects.using(connection.alias).exists()


@pytest.mark.parametrize(
    ("code", "site", "sync_type", "said"),
    [
        ("S1", 2, SyncType.NONE, "visible in a store of this site"),
        ("N1", 3, SyncType.COLLECTOR, "No store of this site sees"),
        ("N1", 3, SyncType.TRANSFER, "No store of this site sees"),
        ("S1", 1, SyncType.NONE, "has every store"),
        ("S1", 3, SyncType.TRANSFER, "tick “Local”"),
        ("S1", 2, SyncType.ACTIVE, "tick “Local”"),
        ("S1", 99, SyncType.TRANSFER, "no site with the number 99"),
        ("XX", 2, SyncType.TRANSFER, "no store “XX”"),
    ],
)
def test_invariants_hold(connection, two, code, site, sync_type, said):
    before = set(StoreSync.objects.using(connection.alias).values_list("store_id", "sync_with"))
    with pytest.raises(ValidationError) as caught:
        store_sync.set_sync_type(connection, code, site, sync_type)
    assert said in text_of(caught)
    after = set(StoreSync.objects.using(connection.alias).values_list("store_id", "sync_with"))
    assert after == before


def test_the_central_server_may_have_a_transfer_copy_alone(connection, two):
    store = find(connection, "S1")
    store_sync.set_sync_type(connection, store.pk, 1, SyncType.TRANSFER)
    told = orders.for_site(connection, here.load(connection), 3)
    assert told.kept_home_stores == (store.pk,)


def test_left_out_transactions_are_told_to_the_site(connection, two, admin):
    store = find(connection, "S1")
    store_sync.set_include_transactions(connection, store.pk, False, admin)
    told = orders.for_site(connection, here.load(connection), 3)
    assert told.stores_without_transactions == (store.pk,)
    entry = ActivityLog.objects.using(connection.alias).get()
    assert (entry.changed_from, entry.changed_to) == ("True", "False")


def test_a_store_of_a_new_site_is_given_to_another_at_once(connection, two, admin):
    make_site(connection, "west", "W1", initialised=False)
    store_sync.set_local(connection, find(connection, "W1").pk, 2, admin)
    assert types(connection, "W1") == {"north": "ACTIVE", "central": "COLLECTOR"}
    entry = ActivityLog.objects.using(connection.alias).get()
    assert (entry.changed_from, entry.changed_to) == ("west", "north")


def test_a_store_in_use_must_be_moved(connection, two):
    with pytest.raises(ValidationError, match="Move it"):
        store_sync.set_local(connection, find(connection, "S1").pk, 2)
    assert types(connection, "S1")["south"] == "ACTIVE"


def test_a_mobile_site_has_one_store_at_most(connection, two):
    make_site(connection, "west", "W1", initialised=False)
    two[0].client_type = ClientType.MOBILE
    two[0].save(using=connection.alias)
    with pytest.raises(ValidationError, match="one store at most"):
        store_sync.set_local(connection, find(connection, "W1").pk, 2)


def test_only_server_administrators_change_it(connection, two, store):
    user = people.make_user(connection, "bob", store, "EDIT_CENTRAL_DATA")
    with pytest.raises(PermissionMissing):
        store_sync.set_sync_type(connection, find(connection, "S1").pk, 2, SyncType.COLLECTOR, user)


def test_it_is_changed_on_the_central_server_alone(connection, two):
    here.change(connection, is_central=False, central_url="http://c.test")
    with pytest.raises(EditRefused):
        store_sync.set_sync_type(connection, find(connection, "S1").pk, 2, SyncType.COLLECTOR)


def test_the_own_password_unlocks(connection, admin):
    unlock.unlock(connection, admin, people.PASSWORD, "10.0.0.1")
    with pytest.raises(ValidationError, match="password is wrong"):
        unlock.unlock(connection, admin, "another one", "10.0.0.1")


def test_guessing_the_password_is_slow(connection, admin):
    for _ in range(10):
        with pytest.raises(ValidationError):
            unlock.unlock(connection, admin, "wrong", "10.0.0.1")
    with pytest.raises(ValidationError, match="Try again in"):
        unlock.unlock(connection, admin, people.PASSWORD, "10.0.0.1")


def test_others_do_not_unlock(connection, admin, store):
    user = people.make_user(connection, "bob", store)
    with pytest.raises(PermissionMissing):
        unlock.unlock(connection, user, people.PASSWORD, "10.0.0.1")


def test_the_matrix_shows_each_store_with_its_sites(connection, two):
    rows = {row.code: row for row in store_matrix.matrix(connection).rows}
    assert list(rows) == ["CMS", "N1", "S1"]
    shown = [(site.name, site.sync_type.value) for site in rows["S1"].sites]
    assert shown == [("south", "ACTIVE"), ("central", "COLLECTOR"), ("north", "TRANSFER")]


def test_the_matrix_is_searched_filtered_and_paged(connection, two):
    assert [r.code for r in store_matrix.matrix(connection, search="store s").rows] == ["S1"]
    assert [r.code for r in store_matrix.matrix(connection, site_id=2).rows] == ["N1", "S1"]
    page = store_matrix.matrix(connection, page=2, per_page=2)
    assert ([r.code for r in page.rows], page.total, page.pages) == (["S1"], 3, 2)
    assert store_matrix.matrix(connection, page=99, per_page=2).page == 2
    assert store_matrix.matrix(connection, search="nothing").rows == ()


def test_of_many_copies_the_matrix_reads_the_first_and_counts_the_rest(connection, two):
    StoreSync.objects.using(connection.alias).bulk_create(
        StoreSync(store_id=find(connection, "S1").pk, site_id=n, sync_with="TRANSFER")
        for n in range(100, 105)
    )
    row = store_matrix.matrix(connection, search="S1", most_copies=2).rows[0]
    kinds = [site.sync_type.value for site in row.copies]
    assert sorted(kinds) == ["COLLECTOR", "TRANSFER", "TRANSFER"]
    assert row.more == {SyncType.TRANSFER: 4}


def test_a_page_of_the_matrix_costs_the_same_for_many_stores(connection, admin):
    from django.test.utils import CaptureQueriesContext

    make_site(connection, "north", *[f"N{n}" for n in range(12)])
    settle(connection)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        store_matrix.matrix(connection)
    assert len(queries) <= 5


def test_numbers_of_deleted_sites_are_not_given_again(connection, admin):
    from msupply.central import resync

    site = sites.add_site(connection, "north", country.PASSWORD)
    resync.delete_site(connection, site)
    assert sites.add_site(connection, "south", country.PASSWORD).site_id == site.site_id + 1
