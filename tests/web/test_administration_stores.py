"""The list of stores, the matrix of stores and sites, and a store's Synchronisation tab."""

import pytest
from django.db import connection

from msupply.records.activity import ActivityLog
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.records.users import UserStore
from msupply.sync import here
from msupply.sync.models import ChangelogQueue, StoreSettings, StoreSync
from tests.web.conftest import ALL, PASSWORD, log_in

TAB = "/stores/synchronisation/store-north"


def unlock(client, password=PASSWORD, where=TAB):
    return client.post("/unlock", {"password": password, "next": where}, follow=True)


@pytest.fixture
def seen_from_south(admin):
    """The store north is visible in a store of the site south."""
    Site.objects.create(id="site-3", site_id=3, name="south")
    name = Name.objects.create(id="name-far", name="Far", code="FAR", type="STORE")
    Store.objects.create(id="store-far", name=name, code="FAR", site_id=3)
    NameStoreJoin.objects.create(id="join-far", store_id="store-far", name_id="name-north")
    StoreSync.objects.create(store_id="store-north", site_id=3, sync_with="TRANSFER")


def settings(**changes):
    """The form of the tab as it would be sent unchanged."""
    return {"local": "2", "include_transactions": "on"} | changes


def test_the_list_says_where_a_store_is_active_collector_and_transfer(admin):
    StoreSync.objects.create(store_id="store-north", site_id=1, sync_with="COLLECTOR")
    page = admin.get("/stores?q=NOR").text
    assert "Active on" in page
    assert 'title="#2: Active">north' in page
    assert 'title="#1: Collector">central' in page


def test_the_list_of_a_site_has_its_copies_too(admin):
    StoreSync.objects.create(store_id="store-central", site_id=2, sync_with="TRANSFER")
    page = admin.get("/stores?site=2").text
    assert "CMS" in page
    assert "SOU" not in page


def test_the_matrix_has_a_column_for_each_site(admin, seen_from_south):
    page = admin.get("/stores/matrix").text
    assert page.count('scope="col" class="text-center"') == 3
    assert "Transfer" in page


def test_a_large_country_is_read_by_site_instead(admin):
    Site.objects.bulk_create(
        Site(id=f"many-{n}", site_id=n, name=f"many {n}") for n in range(10, 30)
    )
    page = admin.get("/stores/matrix").text
    assert "There are more than 15 sites" in page
    assert "Active on" in page


@pytest.mark.parametrize(
    "asked", ["?site=x", "?site=99999999999", "?page=-1", "?page=9999", "?q=%00"]
)
def test_nonsense_in_addresses_is_not_asked(admin, asked):
    assert admin.get(f"/stores{asked}").status_code == 200
    assert admin.get(f"/stores/matrix{asked}").status_code == 200


def test_a_store_is_made_in_its_mode_and_goes_on_to_its_visibility(admin):
    form = {"store_name": "East", "code": "EAST", "site": "site-2", "store_mode": "DISPENSARY"}
    answer = admin.post("/stores/new", form)
    store = Store.objects.get(code="EAST")
    assert answer.url == f"/stores/visibility/{store.pk}"
    assert store.store_mode == "DISPENSARY"


def test_a_new_store_sees_the_same_as_another_one(admin):
    form = {"store_name": "East", "code": "EAST", "site": "site-2", "template": "store-north"}
    page = admin.post("/stores/new", form, follow=True).text
    assert "become visible" in page
    seen = NameStoreJoin.objects.filter(store__code="EAST").values_list("name_id", flat=True)
    assert "name-south" in seen


def test_a_new_store_is_refused_whole(admin):
    form = {"store_name": "East", "code": "EAST", "site": "nowhere", "template": "nobody"}
    page = admin.post("/stores/new", form)
    assert set(page.context["form"].errors) == {"site", "template"}
    assert not Store.objects.filter(code="EAST").exists()


def test_in_a_mirrored_system_stores_are_made_on_the_primary_server(admin):
    here.change(connection, primary_site_id=2)
    form = {"store_name": "East", "code": "EAST", "site": "site-2"}
    page = admin.post("/stores/new", form)
    assert page.status_code == 403
    assert "This can only be done on the primary server" in page.text
    assert not Store.objects.filter(code="EAST").exists()


def test_the_tab_is_locked_until_the_password_is_given(admin):
    assert "Click to unlock" in admin.get(TAB).text
    assert admin.post(TAB, settings()).status_code == 403
    assert "Unlocked for some minutes" in unlock(admin).text
    assert admin.post(TAB, settings()).status_code == 302


def test_a_wrong_password_does_not_unlock(admin):
    assert "The password is wrong." in unlock(admin, "wrong").text
    assert admin.post(TAB, settings()).status_code == 403


def test_the_padlock_closes_by_itself(admin):
    unlock(admin)
    session = admin.session
    session["unlocked_until"] = "2020-01-01T00:00:00"
    session.save()
    assert admin.post(TAB, settings()).status_code == 403


def test_it_can_be_locked_again(admin):
    unlock(admin)
    admin.post("/lock", {"next": TAB})
    assert admin.post(TAB, settings()).status_code == 403


