"""Who gets in: log-in, stores, the end of a session, the language."""

import pytest
from django.db import connection
from django.test import Client

from msupply.central import users
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services.permissions import forget
from msupply.sync import here as here_module
from tests.services.people import make_user
from tests.web.conftest import PASSWORD, log_in


@pytest.fixture
def browser(central):
    return Client()


@pytest.fixture
def ada(central):
    return make_user(connection, "ada", Store.objects.get(pk="store-central"), password=PASSWORD)


def enter(browser, username="ada", password=PASSWORD, **query):
    return browser.post("/log-in", {"username": username, "password": password}, query_params=query)


def test_every_page_leads_to_log_in_and_back(browser, ada):
    answer = browser.get("/list/items/?q=x")
    assert answer.url == "/log-in?next=%2Flist%2Fitems%2F%3Fq%3Dx"
    assert enter(browser, next="/list/items/?q=x").url == "/list/items/?q=x"


def test_htmx_is_led_there_too(browser):
    answer = browser.get("/list/items/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/log-in")


def test_one_store_is_entered_at_once(browser, ada):
    assert enter(browser).url == "/"
    assert browser.session["store"] == "store-central"
    assert browser.get("/").status_code == 200


def test_several_stores_are_chosen_from(browser, ada):
    store = Store.objects.create(id="second", name_id="name-south", code="S2", site_id=1)
    UserStore.objects.create(user=ada, store=store)
    UserPermission.objects.create(user=ada, store=store, permission="STORE_ACCESS")
    assert enter(browser).url == "/store"
    assert browser.get("/list/items/").url == "/store"
    assert "S2" in browser.get("/store").text
    browser.post("/store", {"store": "second"})
    assert browser.session["store"] == "second"


def test_a_store_of_others_is_not_entered(browser, ada):
    enter(browser)
    browser.post("/store", {"store": "store-north"})
    assert browser.session["store"] == "store-central"


def test_a_wrong_password_is_explained(browser, ada):
    answer = enter(browser, password="guess")
    assert answer.status_code == 422
    assert "wrong" in answer.text
    assert "guess" not in answer.text


def test_log_in_never_leads_to_another_server(browser, ada):
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert enter(browser, next=wanted).url in ("/", "/store")
        browser.post("/log-out")


def test_log_out_ends_the_session_at_once(admin):
    cookies = admin.cookies.copy()
    assert admin.post("/log-out").url == "/log-in"
    admin.cookies = cookies
    assert admin.get("/").url.startswith("/log-in")


def test_log_out_is_not_a_link(admin):
    assert admin.get("/log-out").status_code == 405


def test_an_inactive_user_is_out_at_once(admin):
    User.objects.filter(pk=admin.user.pk).update(is_active=False)
    assert admin.get("/").url.startswith("/log-in")


def test_losing_the_store_ends_the_session(admin):
    UserPermission.objects.filter(user=admin.user, permission="STORE_ACCESS").delete()
    forget(admin.user)
    assert admin.get("/").url.startswith("/log-in")
    assert "can no longer work in this store here" in admin.get("/log-in").text


def test_a_new_password_ends_the_sessions_with_the_old_one(admin):
    users.set_password(connection, admin.user, "another horse")
    assert admin.get("/").url.startswith("/log-in")


def test_a_page_of_another_store_saves_nothing(admin):
    form = {"name": "Shelf 9", "code": "S9", "store": "store-central"}
    form["opened_in_store"] = "store-north"
    answer = admin.post("/list/location/new", form)
    assert answer.status_code == 409
    assert "changed the store" in answer.text
    sent_by_htmx = admin.post("/list/location/new", headers={"X-Store": "store-north"})
    assert sent_by_htmx.status_code == 409
    form["opened_in_store"] = "store-central"
    assert admin.post("/list/location/new", form).status_code != 409


def test_losing_a_permission_works_at_once(admin):
    assert admin.get("/list/stock/").status_code == 200
    UserPermission.objects.filter(user=admin.user, permission="STOCK_LINE_QUERY").delete()
    assert admin.get("/list/stock/").status_code == 403
    assert "Stock</a>" not in admin.get("/").text


def test_forms_without_their_token_are_refused(ada, central):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/log-in", {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 403
    assert "open for too long" in answer.text


def test_the_language_is_the_browsers_at_first(browser):
    page = browser.get("/log-in", headers={"Accept-Language": "fr-FR,fr;q=0.9"})
    assert '<html lang="fr"' in page.text


def test_the_language_of_the_user_comes_with_log_in(browser, ada):
    User.objects.filter(pk=ada.pk).update(language=1)
    enter(browser)
    assert '<html lang="fr"' in browser.get("/").text


def test_a_language_that_was_chosen_stays(browser, ada):
    browser.post("/language", {"language": "fr", "next": "/log-in"})
    assert '<html lang="fr"' in browser.get("/log-in").text
    enter(browser)
    assert '<html lang="fr"' in browser.get("/").text


def test_an_unknown_language_changes_nothing(browser):
    browser.post("/language", {"language": "../../etc", "next": "https://evil.example"})
    assert '<html lang="en"' in browser.get("/log-in").text


def test_the_bar_stands_on_every_page_of_the_central_server(admin):
    for path in ("/", "/list/items/", "/synchronisation", "/no-such-page", "/sites"):
        assert 'class="bar bar-central"' in admin.get(path).text, path
    admin.post("/log-out")
    assert 'class="bar bar-central"' in admin.get("/log-in").text


def test_the_bar_is_not_at_a_site(nurse):
    for path in ("/", "/list/items/", "/sites"):
        assert "bar-central" not in nurse.get(path).text


def test_the_other_central_server_alone_has_no_bar(admin):
    here_module.change(connection, is_oms_central=False)
    assert "bar-central" not in admin.get("/").text


def test_what_nobody_foresaw_is_a_friendly_page(admin, monkeypatch):
    from msupply.web import home

    def fail(*arguments):
        raise RuntimeError("boom")

    monkeypatch.setattr(home.groups, "of_visit", fail)
    answer = admin.get("/all-records")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "boom" not in answer.text
    assert 'class="bar bar-central"' in answer.text


def test_pages_tell_browsers_what_they_may_load(admin):
    answer = admin.get("/")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"


def test_a_viewer_has_the_menu_of_a_viewer(central):
    client = log_in("vera", "store-central", "STOCK_LINE_QUERY")
    page = client.get("/").text
    assert "/list/stock/" in page
    assert "/list/outbound-shipments/" not in page
    assert "/sites" not in page


@pytest.mark.parametrize("where", ["/language", "/unlock", "/lock"])
@pytest.mark.parametrize("wanted", ["-1", "home", "//evil.example", "https://evil.example/", ""])
def test_nobody_is_led_elsewhere(admin, where, wanted):
    answer = admin.post(where, {"next": wanted})
    assert answer.url in ("/", "/stores")
