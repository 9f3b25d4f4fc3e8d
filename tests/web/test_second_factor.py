"""The second factor of users of the central server: set up, asked for, lost, removed."""

import pyotp
import pytest
from django.db import connection
from django.test import Client

from msupply.records.second_factors import RecoveryCode, SecondFactor
from msupply.records.sessions import Session
from msupply.records.users import User
from msupply.services import second_factor
from msupply.sync import here as here_module
from msupply.wire import throttle
from tests.web.conftest import ALL, PASSWORD, log_in
from tests.web.later import pass_by, stand_still

SET_UP = "/my-password/second-factor"
REMOVE = "/my-password/second-factor/remove"


@pytest.fixture(autouse=True)
def still(monkeypatch):
    stand_still(monkeypatch)


class App:
    """What the user has on a telephone."""

    def __init__(self, secret):
        self.totp = pyotp.TOTP(secret.replace(" ", ""))

    def code(self, steps=0):
        return self.totp.generate_otp(now_step() + steps)


def now_step():
    return int(second_factor.now().timestamp()) // 30


def enrolled(client):
    """Set up the second factor; return the app and the recovery codes."""
    app = App(client.get(SET_UP).context["secret"])
    done = client.post(SET_UP, {"code": app.code(-1)})
    return app, done.context["codes"]


def ask(password=PASSWORD, wanted="/list/items/"):
    """Log in by the password; return the browser that is asked for a code."""
    client = Client()
    sent = {"username": "ada", "password": password}
    client.answer = client.post("/log-in", sent, query_params={"next": wanted})
    return client


def is_in(client):
    return client.get("/").status_code == 200


def enter(code):
    client = ask()
    client.answer = client.post("/log-in/code", {"code": code})
    return client


@pytest.fixture
def app(admin):
    admin.app, admin.codes = enrolled(admin)
    return admin.app


def test_a_user_sets_it_up_with_a_code_of_the_app(admin):
    page = admin.get(SET_UP)
    assert "<svg" in page.text
    assert page.context["secret"] in page.text
    wrong = admin.post(SET_UP, {"code": "000000"})
    assert wrong.status_code == 422
    assert wrong.context["secret"] == page.context["secret"]
    assert not SecondFactor.objects.exists()
    app = App(page.context["secret"])
    done = admin.post(SET_UP, {"code": app.code()})
    codes = done.context["codes"]
    assert len(set(codes)) == 10
    assert all(code in done.text for code in codes)
    assert "10 recovery codes are left" in admin.get("/my-password").text


def test_secret_and_recovery_codes_are_never_shown_again(admin, app):
    for path in ("/my-password", SET_UP, REMOVE, f"/users/rights/{admin.user.pk}", "/"):
        text = admin.get(path, follow=True).text
        assert app.totp.secret not in text.replace(" ", "")
        assert not any(code in text for code in admin.codes)
    kept = str([*SecondFactor.objects.values(), *RecoveryCode.objects.values()])
    assert app.totp.secret not in kept
    assert not any(code.replace("-", "") in kept.replace("-", "") for code in admin.codes)


def test_a_wrong_password_is_not_asked_for_a_code(app):
    client = ask(password="guess")
    assert client.answer.status_code == 422
    assert client.get("/log-in/code").url == "/log-in"


def test_clocks_may_differ_by_one_step(app, monkeypatch):
    assert not is_in(enter(app.code(3)))
    assert is_in(enter(app.code(1)))
    pass_by(monkeypatch, minutes=5)
    assert not is_in(enter(app.code(-2)))
    assert is_in(enter(app.code(-1)))


def test_blanks_in_a_code_do_not_matter(app):
    code = app.code()
    assert is_in(enter(f" {code[:3]} {code[3:]} "))


@pytest.mark.parametrize("code", ["", "0" * 101, "١٢٣٤٥٦", "\0", "-", "abcd-efgh-jkmn"])
def test_nonsense_is_refused(app, code):
    client = enter(code)
    assert client.answer.status_code == 422
    assert not is_in(client)


