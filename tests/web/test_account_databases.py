"""Passwords, sessions and second factors on both kinds of database, where SQL matters."""

from datetime import timedelta

import pytest
from django.test import Client

from msupply.records.sessions import Session
from msupply.services import sessions
from msupply.sync import clock
from tests.web.conftest import ALL, PASSWORD, log_in, make_central, take_examples
from tests.web.later import stand_still
from tests.web.test_own_account import NEW, change
from tests.web.test_second_factor import ask, enrolled, enter, is_in


@pytest.fixture(autouse=True)
def still(monkeypatch):
    stand_still(monkeypatch)


@pytest.fixture
def admin(connection):
    take_examples()
    make_central()
    return log_in("ada", "store-central", *ALL)


def test_a_user_sees_and_ends_the_own_sessions(admin):
    other = log_in("eve", "store-central")
    tablet, telephone = Client(headers={"User-Agent": "Tablet"}), Client()
    for browser in (tablet, telephone):
        browser.post("/log-in", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="10.0.0.7")
    shown = admin.get("/my-password")
    assert "Tablet" in shown.text
    assert "10.0.0.7" in shown.text
    for browser in (admin, tablet, telephone):
        assert browser.session.session_key not in shown.text
    assert len(shown.context["sessions"]) == 3
    name = next(s.name for s in shown.context["sessions"] if s.browser == "Tablet")
    other.post("/my-password/end-session", {"session": name})
    assert tablet.get("/").status_code == 200
    admin.post("/my-password/end-session", {"session": name})
    assert tablet.get("/").url == "/log-in"
    assert telephone.get("/").status_code == 200
    admin.post("/my-password/end-session")
    assert telephone.get("/").url == "/log-in"
    assert admin.get("/").status_code == 200
    assert other.get("/").status_code == 200


def test_expired_sessions_are_removed(connection, admin):
    new = log_in("eve", "store-central")
    Session.objects.filter(pk=admin.session.session_key).update(
        expire_date=clock.now() - timedelta(seconds=1)
    )
    assert sessions.remove_expired(connection) == 1
    assert sessions.remove_expired(connection) == 0
    assert new.get("/").status_code == 200


def test_a_new_password_ends_all_other_sessions(admin):
    other = ask(PASSWORD)
    eve = log_in("eve", "store-central")
    assert other.get("/").status_code == 200
    assert change(admin).url == "/my-password"
    assert "Your password is changed" in admin.get("/my-password").text
    assert other.get("/").url == "/log-in"
    assert eve.get("/").status_code == 200
    assert Session.objects.filter(user_id=admin.user.pk).count() == 1
    assert ask(PASSWORD).get("/").url == "/log-in"
    assert ask(NEW).get("/").status_code == 200


def test_log_in_asks_for_a_code_after_the_password(admin):
    app, _codes = enrolled(admin)
    client = ask()
    assert client.answer.url == "/log-in/code"
    assert client.get("/").url == "/log-in"
    assert "Code" in client.get("/log-in/code").text
    assert client.post("/log-in/code", {"code": "12345"}).status_code == 422
    assert not is_in(client)
    before = client.session.session_key
    assert client.post("/log-in/code", {"code": app.code()}).url == "/list/items/"
    assert is_in(client)
    assert client.session.session_key != before


def test_a_code_is_good_once(admin):
    app, _codes = enrolled(admin)
    code = app.code()
    assert is_in(enter(code))
    assert not is_in(enter(code))
    # Nor is one of before that was never used.
    assert not is_in(enter(app.code(-1)))


def test_a_recovery_code_is_good_once(admin):
    _app, codes = enrolled(admin)
    assert is_in(enter(codes[3].upper()))
    assert not is_in(enter(codes[3]))
    client = enter(codes[4].replace("-", " "))
    assert "8 recovery codes are left" in client.get("/my-password").text
