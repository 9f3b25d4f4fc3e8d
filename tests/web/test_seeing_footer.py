"""The queue in the bar at the bottom of each page of a site."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from msupply.records.stock import Location
from msupply.sync.clock import now
from msupply.sync.models import SyncLog
from msupply.web import sync_state
from tests.web.conftest import log_in

FOOTER = "/synchronisation/footer"


def synchronised(ago):
    moment = now() - ago
    SyncLog.objects.create(started_at=moment, finished_at=moment)


def test_every_page_of_a_site_shows_what_waits_and_asks_again(nurse):
    Location.objects.create(id="l-new", store_id="store-north", code="L", name="Shelf")
    page = nurse.get("/all-records").text
    assert "1 record to push" in page
    assert f'hx-get="{FOOTER}"' in page
    Location.objects.create(id="l-new-2", store_id="store-north", code="M", name="Shelf")
    answer = nurse.get(FOOTER, headers={"HX-Request": "true"})
    assert "2 records to push" in answer.text
    assert len(answer.content) < 2500


@pytest.mark.parametrize(
    ("ago", "colour"),
    [
        (timedelta(hours=23), "secondary"),
        (timedelta(hours=25), "orange"),
        (timedelta(days=3, hours=1), "red"),
    ],
)
def test_a_site_that_does_not_synchronise_is_coloured(nurse, ago, colour):
    synchronised(ago)
    assert f'data-age="{colour}"' in nurse.get(FOOTER).text


def test_a_site_that_never_synchronised_says_so(nurse):
    assert "never synchronised" in nurse.get(FOOTER).text


def test_asking_again_writes_nothing_and_is_cheap(nurse):
    synchronised(timedelta(0))
    nurse.get(FOOTER)
    with CaptureQueriesContext(connection) as asked:
        nurse.get(FOOTER, headers={"HX-Request": "true"})
    texts = [query["sql"] for query in asked]
    assert not [sql for sql in texts if not sql.lstrip(" (").startswith("SELECT")]
    counting = [sql for sql in texts if "changelog" in sql]
    assert len(counting) == 1


def test_a_page_left_open_is_not_led_to_the_log_in(remote):
    client = log_in("bo", "store-north")
    client.logout()
    answer = client.get(FOOTER, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "HX-Redirect" not in answer


def test_the_central_server_keeps_its_bar_and_is_not_asked(admin):
    page = admin.get("/all-records").text
    assert "bar-central" in page
    assert FOOTER not in page
    assert admin.get(FOOTER).status_code == 204


def test_a_long_queue_is_not_counted_to_its_end(nurse, monkeypatch):
    monkeypatch.setattr(sync_state, "BADGE_WINDOW", 2)
    for n in range(4):
        Location.objects.create(id=f"l-{n}", store_id="store-north", code=f"L{n}", name="Shelf")
    assert "more than 2 records to push" in nurse.get(FOOTER).text
