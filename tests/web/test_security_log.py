"""The security log: what is written into it, by whom and from where, and who may read it."""

import csv
import io
import json
import logging
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from msupply.central import background, settings, sites, users
from msupply.records.security_log import SecurityEvent, SecurityNote
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services import edit
from msupply.services import security_log as reading
from msupply.sync import here as here_module
from msupply.sync.clock import now
from msupply.wire import security_log, throttle
from tests.services.people import PASSWORD, make_user
from tests.web.conftest import log_in

AWAY = "203.0.113.9"


def notes(event, **values):
    return list(SecurityNote.objects.filter(event=event, **values).order_by("pk"))


def only(event, **values):
    (row,) = notes(event, **values)
    return row


def what(row):
    return json.loads(row.what)


def send_log_in(username, password):
    form = {"username": username, "password": password}
    return Client(REMOTE_ADDR=AWAY).post("/log-in", form)


@pytest.fixture
def bo(central):
    return make_user(connection, "bo", Store.objects.get(pk="store-central"))


def test_a_log_in_is_noted_with_its_address(bo):
    assert send_log_in("BO ", PASSWORD).status_code == 302
    row = only("LOGGED_IN")
    assert (row.who, row.address, row.outcome) == ("bo", AWAY, "DONE")


def test_a_refused_log_in_is_noted_as_it_was_typed_without_its_password(bo):
    send_log_in("nobody\r\n2026-01-01 root", "a secret of mine")
    row = only("LOGGED_IN")
    assert (row.who, row.outcome) == ("nobody\r\n2026-01-01 root", "REFUSED")
    assert what(row) == {"reason": "wrong"}
    send_log_in("x" * 150, "wrong")
    assert len(notes("LOGGED_IN")[-1].who) == security_log.LONGEST_NAME


def test_who_has_to_wait_is_noted_once_however_often_it_is_tried(bo):
    for _ in range(throttle.FREE + 5):
        send_log_in("bo", "wrong")
    assert len(notes("LOGGED_IN", outcome="REFUSED")) == throttle.FREE
    assert only("THROTTLED").who == "bo"


def test_a_log_out_is_noted(admin):
    admin.post("/log-out")
    assert only("LOGGED_OUT").who == "ada"


def test_a_session_that_ends_because_its_user_lost_every_store_is_noted(admin):
    UserStore.objects.filter(user=admin.user).delete()
    admin.get("/")
    row = only("LOGGED_OUT")
    assert (row.who, what(row)) == ("ada", {"reason": "no_store"})


def test_what_is_not_permitted_is_noted_with_the_permission_and_the_page(central):
    client = log_in("cy", "store-central")
    for _ in range(3):
        assert client.get("/sites").status_code == 403
    row = only("PERMISSION_REFUSED")
    assert (row.who, row.address, row.outcome) == ("cy", "127.0.0.1", "REFUSED")
    assert what(row) == {
        "reason": "PermissionMissing",
        "permission": "SERVER_ADMIN",
        "method": "GET",
        "path": "/sites",
    }


