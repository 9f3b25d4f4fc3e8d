"""What the central server remembers of the cycles of a site."""

from datetime import timedelta

from django.db import DatabaseError

from msupply.records.site_cycles import KEPT, SiteCycle
from msupply.sync.clock import now
from msupply.wire import site_cycles
from tests.wire.conftest import upsert


def begin(connection, number):
    """Begin a cycle some time after the last one."""
    earlier = now() - timedelta(minutes=5)
    SiteCycle.objects.using(connection.alias).filter(last_at__gt=earlier).update(last_at=earlier)
    site_cycles.begin(connection, number)


def rows(connection):
    return list(
        SiteCycle.objects.using(connection.alias).order_by("site_id", "-started_at", "-slot")
    )


def test_records_are_counted_in_the_cycle_in_which_they_travel(connection):
    site_cycles.begin(connection, 7)
    site_cycles.exchanged(connection, 7, pushed=3)
    site_cycles.exchanged(connection, 7, pulled=20)
    (cycle,) = rows(connection)
    assert (cycle.pushed, cycle.pulled) == (3, 20)
    begin(connection, 7)
    site_cycles.exchanged(connection, 7, pulled=1)
    newest, _oldest = rows(connection)
    assert (newest.pushed, newest.pulled) == (0, 1)


def test_cycles_in_which_nothing_is_exchanged_are_one_row(connection):
    for _ in range(5):
        begin(connection, 7)
    (cycle,) = rows(connection)
    assert cycle.connections == 5


def test_a_quiet_run_ends_after_a_day(connection):
    site_cycles.begin(connection, 7)
    SiteCycle.objects.update(started_at=now() - timedelta(days=2))
    begin(connection, 7)
    assert len(rows(connection)) == 2


def test_only_the_latest_cycles_of_each_site_are_kept(connection):
    for n in range(KEPT + 5):
        begin(connection, 7)
        site_cycles.exchanged(connection, 7, pulled=n + 1)
    site_cycles.begin(connection, 8)
    found = rows(connection)
    assert [cycle.pulled for cycle in found if cycle.site_id == 7] == list(range(25, 5, -1))
    assert len(found) == KEPT + 1


def test_a_refusal_is_remembered_and_not_written_again_at_once(connection):
    for _ in range(3):
        site_cycles.refused(connection, 7, "site_incorrect_hardware_id")
    (cycle,) = rows(connection)
    assert cycle.refusal == "site_incorrect_hardware_id"
    assert cycle.connections == 1


def test_what_travels_after_a_refusal_is_a_cycle_of_its_own(connection):
    site_cycles.refused(connection, 7, "site_has_no_store")
    site_cycles.exchanged(connection, 7, pushed=1)
    newest, oldest = rows(connection)
    assert (newest.refusal, newest.pushed) == ("", 1)
    assert (oldest.refusal, oldest.pushed) == ("site_has_no_store", 0)


def test_a_site_that_talks_on_is_in_the_same_cycle(connection):
    site_cycles.begin(connection, 7)
    site_cycles.exchanged(connection, 7, pulled=5)
    site_cycles.begin(connection, 7)
    (cycle,) = rows(connection)
    assert (cycle.connections, cycle.pulled) == (1, 5)


def test_a_site_that_synchronises_is_seen(clinic, site):
    clinic.get("site")
    entry = {"syncOutId": "1"} | upsert("Location", "L1", {"store_ID": "ST-01"})
    clinic.post("queued_records", {"queueLength": 1, "data": [entry]})
    (cycle,) = SiteCycle.objects.filter(site_id=site.site_id)
    assert (cycle.pushed, cycle.pulled, cycle.refusal) == (1, 0, "")


def test_a_cycle_that_cannot_be_noted_stops_nobody(clinic, site, monkeypatch, caplog):
    def full(*_arguments):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(site_cycles, "_write", full)
    assert clinic.get("site").status_code == 200
    assert "A site's cycle could not be noted: the disk is full" in caplog.messages
    assert "Traceback" not in caplog.text


def test_a_site_on_another_device_is_seen_to_be_refused(clinic, site):
    clinic.get("site")
    clinic.headers["msupply-site-uuid"] = "another"
    assert clinic.get("site").status_code == 401
    newest = SiteCycle.objects.filter(site_id=site.site_id).latest("started_at")
    assert newest.refusal == "site_incorrect_hardware_id"
