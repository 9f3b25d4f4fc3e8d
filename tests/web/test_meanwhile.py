"""Two people have the same form open: nobody undoes what the other one has saved meanwhile.

tests/web/test_meanwhile_types.py says the same of the form of every record type.
"""

import pytest
from django.db import connection

from msupply.records.assets import Asset, AssetProperty
from msupply.records.items import Item
from msupply.records.master_lists import MasterListNameJoin
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.records.stores import Store
from msupply.records.users import UserPermission, UserStore
from msupply.services import assets
from msupply.sync import here as here_module
from msupply.sync.clock import now
from msupply.sync.models import StoreSync
from tests.web.conftest import PASSWORD
from tests.web.sent_forms import sent

ITEM = "/list/items/edit/item-mr"
RIGHTS = "/users/rights/user-maria?store=store-north"
SYNC_TAB = "/stores/synchronisation/store-north"


def opened(client, address, holding="csrfmiddlewaretoken", among=()):
    """Return what a browser sends for a form that is sent as it is."""
    return sent(client.get(address), holding, among)


def item():
    return Item.objects.get(pk="item-mr")


def test_what_another_one_has_saved_meanwhile_stays(admin):
    mine = opened(admin, ITEM, "name")
    assert admin.post(ITEM, opened(admin, ITEM, "name") | {"name": "Renamed"}).status_code == 302
    assert admin.post(ITEM, mine | {"code": "NEW-CODE"}).status_code == 302
    assert (item().name, item().code) == ("Renamed", "NEW-CODE")


def test_who_writes_the_same_as_the_other_one_is_not_asked(admin):
    mine = opened(admin, ITEM, "name")
    admin.post(ITEM, mine | {"name": "Renamed"})
    assert admin.post(ITEM, mine | {"name": "Renamed", "code": "NEW-CODE"}).status_code == 302


@pytest.fixture
def asked(admin):
    """The page that comes back when two have given an item different names."""
    mine = opened(admin, ITEM, "name")
    admin.post(ITEM, mine | {"name": "Their name", "code": "THEIR-CODE"})
    return admin.post(ITEM, mine | {"name": "My name"})


def test_both_values_are_shown_and_nothing_is_overwritten(asked):
    assert asked.status_code == 409
    assert "Others have saved:" in asked.text
    assert "Their name" in asked.text
    assert "You wrote:" in asked.text
    assert "My name" in asked.text
    assert item().name == "Their name"


def test_one_may_insist(asked, admin):
    again = sent(asked, "name")
    assert again["name"] == ["My name"]
    assert admin.post(ITEM, again).status_code == 302
    assert (item().name, item().code) == ("My name", "THEIR-CODE")


def test_one_may_leave_what_others_have_saved(asked, admin):
    assert admin.post(ITEM, sent(asked, "name") | {"theirs": ["name"]}).status_code == 302
    assert (item().name, item().code) == ("Their name", "THEIR-CODE")


def test_leaving_it_to_others_is_not_forgotten_when_something_else_is_wrong(asked, admin):
    form = sent(asked, "name") | {"theirs": ["name"], "code": ""}
    again = admin.post(ITEM, form)
    assert again.status_code == 422
    assert sent(again, "name")["name"] == ["Their name"]


def test_one_is_asked_again_when_others_change_it_once_more(asked, admin):
    Item.objects.filter(pk="item-mr").update(name="A third name")
    again = admin.post(ITEM, sent(asked, "name"))
    assert again.status_code == 409
    assert "A third name" in again.text


def test_a_page_that_corrects_a_mistake_remembers_what_was_shown_first(admin):
    mine = opened(admin, ITEM, "name")
    wrong = admin.post(ITEM, mine | {"name": "My name", "code": ""})
    assert wrong.status_code == 422
    Item.objects.filter(pk="item-mr").update(name="Their name")
    answer = admin.post(ITEM, sent(wrong, "name") | {"code": "C"})
    assert answer.status_code == 409
    assert item().name == "Their name"


def test_references_are_named_in_both_values(admin):
    address = "/list/store/edit/store-north"
    mine = opened(admin, address, "name")
    Store.objects.filter(pk="store-north").update(name="name-supplier")
    answer = admin.post(address, mine | {"name": "name-south"})
    assert answer.status_code == 409
    for name_id in ("name-supplier", "name-south"):
        assert Name.objects.get(pk=name_id).name in answer.text