def test_a_form_without_its_token_is_noted_once(admin):
    client = Client(enforce_csrf_checks=True)
    client.cookies = admin.cookies
    for _ in range(3):
        answer = client.post("/log-out", headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert "address is not that of this server" in answer.text
    row = only("FORGED_FORM")
    assert (row.who, what(row)["origin"]) == ("ada", "https://evil.example")


def test_the_padlock_is_noted_opened_or_not(admin):
    admin.post("/unlock", {"password": "wrong"})
    admin.post("/unlock", {"password": PASSWORD})
    assert [(row.who, row.outcome) for row in notes("UNLOCKED")] == [
        ("ada", "REFUSED"),
        ("ada", "DONE"),
    ]


def test_a_new_user_rights_and_a_password_are_noted_with_who_gave_them(admin):
    form = {"username": "dan", "password": "a good password", "language": 0}
    assert admin.post("/users/new", form).status_code == 302
    row = only("USER_CREATED", address="127.0.0.1")
    assert (row.who, what(row)) == ("ada", {"user": "dan"})
    dan = User.objects.get(username="dan")
    form = {"store": "store-central", "permissions": ["STOCK_LINE_QUERY"]}
    assert admin.post(f"/users/rights/{dan.pk}", form).status_code == 302
    code = Store.objects.get(pk="store-central").code
    row = notes("RIGHTS_CHANGED")[-1]
    assert row.who == "ada"
    # What belongs to it comes along.
    given = ["STOCKTAKE_QUERY", "STOCK_LINE_QUERY", "STORE_ACCESS"]
    assert what(row) == {
        "user": "dan", "store": code, "added": given, "removed": [],
    }  # fmt: skip
    answer = admin.post(f"/users/revoke/{dan.pk}/store-central", {"confirmed": "yes"})
    assert answer.status_code == 302
    assert what(notes("RIGHTS_CHANGED")[-1])["removed"] == given
    new = {"password": "another good password"}
    assert admin.post(f"/users/password/{dan.pk}", new).status_code == 302
    assert what(only("PASSWORD_SET")) == {"user": "dan"}
    everything = " ".join(SecurityNote.objects.values_list("what", flat=True))
    assert "good password" not in everything


def test_setting_the_same_rights_again_is_no_event(admin):
    store = Store.objects.get(pk="store-central")
    before = len(notes("RIGHTS_CHANGED"))
    held = UserPermission.objects.filter(user=admin.user, store=store)
    users.grant(
        connection, admin.user, store, permissions=held.values_list("permission", flat=True)
    )
    assert len(notes("RIGHTS_CHANGED")) == before


def test_putting_a_user_out_of_use_is_noted_whichever_page_does_it(admin, bo):
    edit.save(connection, admin.user, "store-central", User, {"is_active": False}, bo.pk)
    assert what(only("USER_CHANGED")) == {"user": "bo", "changes": ["is_active: True → False"]}


def test_what_becomes_of_a_site_is_noted(admin):
    site = sites.add_site(connection, "far", "a good password")
    new = {"password": "another good password"}
    assert admin.post(f"/sites/password/{site.pk}", new).status_code == 302
    sure = {"confirmed": "yes", "word": "far"}
    for action in ("reset", "start-over", "delete"):
        assert admin.post(f"/sites/{action}/{site.pk}", sure).status_code == 302
    for event in ("SITE_CREATED", "SITE_PASSWORD_SET", "SITE_FREED", "SITE_RESET", "SITE_DELETED"):
        assert "far" in what(only(event)).values()


def test_a_setting_of_the_whole_system_is_noted_from_what_to_what(admin):
    settings.set_centralised_procurement(connection, True, admin.user)
    row = only("SETTING_CHANGED")
    assert row.who == "ada"
    assert what(row) == {
        "subject": "centralised_procurement",
        "before": "centralised_procurement: False",
        "after": "centralised_procurement: True",
    }


def test_what_is_taken_out_and_brought_in_is_noted(admin):
    admin.get("/list/items/export.csv").getvalue()
    assert what(only("DATA_EXPORTED")) == {"table": "item", "form": "csv"}


def test_what_is_undone_is_not_noted(central):
    with transaction.atomic():
        sites.add_site(connection, "far", "a good password")
        transaction.set_rollback(True)
    assert notes("SITE_CREATED") == []
    assert not Site.objects.filter(name="far").exists()


def test_guessing_does_not_drive_out_what_was_done(central, monkeypatch):
    monkeypatch.setattr(security_log, "MOST_ROWS", 10)
    monkeypatch.setattr(security_log, "_MAKE_ROOM_EVERY", 1)
    security_log.note(connection, SecurityEvent.SITE_CREATED, site="kept")
    for number in range(30):
        security_log.note(connection, SecurityEvent.LOGGED_IN, refused=True, who=f"name-{number}")
    assert len(notes("LOGGED_IN")) == 10
    assert notes("LOGGED_IN")[-1].who == "name-29"
    assert len(notes("SITE_CREATED")) == 1


def test_the_worker_removes_what_is_older_than_it_is_kept(admin):
    security_log.note(connection, SecurityEvent.SITE_CREATED, site="old")
    SecurityNote.objects.update(at=now() - timedelta(days=400))
    security_log.note(connection, SecurityEvent.SITE_CREATED, site="new")
    background.work(connection)
    assert [what(row)["site"] for row in notes("SITE_CREATED")] == ["new"]


def test_a_site_whose_clock_is_known_to_be_wrong_removes_nothing(nurse):
    here_module.change(connection, clock_ahead=86400 * 800)
    security_log.note(connection, SecurityEvent.LOGGED_IN)
    SecurityNote.objects.update(at=now() - timedelta(days=800))
    reading.remove_old(connection)
    assert notes("LOGGED_IN")


def test_administrators_choose_how_long_it_is_kept(admin):
    admin.post("/security-log/days", {"days": "90"})
    assert reading.kept_days(connection) == 90
    assert what(only("SETTING_CHANGED"))["after"] == 90
    for wrong in ("5", "x", "", "-1", "99999999999999999999"):
        answer = admin.post("/security-log/days", {"days": wrong}, follow=True)
        assert "from 30 to 3650" in answer.text
    assert reading.kept_days(connection) == 90


def test_the_page_shows_events_in_words_and_escapes_what_was_typed(admin):
    send_log_in("<script>alert(1)</script>", "x")
    page = admin.get("/security-log").text
    assert "Log-in" in page
    assert "wrong name or password" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("event=SITE_CREATED", {"far"}),
        ("outcome=REFUSED", {"guess"}),
        ("who=GUE", {"guess"}),
        (f"who={AWAY}", {"guess"}),
        ("since=2020-01-01&until=2020-01-02", set()),
        ("since=2020-01-01", {"guess", "far"}),
        ("event=no&outcome=no&since=yesterday&until=%00", {"guess", "far"}),
    ],
)
def test_the_page_is_filtered(admin, asked, shown):
    sites.add_site(connection, "far", "a good password")
    send_log_in("guess", "x")
    table = (
        admin.get(f"/security-log?{asked}").text.partition("<tbody>")[2].partition("</tbody>")[0]
    )
    assert {name for name in ("guess", "far") if name in table} == shown