def test_guessing_codes_is_slowed_down_from_everywhere(app):
    clients = [ask() for _n in range(throttle.FREE)]
    for number, client in enumerate(clients):
        client.post("/log-in/code", {"code": "000000"}, REMOTE_ADDR=f"10.0.0.{number}")
    # The right password does not begin the count anew.
    client = enter(app.code())
    assert "Too many wrong codes" in client.answer.text
    assert not is_in(client)


def test_the_code_must_come_soon_after_the_password(app):
    client = ask()
    Session.objects.filter(pk=client.session.session_key).update(expire_date="2026-01-01")
    assert client.post("/log-in/code", {"code": app.code()}).url == "/log-in"


def test_a_user_who_is_no_longer_active_does_not_get_in(admin, app):
    client = ask()
    User.objects.filter(pk=admin.user.pk).update(is_active=False)
    client.post("/log-in/code", {"code": app.code()})
    assert not is_in(client)


def test_setting_it_up_ends_the_other_sessions(admin):
    other = ask()
    assert is_in(other)
    enrolled(admin)
    assert not is_in(other)
    assert is_in(admin)


def test_it_is_removed_with_password_and_code(admin, app, monkeypatch):
    pass_by(monkeypatch, minutes=1)
    for wrong in ({"password": "guess", "code": app.code()}, {"password": PASSWORD, "code": "1"}):
        assert admin.post(REMOVE, wrong).status_code == 422
    assert SecondFactor.objects.count() == 1
    sent = {"password": PASSWORD, "code": app.code(1)}
    assert admin.post(REMOVE, sent).url == "/my-password"
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert ask().answer.url == "/list/items/"


def test_a_session_left_open_sets_none_up(admin, monkeypatch):
    admin.get("/")
    pass_by(monkeypatch, minutes=16)
    assert admin.get(SET_UP).url.startswith("/my-password/again?next=")


def test_another_administrator_removes_it(admin, app):
    eve = log_in("eve", "store-central", *ALL)
    page = f"/users/second-factor/{admin.user.pk}"
    assert page in eve.get(f"/users/rights/{admin.user.pk}").text
    assert eve.post(page).status_code == 302
    assert admin.get("/sites").url.startswith("/log-in")
    assert ask().answer.url == "/list/items/"


def test_nobody_removes_the_own_one_that_way(admin, app):
    assert admin.post(f"/users/second-factor/{admin.user.pk}").url == "/my-password"
    assert SecondFactor.objects.exists()


def required():
    here_module.change(connection, second_factor_required=True)


def test_administrators_who_must_have_one_set_it_up_first(admin):
    required()
    assert admin.get("/sites").url == SET_UP
    assert admin.post("/users/new", {"username": "x"}).url == SET_UP
    assert "need a second factor" in admin.get(SET_UP).text
    assert admin.post("/log-out").url == "/log-in"


def test_with_one_they_go_on(admin, monkeypatch):
    required()
    app, _codes = enrolled(admin)
    assert is_in(admin)
    assert is_in(enter(app.code()))
    pass_by(monkeypatch, minutes=1)
    admin.post(REMOVE, {"password": PASSWORD, "code": app.code()})
    assert admin.get("/sites").url == SET_UP


def test_others_need_none(central):
    required()
    assert is_in(log_in("bo", "store-central", "STOCK_LINE_QUERY"))


def test_the_setting_is_one_of_the_system(admin):
    admin.post("/unlock", {"password": PASSWORD})
    admin.post("/system-settings", {"second_factor_required": "on", "idle_minutes": "60"})
    assert here_module.load(connection).second_factor_required
    assert admin.get("/system-settings").url == SET_UP


def test_sites_ask_about_a_user_by_the_password_alone(app):
    sent = {"username": "ada", "password": PASSWORD, "loginType": "User", "siteName": "north"}
    answer = Client().post("/api/v4/login", sent, content_type="application/json")
    assert answer.json()["authenticated"] is True


def test_a_site_has_none(nurse):
    assert nurse.get(SET_UP).status_code == 403
    assert "Second factor" not in nurse.get("/my-password").text