def test_line_breaks_are_not_lost_by_being_looked_at(nurse):
    Location.objects.filter(pk="location-1").update(name="two\nlines")
    address = "/list/locations/edit/location-1"
    assert "<textarea" in nurse.get(address).text
    assert nurse.post(address, opened(nurse, address, "name") | {"code": "C"}).status_code == 302
    assert Location.objects.get(pk="location-1").name == "two\nlines"


def test_a_strange_choice_stays(admin):
    Store.objects.filter(pk="store-north").update(store_mode="SOMETHING")
    form = opened(admin, "/stores/show/store-north", "code")
    assert admin.post("/stores/show/store-north", form | {"code": "N2"}).status_code == 302
    store = Store.objects.get(pk="store-north")
    assert (store.code, store.store_mode) == ("N2", "SOMETHING")


def test_what_was_typed_into_a_record_that_is_gone_can_still_be_read(nurse):
    Location.objects.create(id="shelf", name="Shelf", code="S", store_id="store-north")
    address = "/list/locations/edit/shelf"
    mine = opened(nurse, address, "name")
    Location.objects.filter(pk="shelf").delete()
    answer = nurse.post(address, mine | {"name": "The long name that I typed"})
    assert answer.status_code == 404
    assert "deleted meanwhile" in answer.text
    assert "The long name that I typed" in answer.text
    assert not Location.objects.filter(pk="shelf").exists()


def test_a_record_that_was_marked_as_deleted_meanwhile_is_told_before_it_is_changed(admin):
    address = "/list/name/edit/name-south"
    Name.objects.filter(pk="name-south").update(deleted_datetime=None)
    mine = opened(admin, address, "name")
    Name.objects.filter(pk="name-south").update(deleted_datetime=now())
    answer = admin.post(address, mine | {"comment": "What I typed"})
    assert answer.status_code == 409
    assert "Others have deleted this meanwhile." in answer.text
    assert "What I typed" in answer.text
    assert Name.objects.get(pk="name-south").comment != "What I typed"
    assert admin.post(address, sent(answer, "name")).status_code == 302
    name = Name.objects.get(pk="name-south")
    assert name.comment == "What I typed"
    assert name.deleted_datetime is not None


def test_a_store(admin):
    address = "/stores/show/store-north"
    mine = opened(admin, address, "code")
    admin.post(address, mine | {"store_mode": "STORE"})
    assert admin.post(address, mine | {"code": "N2"}).status_code == 302
    store = Store.objects.get(pk="store-north")
    assert (store.code, store.store_mode) == ("N2", "STORE")
    answer = admin.post(address, mine | {"code": "N3"})
    assert answer.status_code == 409
    assert Store.objects.get(pk="store-north").code == "N2"


def test_a_site(admin):
    address = "/sites/show/site-2"
    mine = opened(admin, address, "url")
    admin.post(address, mine | {"url": "http://north.test"})
    assert admin.post(address, mine | {"client_type": "SINGLE_USER"}).status_code == 302
    site = Site.objects.get(pk="site-2")
    assert (site.url, site.client_type) == ("http://north.test", "SINGLE_USER")
    assert admin.post(address, mine | {"url": "http://other.test"}).status_code == 409
    assert Site.objects.get(pk="site-2").url == "http://north.test"


@pytest.mark.parametrize(
    "address", ["/stores/show/gone", "/sites/show/gone", "/equipment/edit/gone"]
)
def test_the_pages_of_what_is_gone_show_what_was_typed(admin, address):
    assert admin.get(address).status_code == 404
    typed = {"code": "My text", "url": "My text", "notes": "My text"}
    answer = admin.post(address, typed)
    assert answer.status_code == 404
    assert "My text" in answer.text


@pytest.fixture
def fridge(nurse):
    """A piece of equipment that is here and has properties."""
    fridge = Asset.objects.filter(store_id="store-north").first()
    Asset.objects.filter(pk=fridge.pk).update(deleted_datetime=None)
    AssetProperty.objects.update(allowed_values=None)
    return fridge


