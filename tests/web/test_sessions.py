"""Sessions: how long they last, whose they are, and who ends them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from msupply.records.sessions import Session
from msupply.records.stores import Store
from msupply.records.users import UserPermission, UserStore
from msupply.sync import clock
from msupply.sync import here as here_module
from msupply.sync.site_orders import SiteOrders
from tests.services.people import make_user
from tests.web.conftest import PASSWORD, log_in
from tests.web.later import pass_by


@pytest.fixture
def second(admin):
    """Another browser of the administrator."""
    client = Client(headers={"User-Agent": "Tablet of the ward"})
    client.post("/log-in", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="10.0.0.7")
    assert client.get("/").status_code == 200
    return client


def test_a_language_chosen_before_log_in_makes_no_session(central):
    browser = Client()
    for language in ("fr", "en", "fr"):
        browser.post("/language", {"language": language})
    assert '<html lang="fr"' in browser.get("/log-in").text
    assert Session.objects.count() == 0


def test_the_next_user_of_a_device_begins_with_the_own_language(central):
    make_user(connection, "ada", Store.objects.get(pk="store-central"), password=PASSWORD)
    browser = Client()
    browser.post("/language", {"language": "fr"})
    browser.post("/log-in", {"username": "ada", "password": PASSWORD})
    assert '<html lang="fr"' in browser.get("/").text
    browser.post("/log-out")
    browser.post("/log-in", {"username": "ada", "password": PASSWORD})
    assert '<html lang="en"' in browser.get("/").text


def test_a_session_ends_after_twelve_hours_whatever_is_done_meanwhile(admin, monkeypatch):
    end = Session.objects.get().expire_date
    second_store = Store.objects.create(id="second", name_id="name-south", code="S2", site_id=1)
    UserStore.objects.create(user=admin.user, store=second_store)
    UserPermission.objects.create(user=admin.user, store=second_store, permission="STORE_ACCESS")
    pass_by(monkeypatch, minutes=50)
    admin.post("/store", {"store": "second"})
    admin.post("/language", {"language": "fr"})
    assert admin.session["store"] == "second"
    assert Session.objects.get().expire_date == end
    assert abs(end - clock.now() - timedelta(hours=12)) < timedelta(minutes=5)


def test_who_does_nothing_for_an_hour_is_logged_out(nurse, monkeypatch):
    nurse.get("/")
    pass_by(monkeypatch, minutes=59)
    assert nurse.get("/").status_code == 200
    pass_by(monkeypatch, minutes=59 + 59)
    assert nurse.get("/").status_code == 200
    pass_by(monkeypatch, minutes=59 + 59 + 61)
    assert nurse.get("/list/items/").url == "/log-in?next=%2Flist%2Fitems%2F"
    assert "nothing was done here for 60 minutes" in nurse.get("/log-in").text


def test_a_session_of_a_clock_that_was_ahead_ends_when_it_is_put_right(admin, monkeypatch):
    pass_by(monkeypatch, days=4000)
    browser = Client()
    browser.post("/log-in", {"username": "ada", "password": PASSWORD})
    assert browser.get("/").status_code == 200
    pass_by(monkeypatch)
    assert browser.get("/").url == "/log-in"


def test_a_page_that_asks_by_itself_is_nobody_at_work(nurse, monkeypatch):
    nurse.get("/")
    for minutes in (30, 61):
        pass_by(monkeypatch, minutes=minutes)
        for path in ("/synchronisation/footer", "/synchronisation/status"):
            nurse.get(path, headers={"HX-Request": "true"})
    assert nurse.get("/").url == "/log-in"


def test_a_part_of_a_page_leads_back_to_its_page_after_log_in(nurse, monkeypatch):
    nurse.get("/")
    pass_by(monkeypatch, minutes=61)
    asked_by = {"HX-Request": "true", "HX-Current-URL": "http://testserver/synchronisation"}
    answer = nurse.get("/synchronisation/status", headers=asked_by)
    assert answer["HX-Redirect"] == "/log-in?next=%2Fsynchronisation"


@pytest.mark.parametrize("forged", ["", "0:x", "9999999999", "9999999999:abc"])
def test_a_lost_or_forged_mark_of_use_prolongs_nothing(nurse, monkeypatch, forged):
    nurse.get("/")
    pass_by(monkeypatch, minutes=61)
    nurse.cookies["seen"] = forged
    assert nurse.get("/").url == "/log-in"


def test_the_mark_of_another_session_prolongs_nothing(admin, second, monkeypatch):
    pass_by(monkeypatch, minutes=50)
    second.get("/")
    pass_by(monkeypatch, minutes=61)
    assert second.get("/").status_code == 200
    admin.cookies["seen"] = second.cookies["seen"].value
    assert admin.get("/").url == "/log-in"


def test_the_central_server_sets_how_long_a_session_may_be_left(admin, monkeypatch):
    admin.post("/unlock", {"password": PASSWORD})
    for wrong in ("", "4", "721", "x"):
        assert admin.post("/system-settings", {"idle_minutes": wrong}).status_code == 422
    assert admin.post("/system-settings", {"idle_minutes": "20"}).status_code == 302
    assert "without use: 20" in admin.get("/system-settings").text
    pass_by(monkeypatch, minutes=21)
    assert admin.get("/").url == "/log-in"


def test_a_site_does_as_the_central_server_says(nurse, monkeypatch):
    here_module.change(connection, orders=SiteOrders(idle_minutes=10))
    nurse.get("/")
    pass_by(monkeypatch, minutes=11)
    assert nurse.get("/").url == "/log-in"


def test_a_page_that_is_only_read_writes_nothing(nurse, django_assert_max_num_queries):
    nurse.get("/")
    with django_assert_max_num_queries(100) as queries:
        nurse.get("/")
    writes = [q["sql"] for q in queries.captured_queries if not q["sql"].startswith("SELECT")]
    assert writes == []


def test_an_administrator_ends_the_sessions_of_another_user(admin):
    nurse = log_in("bo", "store-central")
    page = f"/users/end-sessions/{nurse.user.pk}"
    assert "in every browser" in admin.get(page).text
    assert nurse.get("/").status_code == 200
    admin.post(page)
    assert nurse.get("/").url == "/log-in"
    assert admin.get("/").status_code == 200
