"""Sites, stores and users on the central server."""

from datetime import timedelta

import pytest
from django.db import connection

from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission
from msupply.sync import here as here_module
from msupply.sync.clock import now
from msupply.web.sites import SHOWN
from tests.web.conftest import log_in


def test_sites_are_listed_with_their_stores(admin):
    page = admin.get("/sites").text
    assert "north" in page
    assert "never" in page
    assert "this server" in page


@pytest.mark.parametrize(("days", "is_red"), [(None, True), (31, True), (29, False)])
def test_a_site_that_is_silent_for_a_month_is_red_in_the_list(admin, days, is_red):
    last = None if days is None else now() - timedelta(days=days)
    Site.objects.filter(pk="site-2").update(last_connection_datetime=last)
    rows = admin.get("/sites").context["sites"]
    assert {row.site.pk: row.is_silent for row in rows} == {"site-1": False, "site-2": is_red}


def test_a_long_list_of_sites_is_paged(admin, django_assert_max_num_queries):
    Site.objects.bulk_create(Site(site_id=n, name=f"site {n}") for n in range(100, 200))
    with django_assert_max_num_queries(SHOWN * 5 + 30):
        page = admin.get("/sites")
    assert len(page.context["sites"]) == SHOWN
    assert "?q=&amp;page=2" in page.text
    last = admin.get("/sites", {"page": "99"})
    assert [row.site.name for row in last.context["sites"]] == ["site 198", "site 199"]


@pytest.mark.parametrize("text", ["NORT", "2", "north store"])
def test_a_site_is_found_by_its_name_its_number_or_a_store(admin, text):
    store = Store.objects.get(pk="store-north")
    Name.objects.filter(pk=store.name_id).update(name="North store")
    rows = admin.get("/sites", {"q": text}).context["sites"]
    assert [row.site.name for row in rows] == ["north"]


def test_another_site_becomes_the_open_msupply_central_server(admin):
    answer = admin.post("/sites/show/site-2", {"is_oms_central": "on", "url": "http://oms.test"})
    assert answer.status_code == 302
    assert Site.objects.get(pk="site-2").is_oms_central
    assert not Site.objects.get(pk="site-1").is_oms_central
    here = here_module.load(connection)
    assert not here.is_oms_central
    assert here.oms_central_url == "http://oms.test"


def test_one_site_must_be_the_open_msupply_central_server(admin):
    answer = admin.post("/sites/show/site-1", {"url": "http://central.test:8000"})
    assert answer.status_code == 422
    assert Site.objects.get(pk="site-1").is_oms_central


@pytest.mark.parametrize("path", ["/sites", "/sites/new", "/sites/show/site-2", "/stores",
                                  "/stores/new", "/users/rights/user-maria"])  # fmt: skip
def test_pages_of_the_central_server_are_refused_at_a_site(nurse, path):
    answer = nurse.get(path)
    assert answer.status_code == 403
    assert "This can only be done on the central server" in answer.text


@pytest.mark.parametrize("path", ["/sites", "/sites/new", "/stores/new", "/users/new"])
def test_they_need_their_permission(central, path):
    client = log_in("bo", "store-central", "STOCK_LINE_QUERY")
    answer = client.get(path)
    assert answer.status_code == 403
    assert "permission" in answer.text


def test_a_store_is_added(admin):
    form = {"store_name": "East", "code": "EAST", "site": "site-2"}
    assert admin.post("/stores/new", form).status_code == 302
    store = Store.objects.get(code="EAST")
    assert store.site_id == 2
    assert store.name.name == "East"
    assert "EAST" in admin.get("/stores?q=east").text


def test_codes_of_stores_are_unique(admin):
    form = {"store_name": "East", "code": "nor", "site": "site-2"}
    assert "code" in admin.post("/stores/new", form).context["form"].errors
    changed = {"code": "NOR", "store_mode": "STORE"}
    assert "code" in admin.post("/stores/show/store-central", changed).context["form"].errors


def test_a_store_is_changed(admin):
    changed = {"code": "CMS2", "store_mode": "STORE"}
    assert admin.post("/stores/show/store-central", changed).status_code == 302
    assert Store.objects.get(pk="store-central").code == "CMS2"


def test_a_user_is_added_and_given_a_store(admin):
    answer = admin.post(
        "/users/new",
        {"username": "awa", "password": "correct horse", "first_name": "Awa", "language": "1"},
    )
    user = User.objects.get(username="awa")
    assert answer.url == f"/users/rights/{user.pk}"
    admin.post(answer.url, {"store": "store-north", "roles": ["cold_chain_officer"]})
    held = set(UserPermission.objects.filter(user=user).values_list("permission", flat=True))
    assert {"STORE_ACCESS", "ASSET_QUERY"} <= held
    assert "can no longer work" in admin.get(f"/users/revoke/{user.pk}/store-north").text
    admin.post(f"/users/revoke/{user.pk}/store-north")
    assert not UserPermission.objects.filter(user=user).exists()


def permissions_of(user_id, store_id):
    held = UserPermission.objects.filter(user_id=user_id, store_id=store_id)
    return set(held.values_list("permission", flat=True))


def test_giving_access_adds_and_editing_it_sets_anew(admin):
    address = "/users/rights/user-maria"
    admin.post(address, {"store": "store-south", "roles": ["cold_chain_officer"]})
    admin.post(address, {"store": "store-south", "roles": ["site_technician"]})
    assert {"ASSET_QUERY", "SERVER_ADMIN"} <= permissions_of("user-maria", "store-south")
    assert "Permissions in South" in admin.get(f"{address}?store=store-south").text
    form = {"store": "store-south", "roles": ["site_technician"]}
    admin.post(f"{address}?store=store-south", form)
    assert "ASSET_QUERY" not in permissions_of("user-maria", "store-south")


def test_administrators_do_not_lock_themselves_out(admin):
    me, here = admin.user.pk, "store-central"
    for address, form in (
        (f"/users/rights/{me}?store={here}", {"store": here, "roles": ["viewer"]}),
        (f"/users/revoke/{me}/{here}", {}),
    ):
        answer = admin.post(address, form)
        assert answer.status_code == 422
        assert "you would lose the administration" in answer.text
        assert "SERVER_ADMIN" in permissions_of(me, here)


def test_a_user_gets_a_new_password(admin):
    admin.post("/users/password/user-maria", {"password": "another horse"})
    assert User.objects.get(pk="user-maria").check_password("another horse")
    answer = admin.post("/users/password/user-maria", {"password": "x"})
    assert answer.status_code == 422


def test_stores_of_others_than_administrators_are_read_only(central):
    client = log_in("bo", "store-central")
    page = client.get("/stores").text
    assert "NOR" in page
    assert "/stores/new" not in page


def test_a_new_user_of_a_store_is_given_access_to_it_next(admin):
    assert 'href="/users/new?store=store-north"' in admin.get("/stores/users/store-north").text
    answer = admin.post(
        "/users/new?store=store-north",
        {"username": "zoe", "password": "long enough", "language": 0},
    )
    user = User.objects.get(username="zoe")
    assert answer["Location"] == f"/users/rights/{user.pk}?store=store-north#rights"
