"""The site wizard, what is done to sites, and the settings of the whole system."""

import pytest
from django.db import connection

from msupply.records.names import NameStoreJoin
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.records.users import UserStore
from msupply.sync import here as here_module
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.site_orders import SiteOrders
from tests.web.conftest import ALL, log_in
from tests.web.test_administration_stores import unlock

STEP = "/sites/new/"


def answer(client, step, **values):
    """Answer one question and press Next; return the address of the next one."""
    response = client.post(STEP + step, {"next": "1"} | values)
    assert response.status_code == 302, response.context["form"].errors
    return response.url.removeprefix(STEP)


def walk(client, *, kind="OPEN_MSUPPLY", name="east", **store):
    """Answer everything but the summary."""
    assert client.get("/sites/new").url == STEP + "kind"
    answer(client, "kind", client_type=kind)
    answer(client, "name", name=name)
    return answer(client, "stores", **store)


NEW_STORE = {"new_name": "East", "new_code": "EAS", "new_mode": "DISPENSARY"}


def test_the_wizard_leads_from_choices_to_a_site_that_can_connect(admin):
    assert walk(admin, **NEW_STORE) == "options"
    assert answer(admin, "options", central_0="COLLECTOR", include_0="on") == "role"
    assert answer(admin, "role") == "summary"
    assert "full copy on this server" in admin.get(STEP + "summary").text
    done = admin.post(STEP + "summary", {"password": "tide-4343"}, follow=True)
    site = Site.objects.get(name="east")
    assert done.redirect_chain[0][0] == f"/sites/ready/{site.pk}"
    assert Store.objects.get(code="EAS").site_id == site.site_id
    assert "http://central.test:8000" in done.text
    assert "<svg" in done.text
    assert "tide-4343" not in done.text
    assert "EAS" in admin.get(f"/sites/ready-text/{site.pk}").text


def test_the_options_of_a_store_are_kept(admin):
    walk(admin, **NEW_STORE)
    answer(admin, "options", central_0="TRANSFER")
    answer(admin, "role")
    admin.post(STEP + "summary", {"password": "tide-4343"})
    store = Store.objects.get(code="EAS")
    assert StoreSync.objects.get(store_id=store.pk, site_id=1).sync_with == "TRANSFER"
    assert not StoreSettings.objects.get(store_id=store.pk).include_transactions


def test_the_password_is_kept_nowhere_while_one_answers(admin):
    walk(admin, **NEW_STORE)
    answer(admin, "options", central_0="COLLECTOR")
    answer(admin, "role")
    admin.post(STEP + "summary", {"password": "x"})
    assert "password" not in str(dict(admin.session)["site_wizard"])


def test_a_mobile_site_is_not_asked_for_the_role_and_has_one_store(admin):
    assert walk(admin, kind="MOBILE", existing="store-south") == "options"
    refused = admin.post(STEP + "stores", {"next": "1"} | NEW_STORE)
    assert refused.status_code == 422
    assert "one store at most" in refused.text
    assert answer(admin, "options", central_0="COLLECTOR") == "summary"


def test_a_store_can_be_left_out_again(admin):
    walk(admin, **NEW_STORE)
    admin.post(STEP + "stores", {"remove": "0"})
    assert "None yet" in admin.get(STEP + "stores").text


def test_a_site_may_begin_without_stores(admin):
    assert walk(admin) == "role"


