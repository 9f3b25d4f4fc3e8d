"""The Sync page, its settings, the badge."""

from datetime import timedelta

import pytest
from django.db import connection

from msupply.records.files import SyncFileReference
from msupply.sync import here as here_module
from msupply.sync.clock import now
from msupply.sync.models import BufferChunk, Quarantined, Setting, SiteState, SyncLog
from msupply.web import sync_page, sync_state
from tests.web.conftest import log_in

DONE = (
    '[{"name":"push_v6","started_at":"2026-01-01T00:00:00","finished_at":"2026-01-01T00:00:01",'
    '"done":3,"total":3},{"name":"push","started_at":"2026-01-01T00:00:01","done":40,"total":100}]'
)


def cycle(age=timedelta(0), error=None, steps=DONE):
    moment = now() - age
    return SyncLog.objects.create(
        started_at=moment,
        finished_at=None if error else moment + timedelta(seconds=75),
        error_code=error,
        error_message="what the support needs" if error else None,
        steps=steps,
    )


def kept(**values):
    return Quarantined.objects.create(
        source_site=None, wire="v5", table_name="item", record_id="item-bad", action="upsert",
        data='{"ID":"item-bad"}', code="invalid", reason="item_name: must be text",
        received_at=now(), **values,
    )  # fmt: skip


def test_the_page_shows_the_six_steps_in_order(nurse):
    page = nurse.get("/synchronisation").text
    names = ["Push V6", "Push", "Pull Central", "Pull Remote", "Pull V6", "Integrate"]
    places = [page.index(f"</svg>{name}</div>") for name in names]
    assert places == sorted(places)


def test_the_dashboard_shows_the_last_success_while_a_later_cycle_fails(nurse):
    good = cycle(age=timedelta(hours=2))
    cycle(error="CONNECTION_ERROR")
    page = nurse.get("/").text
    assert "Last successful sync" in page
    assert page.count(good.finished_at.isoformat(timespec="seconds")) == 2, "here and in the bar"


def test_a_good_cycle_shows_its_duration(nurse):
    cycle()
    page = nurse.get("/synchronisation")
    assert "1 min 15 s" in page.text
    assert page.context["sync"].finished_at is not None


def test_a_running_cycle_is_live(nurse):
    SyncLog.objects.create(started_at=now(), steps=DONE)
    page = nurse.get("/synchronisation/status", headers={"HX-Request": "true"}).text
    assert "40 / 100" in page
    assert 'aria-valuenow="40"' in page
    assert "every 500ms" in page
    assert "Synchronising" in page


def test_a_failed_cycle_says_what_to_do_and_more(nurse):
    cycle(error="HARDWARE_ID_MISMATCH")
    page = nurse.get("/synchronisation").text
    assert "This site is already in use on another device" in page
    assert "More information" in page
    assert "what the support needs" in page
    assert 'data-step="failed"' in page


def test_sync_now_asks_for_a_cycle(nurse):
    answer = nurse.post("/synchronisation/now", headers={"HX-Request": "true"})
    assert 'data-busy="yes"' in answer.text
    assert Setting.objects.filter(key="cycle_request").exists()


def test_sync_now_needs_no_permission(remote):
    client = log_in("bo", "store-north")
    assert client.post("/synchronisation/now").status_code == 302
    assert client.get("/synchronisation").status_code == 200


@pytest.mark.parametrize(
    ("age", "colour"),
    [(timedelta(hours=2), "secondary"), (timedelta(days=1, hours=1), "orange"),
     (timedelta(days=3, hours=1), "red")],
)  # fmt: skip
def test_the_badge_follows_the_last_success(remote, age, colour):
    cycle(age)
    assert sync_state.badge(remote).colour == colour


def test_an_error_shows_the_red_alert_at_once(remote):
    cycle()
    cycle(error="INCORRECT_PASSWORD")
    badge = sync_state.badge(remote)
    assert badge.alert
    assert badge.colour == "red"


def test_a_missing_connection_is_no_alert(remote):
    cycle(timedelta(hours=2))
    cycle(error="CONNECTION_ERROR")
    badge = sync_state.badge(remote)
    assert not badge.alert
    assert badge.offline
    assert badge.colour == "secondary"


def test_the_central_server_has_no_badge(central):
    assert sync_state.badge(central) is None


def test_the_menu_shows_the_badge(nurse):
    cycle(timedelta(days=4))
    assert 'data-badge="red"' in nurse.get("/").text


