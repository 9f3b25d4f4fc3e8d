"""What a clock that was ahead has left behind decides nothing once the clock is right."""

from datetime import timedelta

import pytest

from msupply.central import log_marks, sync_report
from msupply.central.sync_report import Freshness
from msupply.records.log_marks import LogMark
from msupply.records.site_cycles import SiteCycle
from msupply.records.sites import Site
from msupply.sync import clock
from msupply.sync.clock import now
from msupply.wire import site_cycles
from msupply.wire.client_http import CLOCK_HEADER
from tests import clocks
from tests.wire.conftest import add_store

YEARS = 3650


@pytest.fixture
def report(central, site):
    """Ask the sync report for the state of the site, in both its ways."""

    def report():
        found = Site.objects.get(pk=site.pk)
        lines = {
            r["site_number"]: r["state"] for r in sync_report.lines(central, sync_report.Wanted())
        }
        assert sync_report.freshness(found) == lines[12]
        return sync_report.freshness(found)

    return report


def test_a_site_that_was_heard_of_by_a_wrong_clock_is_not_fresh_for_years(clinic, report):
    with clocks.ahead(days=YEARS):
        assert clinic.get("site").status_code == 200
    assert report() is Freshness.SILENT
    assert clinic.get("site").status_code == 200
    assert report() is Freshness.FRESH


def test_its_next_cycles_are_the_latest_and_write_over_the_wrong_ones(central):
    site_cycles.exchanged(central, 12, pulled=1)
    with clocks.ahead(days=YEARS):
        for number in range(3):
            site_cycles.refused(central, 12, f"code-{number}")
    site_cycles.refused(central, 12, "now")
    cycles = SiteCycle.objects.filter(site_id=12)
    assert site_cycles.latest_first(cycles)[0].refusal == "now"
    for number in range(2):
        site_cycles.refused(central, 12, f"later-{number}")
    assert not cycles.filter(started_at__gt=now() + timedelta(days=1)).exists()


def test_the_log_is_marked_though_a_mark_lies_in_the_future(central, clinic):
    with clocks.ahead(days=YEARS):
        log_marks.mark(central)
    assert LogMark.objects.count() == 1
    add_store("ST-09", 12)
    log_marks.mark(central)
    assert [mark.at <= now() for mark in LogMark.objects.all()] == [True]


@pytest.mark.parametrize("told", [timedelta(days=400), timedelta(days=-1), timedelta(minutes=2)])
def test_a_site_may_tell_what_time_it_is_there(clinic, told):
    clinic.headers = {CLOCK_HEADER: (now() + told).isoformat(" ", "seconds")}
    assert clinic.get("site").status_code == 200
    cycle = SiteCycle.objects.get(site_id=12)
    assert abs(timedelta(seconds=cycle.clock_ahead) - told) < timedelta(seconds=30)


@pytest.mark.parametrize("text", ["tomorrow", "", "9" * 50, "2026-01-01T00:00:00+02:00"])
def test_a_time_that_cannot_be_read_is_none(clinic, text):
    clinic.headers = {CLOCK_HEADER: text}
    assert clinic.get("site").status_code == 200
    assert SiteCycle.objects.get(site_id=12).clock_ahead is None


def test_the_age_of_a_moment_in_the_future_is_long():
    assert clock.age(None) == clock.LONG_AGO
    assert clock.age(now() + timedelta(days=1)) == clock.LONG_AGO
    assert clock.age(now() + timedelta(minutes=1)) == timedelta(0)
    assert timedelta(hours=1) <= clock.age(now() - timedelta(hours=1)) < timedelta(hours=2)