def test_unlocking_leads_to_no_other_server(admin):
    answer = admin.post("/unlock", {"password": PASSWORD, "next": "https://elsewhere.test/"})
    assert answer.url == "/stores"


def test_only_server_administrators_unlock(central):
    client = log_in("bo", "store-central", *sorted(set(ALL) - {"SERVER_ADMIN"}))
    assert "Click to unlock" not in client.get(TAB).text
    assert unlock(client).status_code == 403
    assert client.post(TAB, settings()).status_code == 403


def test_a_transfer_copy_becomes_a_collector_and_the_change_is_logged(admin, seen_from_south):
    unlock(admin)
    assert admin.post(TAB, settings(sync_3="COLLECTOR")).status_code == 302
    assert StoreSync.objects.get(store_id="store-north", site_id=3).sync_with == "COLLECTOR"
    page = admin.get(TAB).text
    assert "south: Transfer" in page
    assert "south: Collector" in page
    entry = ActivityLog.objects.get(type="STORE_SYNC_TYPE_CHANGED")
    assert entry.user_id == admin.user.pk


def test_a_refused_sync_type_is_shown_at_its_site_and_nothing_is_saved(admin, seen_from_south):
    unlock(admin)
    answer = admin.post(TAB, settings(sync_1="TRANSFER", sync_3="NONE"))
    assert answer.status_code == 422
    assert "visible in a store of this site" in answer.text
    assert not StoreSync.objects.filter(store_id="store-north", site_id=1).exists()


@pytest.mark.parametrize("form", [{"sync_3": "SOMETHING"}, {"local": "77"}])
def test_values_that_were_not_offered_are_refused(admin, seen_from_south, form):
    unlock(admin)
    assert admin.post(TAB, settings(**form)).status_code == 422


def test_a_store_in_use_is_not_made_local_elsewhere_but_moved(admin, seen_from_south):
    Site.objects.filter(site_id=2).update(initialisation_status="completed")
    unlock(admin)
    answer = admin.post(TAB, settings(local="3"))
    assert answer.status_code == 422
    assert "Move it instead" in answer.text
    assert Store.objects.get(pk="store-north").site_id == 2


def test_an_unused_store_is_set_as_local_store(admin):
    unlock(admin)
    assert admin.post(TAB, settings(local="1")).status_code == 302
    assert Store.objects.get(pk="store-north").site_id == 1


def test_transactions_of_a_dispensary_are_left_out(admin):
    unlock(admin)
    form = settings()
    del form["include_transactions"]
    admin.post(TAB, form)
    assert not StoreSettings.objects.get(store_id="store-north").include_transactions


def test_the_tick_of_a_plain_store_is_grey_with_its_reason(admin):
    page = admin.get("/stores/synchronisation/store-south").text
    assert "Only a store in dispensary mode may leave its transactions out." in page


def test_patients_are_sent_again_when_the_store_is_saved(admin):
    NameStoreJoin.objects.get_or_create(store_id="store-north", name_id="patient-1")
    unlock(admin)
    patient = Name.objects.get(pk="patient-1")
    patient.comment = "Seen"
    patient.save()
    before = ChangelogQueue.objects.get(record_id="patient-1").cursor
    admin.post(TAB, settings(resync_patients="on"))
    assert ChangelogQueue.objects.get(record_id="patient-1").cursor > before
    assert ActivityLog.objects.filter(type="STORE_PATIENTS_RESYNCED").exists()


def test_a_store_is_sent_again_after_a_question(admin):
    assert admin.get("/stores/resync/store-north").status_code == 403
    unlock(admin)
    assert "sent again" in admin.get("/stores/resync/store-north").text
    assert not ActivityLog.objects.filter(type="STORE_RESYNCED").exists()
    admin.post("/stores/resync/store-north")
    assert ActivityLog.objects.filter(type="STORE_RESYNCED").exists()


@pytest.mark.parametrize(
    "path",
    ["/stores/synchronisation/store-north", "/stores/visibility/store-north", "/stores/matrix",
     "/stores/move/store-north", "/stores/resync/store-north", "/system-settings"],
)  # fmt: skip
def test_a_site_is_sent_to_the_central_server(nurse, path):
    answer = nurse.get(path)
    assert answer.status_code == 403
    assert "central server" in answer.text


def test_the_records_own_form_does_not_move_a_store(admin):
    path = "/list/store/edit/store-north"
    assert 'name="site_id"' not in admin.get(path).text
    form = {"name": "name-north", "code": "NOR", "store_mode": "DISPENSARY", "site_id": "1"}
    admin.post(path, form)
    assert Store.objects.get(pk="store-north").site_id == 2


def test_the_users_of_a_store_are_listed_and_given_access(admin):
    tab = "/stores/users/store-north"
    UserStore.objects.filter(store_id="store-north").delete()
    assert "Nobody may work in this store yet." in admin.get(tab).text
    answer = admin.get(tab, {"user": "user-maria"})
    assert answer.url == "/users/rights/user-maria?store=store-north#rights"
    admin.post(answer.url, {"store": "store-north", "roles": ["viewer"]})
    page = admin.get(tab).text
    assert "maria" in page
    assert "/users/revoke/user-maria/store-north" in page