def test_equipment_and_its_properties(nurse, fridge):
    address = f"/equipment/edit/{fridge.pk}"
    names = [n for n in opened(nurse, address, "notes") if n.startswith("property.")]
    definition = assets.property_definitions(connection, fridge)[0]
    name = f"property.{definition.key}"
    assert name in names
    mine = opened(nurse, address, "notes")
    theirs = {"notes": "Their notes", name: property_value(definition, 1)}
    assert nurse.post(address, mine | theirs).status_code == 302
    assert nurse.post(address, mine | {"serial_number": "SN-77"}).status_code == 302
    fridge.refresh_from_db()
    saved = assets.properties(fridge)[definition.key]
    assert (fridge.notes, fridge.serial_number) == ("Their notes", "SN-77")
    form = mine | {"notes": "My notes", name: property_value(definition, 2)}
    answer = nurse.post(address, form)
    assert answer.status_code == 409
    assert answer.text.count("Others have saved:") == 2
    fridge.refresh_from_db()
    assert assets.properties(fridge)[definition.key] == saved
    assert nurse.post(address, sent(answer, "notes")).status_code == 302
    fridge.refresh_from_db()
    assert fridge.notes == "My notes"
    assert assets.properties(fridge)[definition.key] != saved


def property_value(definition, number):
    return {"BOOLEAN": str(number == 1), "DATE": f"2026-01-0{number}"}.get(
        definition.value_type, str(number)
    )


def test_equipment_that_was_deleted_meanwhile(nurse, fridge):
    address = f"/equipment/edit/{fridge.pk}"
    mine = opened(nurse, address, "notes")
    Asset.objects.filter(pk=fridge.pk).update(deleted_datetime=now())
    answer = nurse.post(address, mine | {"notes": "My notes"})
    assert answer.status_code == 409
    assert "Others have deleted this meanwhile." in answer.text
    assert Asset.objects.get(pk=fridge.pk).notes != "My notes"


def permissions():
    held = UserPermission.objects.filter(user_id="user-maria", store_id="store-north")
    return set(held.values_list("permission", flat=True))


@pytest.fixture
def maria(admin):
    """A user who may see some things in the store north."""
    form = {"store": "store-north", "permissions": ["ITEM_MUTATE", "ASSET_QUERY", "REPORT"]}
    admin.post(RIGHTS, form)


def test_rights_that_others_have_given_and_taken_stay_so(admin, maria):
    mine = opened(admin, RIGHTS, "permissions")
    others = [p for p in mine["permissions"] if p != "REPORT"]
    admin.post(RIGHTS, mine | {"permissions": [*others, "STOCKTAKE_QUERY"]})
    mine["permissions"] = [p for p in mine["permissions"] if p != "ASSET_QUERY"]
    assert admin.post(RIGHTS, mine | {"roles": ["vaccinator"]}).status_code == 302
    assert {"STOCKTAKE_QUERY", "ITEM_MUTATE", "PATIENT_QUERY"} <= permissions()
    assert not {"REPORT", "ASSET_QUERY"} & permissions()


def test_a_store_that_others_have_taken_away_is_not_given_back_unasked(admin, maria):
    mine = opened(admin, RIGHTS, "permissions")
    admin.post("/users/revoke/user-maria/store-north")
    answer = admin.post(RIGHTS, mine | {"permissions": [*mine["permissions"], "LOG_QUERY"]})
    assert answer.status_code == 409
    assert not UserStore.objects.filter(user="user-maria", store="store-north").exists()
    assert admin.post(RIGHTS, sent(answer, "store")).status_code == 302
    assert "ASSET_QUERY" in permissions()


def test_rights_that_were_given_survive_a_mistake_in_the_form(admin, maria):
    UserPermission.objects.filter(user_id="user-maria").delete()
    form = opened(admin, RIGHTS, "store") | {"permissions": ["REPORT"], "roles": ["nonsense"]}
    wrong = admin.post(RIGHTS, form)
    assert wrong.status_code == 422
    again = sent(wrong, "store")
    assert admin.post(RIGHTS, again | {"roles": ["viewer"]}).status_code == 302
    assert "REPORT" in permissions()


def unlock(client):
    client.post("/unlock", {"password": PASSWORD, "next": "/"})


def test_the_settings_of_the_system(admin):
    unlock(admin)
    address = "/system-settings"
    mine = opened(admin, address, "primary", ["centralised_procurement"])
    theirs = mine | {"centralised_procurement": "on"}
    assert admin.post(address, theirs).status_code == 302
    mine["patients_edited_where_visible"] = "on"
    assert admin.post(address, mine).status_code == 302
    here = here_module.load(connection)
    assert here.centralised_procurement
    assert here.patients_edited_where_visible


