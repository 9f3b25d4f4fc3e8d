"""The password again before others are given access, when it was given some time ago."""

import pytest
from django.contrib.auth.hashers import check_password

from msupply.records.users import User, UserPermission
from msupply.wire import throttle
from tests.web.conftest import ALL, PASSWORD, log_in
from tests.web.later import pass_by

AGAIN = "/my-password/again?next="


@pytest.fixture
def bo(central):
    return log_in("bo", "store-central").user


def pages(user):
    return [
        "/users/new",
        f"/users/rights/{user.pk}",
        f"/users/password/{user.pk}",
        f"/users/revoke/{user.pk}/store-central",
        f"/users/end-sessions/{user.pk}",
        f"/users/second-factor/{user.pk}",
        f"/list/users/edit/{user.pk}",
        "/list/userpermission/new",
        "/list/userstore/new",
        "/list/documentpermission/import",
        "/list/users/import",
        "/sites/password/site-2",
        "/sites/new/kind",
        "/synchronisation/settings",
    ]


def test_soon_after_log_in_nothing_is_asked(admin, bo):
    for page in pages(bo):
        assert not admin.get(page).headers.get("Location", "").startswith(AGAIN), page


def test_later_pages_that_give_access_ask_first(admin, bo, monkeypatch):
    admin.get("/")
    pass_by(monkeypatch, minutes=16)
    for page in pages(bo):
        assert admin.get(page).url.startswith(AGAIN), page
    for page in ("/", "/list/users/", "/list/items/new", "/sites"):
        assert admin.get(page).status_code == 200, page


def test_the_right_password_leads_on(admin, bo, monkeypatch):
    page = f"/users/rights/{bo.pk}"
    pass_by(monkeypatch, minutes=16)
    assert "own password" in admin.get(page, follow=True).text
    refused = admin.post("/my-password/again", {"next": page, "own_password": "guess"})
    assert refused.status_code == 422
    assert admin.get(page).status_code == 302
    led = admin.post("/my-password/again", {"next": page, "own_password": PASSWORD})
    assert led.url == page
    assert admin.get(page).status_code == 200


def test_it_leads_to_no_other_server(admin):
    sent = {"next": "//evil.example/", "own_password": PASSWORD}
    assert admin.post("/my-password/again", sent).url == "/"


def test_what_was_filled_in_meanwhile_is_kept(admin, bo, monkeypatch):
    page = f"/users/rights/{bo.pk}"
    form = {"store": "store-central", "permissions": ["STOCK_LINE_QUERY", "REPORT"]}
    pass_by(monkeypatch, minutes=16)
    asked = admin.post(page, form)
    held = UserPermission.objects.filter(user=bo).values_list("permission", flat=True)
    assert "REPORT" not in held
    assert asked.context["sent"] == [
        ("store", "store-central"), ("permissions", "STOCK_LINE_QUERY"), ("permissions", "REPORT"),
    ]  # fmt: skip
    assert asked.context["action"] == page
    assert admin.post(page, form | {"own_password": "guess"}).status_code == 422
    assert "REPORT" not in held.all()
    assert admin.post(page, form | {"own_password": PASSWORD}).status_code == 302
    assert {"REPORT", "STOCK_LINE_QUERY"} <= set(held.all())


def test_guessing_is_slowed_down_as_at_log_in(admin, bo, monkeypatch):
    pass_by(monkeypatch, minutes=16)
    for _n in range(throttle.FREE):
        admin.post("/my-password/again", {"own_password": "guess"})
    told = admin.post("/my-password/again", {"own_password": PASSWORD})
    assert "Try again in" in told.text
    assert admin.get("/users/new").status_code == 302


def test_a_site_asks_too(nurse, monkeypatch):
    form = {"username": "bintu", "password": "four goats", "roles": ["viewer"]}
    pass_by(monkeypatch, minutes=16)
    assert nurse.get("/users/new").url.startswith(AGAIN)
    assert nurse.post("/users/new", form).status_code == 200
    assert not User.objects.filter(username="bintu").exists()
    nurse.post("/users/new", form | {"own_password": PASSWORD})
    assert check_password("four goats", User.objects.get(username="bintu").password)


def test_who_has_no_right_is_not_helped_by_a_password(central, monkeypatch):
    clerk = log_in("bo", "store-central", *[name for name in ALL if name.endswith("_QUERY")])
    pass_by(monkeypatch, minutes=16)
    clerk.post("/my-password/again", {"own_password": PASSWORD})
    assert clerk.get("/users/new").status_code == 403