@pytest.mark.parametrize(
    ("step", "values", "text"),
    [
        ("kind", {"client_type": "TYPEWRITER"}, "valid choice"),
        ("name", {"name": ""}, "required"),
        ("name", {"name": "north"}, "already"),
        ("name", {"name": "a:b"}, "colon"),
        ("stores", {"new_name": "East"}, "a code and a name"),
        ("stores", {"new_name": "East", "new_code": "NOR"}, "already"),
        ("stores", {"existing": "nothing"}, "no such store"),
        ("role", {"is_oms_central": "on", "url": "nonsense"}, "URL"),
        ("summary", {"password": "x"}, "characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin, step, values, text):
    walk(admin)
    response = admin.post(STEP + step, {"next": "1"} | values)
    assert response.status_code == 422
    assert text in response.text


def test_back_leads_to_the_question_before(admin):
    walk(admin)
    assert f'href="{STEP}stores"' in admin.get(STEP + "role").text


def test_a_question_that_is_left_out_leads_on(admin):
    walk(admin)
    assert admin.get(STEP + "options").url == STEP + "role"
    assert admin.get(STEP + "nothing").status_code == 404


@pytest.mark.parametrize("path", ["/sites/new", "/sites/new/kind", "/sites/ready/site-2",
                                  "/sites/password/site-2", "/sites/reset/site-2",
                                  "/sites/start-over/site-2", "/sites/delete/site-2"])  # fmt: skip
def test_sites_are_for_server_administrators(central, path):
    client = log_in("bo", "store-central", *sorted(set(ALL) - {"SERVER_ADMIN"}))
    assert client.get(path).status_code == 403


def test_a_site_gets_a_new_password(admin):
    before = Site.objects.get(pk="site-2").password
    assert admin.post("/sites/password/site-2", {"password": "x"}).status_code == 422
    assert admin.post("/sites/password/site-2", {"password": "tide-4444"}).status_code == 302
    assert Site.objects.get(pk="site-2").password != before


def test_a_hardware_id_is_reset_after_a_question(admin):
    assert "next device that connects has the site" in admin.get("/sites/reset/site-2").text
    assert Site.objects.get(pk="site-2").hardware_id == "tablet-1"
    assert admin.post("/sites/reset/site-2").status_code == 302
    assert Site.objects.get(pk="site-2").hardware_id is None


def test_the_central_servers_own_site_is_not_reset(admin):
    refused = admin.post("/sites/reset/site-1")
    assert refused.status_code == 422
    assert "This is the central server itself." in refused.text


@pytest.mark.parametrize("word", ["", "south"])
def test_a_site_starts_over_only_when_its_name_is_typed(admin, word):
    Site.objects.filter(pk="site-2").update(initialisation_status="completed")
    assert admin.post("/sites/start-over/site-2", {"word": word}).status_code == 422
    assert Site.objects.get(pk="site-2").initialisation_status == "completed"


def test_a_site_starts_over(admin):
    Site.objects.filter(pk="site-2").update(initialisation_status="completed")
    assert admin.post("/sites/start-over/site-2", {"word": "north"}).status_code == 302
    assert Site.objects.get(pk="site-2").initialisation_status == "new"


def test_a_site_with_a_store_is_not_deleted(admin):
    refused = admin.post("/sites/delete/site-2", {"word": "north"})
    assert "Move them to another site first" in refused.text
    assert Site.objects.filter(pk="site-2").exists()


def test_an_empty_site_is_deleted(admin):
    Site.objects.create(id="site-9", site_id=9, name="empty")
    assert admin.post("/sites/delete/site-9", {"word": "wrong"}).status_code == 422
    assert admin.post("/sites/delete/site-9", {"word": "empty"}).status_code == 302
    assert not Site.objects.filter(pk="site-9").exists()


def test_settings_of_the_system_are_locked(admin):
    assert admin.post("/system-settings", {"centralised_procurement": "on"}).status_code == 403


def test_procurement_is_centralised_and_the_change_is_logged(admin):
    unlock(admin, where="/system-settings")
    sent = {"centralised_procurement": "on", "idle_minutes": "60"}
    assert admin.post("/system-settings", sent).status_code == 302
    here = here_module.load(connection)
    assert here.centralised_procurement
    assert not here.patients_edited_where_visible
    assert "Centralised procurement: Yes" in admin.get("/system-settings").text


def test_a_site_that_cannot_be_the_primary_server_is_refused_with_the_reason(admin):
    unlock(admin, where="/system-settings")
    refused = admin.post("/system-settings", {"primary": "site-2", "idle_minutes": "60"})
    assert refused.status_code == 422
    assert "not initialised yet" in refused.text
    assert here_module.load(connection).primary_site_id == 0


def test_a_primary_server_that_does_not_exist_is_refused(admin):
    unlock(admin, where="/system-settings")
    assert admin.post("/system-settings", {"primary": "mars\0"}).status_code == 422


def test_a_site_makes_an_exception_from_centralised_procurement(nurse):
    orders = SiteOrders(centralised_procurement=True)
    here_module.change(connection, orders=orders)
    assert "Enter purchase orders at this site" in nurse.get("/synchronisation/settings").text
    page = nurse.post("/synchronisation/procurement", {"local_procurement": "on"}, follow=True)
    assert "Both this site and the primary server could edit" in page.text
    assert here_module.load(connection).local_procurement


def test_a_site_has_no_settings_of_the_system(nurse):
    assert nurse.get("/system-settings").status_code == 403


def test_the_page_for_the_technician_tells_what_the_stores_still_lack(admin):
    UserStore.objects.filter(store_id="store-north").delete()
    NameStoreJoin.objects.filter(store_id="store-north").delete()
    page = admin.get("/sites/ready/site-2").text
    assert "It sees no customer or supplier." in page
    assert "/stores/users/store-north" in page
    assert "It sees no items." not in page


def test_a_site_that_runs_is_not_to_be_initialised(admin):
    Site.objects.filter(pk="site-2").update(initialisation_status=InitialisationStatus.COMPLETED)
    page = admin.get("/sites/ready/site-2").text
    assert "reset its hardware id first" in page
    assert "to be initialised" not in page