def test_the_server_url_is_shown_as_a_qr_code(admin):
    page = admin.get("/synchronisation").text
    assert "http://central.test:8000" in page
    assert 'role="img"' in page


def test_kept_records_are_listed_with_their_reason(nurse):
    kept()
    page = nurse.get("/synchronisation").text
    assert "item_name: must be text" in page
    assert "item-bad" in page


def test_kept_records_are_tried_again(nurse):
    kept()
    row = kept()
    assert nurse.post("/synchronisation/retry", {"id": row.pk}).status_code == 302
    assert Quarantined.objects.count() == 1
    assert BufferChunk.objects.count() == 1
    assert Setting.objects.filter(key="cycle_request").exists()


def test_a_central_server_integrates_what_is_tried_again(admin):
    Quarantined.objects.create(
        source_site=2, wire="v6", table_name="asset", record_id="a", action="upsert", data="{}",
        code="invalid", reason="x", received_at=now(),
    )  # fmt: skip
    admin.post("/synchronisation/retry")
    assert SiteState.objects.get(site_id=2).waiting_since is not None


def test_only_administrators_try_again_or_see_settings(remote):
    client = log_in("bo", "store-north", "STOCK_LINE_QUERY")
    assert client.post("/synchronisation/retry").status_code == 403
    assert client.get("/synchronisation/settings").status_code == 403
    assert "/synchronisation/settings" not in client.get("/synchronisation").text


def settings_form(**changed):
    return {"url": "http://central.test:8000", "site_name": "north", "password": "",
            "interval_seconds": "300"} | changed  # fmt: skip


def test_the_interval_is_changed_without_the_password(nurse):
    assert (
        nurse.post("/synchronisation/settings", settings_form(interval_seconds="60")).status_code
        == 302
    )
    assert here_module.load(connection).interval_seconds == 60


def test_a_new_address_needs_the_password(nurse):
    answer = nurse.post("/synchronisation/settings", settings_form(url="http://other.test"))
    assert answer.status_code == 422
    assert "password" in answer.context["form"].errors
    assert here_module.load(connection).central_url == "http://central.test:8000"


def test_settings_are_checked_with_the_server(nurse, monkeypatch):
    asked = []
    monkeypatch.setattr(sync_page.cycle, "initialise_site", lambda c, *given: asked.append(given))
    nurse.post("/synchronisation/settings", settings_form(url="http://other.test", password="new"))
    assert asked == [("http://other.test", "north", "new")]


def test_the_stored_password_is_never_shown(nurse):
    assert "0" * 64 not in nurse.get("/synchronisation/settings").text


def test_a_central_server_changes_its_own_address(admin):
    admin.post("/synchronisation/settings", {"own_url": "https://central.example.org/"})
    assert here_module.load(connection).own_url == "https://central.example.org"
    assert admin.post("/synchronisation/settings", {"own_url": "nonsense"}).status_code == 422


def attach(name, **values):
    return SyncFileReference.objects.create(
        id=name, table_name="asset", record_id="asset-1", file_name=f"{name}.jpg", total_bytes=9,
        created_datetime=now(), direction=SyncFileReference.Direction.UPLOAD, **values,
    )  # fmt: skip


def test_the_page_counts_the_files_that_wait_and_those_that_were_refused(nurse):
    assert "data-files" not in nurse.get("/synchronisation").text
    attach("a")
    attach("b", status="ERROR", retry_at=now() + timedelta(minutes=50))
    attach("c", status="PERMANENT_FAILURE")
    attach("d", status="DONE")
    page = nurse.get("/synchronisation").text
    assert "2 files wait to be uploaded." in page
    assert "1 file was refused by the central server" in page


def test_the_files_can_be_tried_again_at_once(nurse):
    failed = [attach("b", status="ERROR", retry_at=now() + timedelta(minutes=50), retries=90),
              attach("c", status="PERMANENT_FAILURE")]  # fmt: skip
    answer = nurse.post("/synchronisation/files", follow=True)
    assert "The files are tried again." in answer.text
    for reference in failed:
        reference.refresh_from_db()
        assert (reference.status, reference.retries) == ("ERROR", 0)
        assert reference.retry_at <= now()


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (400 * 86400, "400 days ahead of the central server"),
        (-7200, "2 hours behind the central server"),
        (120, None),
    ],
)
def test_the_page_warns_of_a_clock_that_differs_from_the_central_server(nurse, ahead, words):
    here_module.change(connection, clock_ahead=ahead)
    page = nurse.get("/synchronisation").text
    assert ("The clock of this computer" in page) is (words is not None)
    assert words is None or words in page
