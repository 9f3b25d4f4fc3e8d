"""Log-ins of sites, and of people through sites, in the security log."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from msupply.records.security_log import SecurityEvent, SecurityNote
from msupply.records.users import User
from msupply.sync.clock import now
from msupply.wire import credentials, security_log
from tests import clocks

GOOD = "secret"


def notes(**values):
    rows = SecurityNote.objects.filter(**values).order_by("pk")
    return [(row.event, row.outcome, row.who, json.loads(row.what)) for row in rows]


def v4(password, **where):
    body = {"username": "maria", "password": password, "loginType": "User", "siteName": "north"}
    return Client(**where).generic(
        "POST", "/api/v4/login", json.dumps(body).encode(), "application/json"
    )


def test_a_site_is_noted_once_a_day_and_address_however_often_it_comes(clinic):
    for _ in range(3):
        assert clinic.get("site").status_code == 200
        assert clinic.v6_data("sync/site_status")
    credentials.forget_verified()
    assert clinic.get("site").status_code == 200
    clinic.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert clinic.get("site").status_code == 200
    assert notes() == [("SITE_CONNECTED", "DONE", "clinic-north", {})] * 2
    addresses = set(SecurityNote.objects.values_list("address", flat=True))
    assert addresses == {"127.0.0.1", "203.0.113.9"}
    credentials.forget_verified()
    with clocks.ahead(hours=25):
        assert clinic.get("site").status_code == 200
    assert len(notes()) == 3


@pytest.mark.parametrize("ask", [lambda c: c.get("site"), lambda c: c.v6("sync/site_status")])
def test_every_wrong_password_of_a_site_is_noted(clinic, ask):
    clinic.wire_hash = "0" * 64
    ask(clinic)
    ask(clinic)
    refused = ("SITE_CONNECTED", "REFUSED", "clinic-north", {"reason": "site_incorrect_password"})
    assert notes() == [refused] * 2


def test_an_unknown_site_is_noted_as_it_was_typed(clinic):
    clinic.name = "clinic\r\nnorth"
    clinic.get("site")
    ((_event, outcome, who, what),) = notes()
    assert (outcome, who, what) == ("REFUSED", clinic.name, {"reason": "site_name_not_found"})


def test_another_device_with_the_right_password_is_noted_once_a_minute(clinic):
    assert clinic.get("site").status_code == 200
    clinic.hardware_id = "stolen"
    for _ in range(3):
        assert clinic.get("site").status_code == 401
    reasons = [what for _e, outcome, _w, what in notes() if outcome == "REFUSED"]
    assert reasons == [{"reason": "site_incorrect_hardware_id"}]


def test_people_who_log_in_at_a_site_are_noted_with_the_site(central):
    User.objects.create_user("maria", GOOD)
    assert v4("wrong", REMOTE_ADDR="203.0.113.9").status_code == 401
    assert v4(GOOD, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert notes(address="203.0.113.9") == [
        ("LOGGED_IN", "REFUSED", "maria", {"site": "north"}),
        ("LOGGED_IN", "DONE", "maria", {"site": "north"}),
    ]


def test_nothing_that_is_noted_holds_the_secret(clinic):
    clinic.wire_hash = "c0ffee" * 10
    clinic.get("site")
    v4("my own password")
    for row in SecurityNote.objects.all():
        assert "c0ffee" not in row.what + row.who
        assert "my own" not in row.what + row.who


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 5000, "é\u2028"])
def test_whatever_is_typed_can_be_noted(central, text):
    security_log.note(central, SecurityEvent.LOGGED_IN, refused=True, who=text, reason=text)
    row = SecurityNote.objects.get()
    assert len(row.who) <= security_log.LONGEST_NAME
    assert json.loads(row.what)["reason"]


def test_the_same_is_noted_again_after_a_while_whatever_a_wrong_clock_has_left(central):
    def note():
        often = timedelta(minutes=10)
        security_log.note(central, SecurityEvent.THROTTLED, who="bo", at_most_every=often)

    with clocks.ahead(days=400):
        note()
    note()
    note()
    assert SecurityNote.objects.filter(at__lte=now()).count() == 1


def test_a_log_that_cannot_be_written_stops_nobody(central, clinic, caplog):
    with central.cursor() as cursor:
        cursor.execute("ALTER TABLE security_log RENAME TO security_log_away")
    try:
        assert clinic.get("site").status_code == 200
    finally:
        with central.cursor() as cursor:
            cursor.execute("ALTER TABLE security_log_away RENAME TO security_log")
    (line,) = [
        line for line in caplog.messages if line.startswith("Not written to the security log")
    ]
    assert "SITE_CONNECTED" in line
    assert "security_log" in line.rpartition("}")[2]
    assert "Traceback" not in caplog.text