def test_what_is_shown_can_be_had_as_a_file_and_that_is_noted(admin):
    send_log_in("=cmd|' /C calc'!A0", "x")
    answer = admin.get("/security-log/export.csv?outcome=REFUSED")
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0] == ["At (UTC)", "Event", "Outcome", "Who", "Address", "Details"]
    assert rows[1][3] == "'=cmd|' /C calc'!A0"
    assert what(only("DATA_EXPORTED")) == {"table": "security_log"}
    assert admin.get("/security-log/export.xlsx").getvalue()
    assert admin.get("/security-log/export.pdf").status_code == 404


@pytest.mark.parametrize("path", ["/security-log", "/security-log/export.csv"])
def test_only_administrators_may_read_it(central, path):
    assert log_in("cy", "store-central").get(path).status_code == 403
    menu = log_in("dy", "store-central").get("/").text
    assert "/security-log" not in menu


def test_a_sites_administrator_reads_the_sites_own(nurse):
    assert nurse.get("/security-log").status_code == 200
    assert "/security-log" in nurse.get("/").text


def test_an_event_is_one_line_of_the_process_log(
    central, caplog, django_capture_on_commit_callbacks
):
    with (
        caplog.at_level(logging.INFO, "msupply.security"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        send_log_in("bo\r\n\u2028\x1b[31mroot: all is well", "x")
    (record,) = [r for r in caplog.records if r.name == "msupply.security"]
    assert record.levelno == logging.WARNING
    line = record.getMessage()
    assert line.startswith("LOGGED_IN REFUSED {")
    assert AWAY in line
    assert line.isascii()
    assert line.isprintable()