def test_a_primary_server_that_others_have_named_meanwhile(admin):
    unlock(admin)
    mine = opened(admin, "/system-settings", "primary")
    here_module.change(connection, primary_site_id=2)
    Site.objects.create(id="site-3", site_id=3, name="south")
    answer = admin.post("/system-settings", mine | {"primary": "site-3"})
    assert answer.status_code == 409
    assert "north" in answer.text
    assert here_module.load(connection).primary_site_id == 2


def test_the_sync_types_of_a_store(admin):
    unlock(admin)
    places = ("site-3", 3), ("site-4", 4)
    for site_id, number in places:
        Site.objects.create(id=site_id, site_id=number, name=site_id)
        name = Name.objects.create(id=f"n{number}", name=site_id, code=site_id, type="STORE")
        Store.objects.create(id=f"s{number}", name=name, code=site_id, site_id=number)
        NameStoreJoin.objects.create(id=f"j{number}", store_id=f"s{number}", name_id="name-north")
        StoreSync.objects.create(store_id="store-north", site_id=number, sync_with="TRANSFER")
    mine = opened(admin, SYNC_TAB, "sync_3")
    assert admin.post(SYNC_TAB, mine | {"sync_3": "COLLECTOR"}).status_code == 302
    theirs = {n: v for n, v in mine.items() if n != "include_transactions"}
    assert admin.post(SYNC_TAB, theirs).status_code == 302
    assert admin.post(SYNC_TAB, mine | {"sync_4": "COLLECTOR"}).status_code == 302
    types = dict(StoreSync.objects.values_list("site_id", "sync_with"))
    assert (types[3], types[4]) == ("COLLECTOR", "COLLECTOR")
    assert 'name="include_transactions" checked' not in admin.get(SYNC_TAB).text


def test_where_a_store_is_active_is_not_taken_back(admin):
    unlock(admin)
    mine = opened(admin, SYNC_TAB, "local")
    StoreSync.objects.filter(store_id="store-north").delete()
    Site.objects.create(id="site-3", site_id=3, name="south")
    Store.objects.filter(pk="store-north").update(site_id=3)
    answer = admin.post(SYNC_TAB, mine | {"local": "1"})
    assert answer.status_code == 409
    assert Store.objects.get(pk="store-north").site_id == 3


def test_how_a_site_synchronises(nurse):
    address = "/synchronisation/settings"
    mine = opened(nurse, address, "interval_seconds")
    here_module.change(connection, interval_seconds=60)
    assert nurse.post(address, mine).status_code == 302
    assert here_module.load(connection).interval_seconds == 60
    answer = nurse.post(address, mine | {"interval_seconds": "120"})
    assert answer.status_code == 409
    assert here_module.load(connection).interval_seconds == 60


def test_an_address_that_others_have_changed_meanwhile(admin):
    address = "/synchronisation/settings"
    mine = opened(admin, address, "own_url")
    here_module.change(connection, own_url="http://theirs.test")
    assert admin.post(address, mine | {"own_url": "http://mine.test"}).status_code == 409
    assert admin.post(address, mine).status_code == 302
    assert here_module.load(connection).own_url == "http://theirs.test"


def test_the_exception_of_a_site_is_not_undone_by_a_page_that_was_opened_before(nurse):
    here_module.change(connection, orders={"centralised_procurement": True})
    page = nurse.get("/synchronisation/settings")
    mine = sent(page, "initial-local_procurement")
    here_module.change(connection, local_procurement=True)
    assert nurse.post("/synchronisation/procurement", mine).status_code == 302
    assert here_module.load(connection).local_procurement


def test_a_home_store_that_others_have_changed_meanwhile(admin):
    address = "/home-store/patient/patient-1"
    mine = opened(admin, address, "home")
    Name.objects.filter(pk="patient-1").update(supplying_store="store-south")
    answer = admin.post(address, mine | {"store": "store-central"})
    assert answer.status_code == 409
    assert Name.objects.get(pk="patient-1").supplying_store_id == "store-south"
    assert admin.post(address, sent(answer, "home")).status_code == 302
    assert Name.objects.get(pk="patient-1").supplying_store_id == "store-central"


@pytest.mark.parametrize("part", ["items", "names"])
def test_what_others_have_hidden_already(admin, part):
    form = {"part": part, "join": "gone"}
    page = admin.post("/stores/hide/store-north", form, follow=True)
    assert page.status_code == 200
    assert "others have taken it away" in page.text
    assert MasterListNameJoin.objects.exists()
