"""What the worker integrates, and what becomes of it when that fails."""

import json
import sqlite3
from datetime import timedelta

import psycopg
import pytest
from django.db import InternalError, OperationalError, ProgrammingError

from msupply.central import failing, health, integration, site_health
from msupply.records.stock import Location
from msupply.sync import buffer
from msupply.sync import integrate as engine
from msupply.sync.buffer import Arrived
from msupply.sync.clock import now
from msupply.sync.declare.registry import Wire
from msupply.sync.models import Quarantined, SiteState

SICK, WELL = 7, 8


def disk_is_full(connection):
    """Return the error of a database whose disk is full."""
    cause = psycopg.errors.DiskFull() if connection.vendor == "postgresql" else _full_sqlite()
    error = OperationalError("the disk is full")
    error.__cause__ = cause
    return error


def _full_sqlite():
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorcode = sqlite3.SQLITE_FULL
    return cause


def no_right(connection):
    """Return the error of a database that lets nobody make temporary tables."""
    error = ProgrammingError("permission denied to create temporary tables")
    error.__cause__ = psycopg.errors.InsufficientPrivilege()
    if connection.vendor == "sqlite":
        error.__cause__ = sqlite3.OperationalError("not authorized")
        error.__cause__.sqlite_errorcode = sqlite3.SQLITE_AUTH
    return error


def read_only(connection):
    """Return the error of a database that takes no writes."""
    error = InternalError("cannot execute INSERT in a read-only transaction")
    error.__cause__ = psycopg.errors.ReadOnlySqlTransaction()
    if connection.vendor == "sqlite":
        error = OperationalError("attempt to write a readonly database")
        error.__cause__ = sqlite3.OperationalError("attempt to write a readonly database")
        error.__cause__.sqlite_errorcode = sqlite3.SQLITE_READONLY
    return error


def defect(connection):
    """Return what the program raises that nobody thought of."""
    return ZeroDivisionError("nobody thought of it")


TROUBLES = pytest.mark.parametrize("trouble", [disk_is_full, no_right, read_only, defect])


@pytest.fixture
def sites(connection, admin, store):
    """Two sites that have pushed a location each; the sick one came first."""
    store.site_id = WELL
    store.save(using=connection.alias)
    for site_id in (SICK, WELL):
        record = {"ID": f"L{site_id}", "Description": "Shelf", "code": "S", "store_ID": store.pk}
        record |= {"hold": False, "Volume": 0}
        push(connection, site_id, record)
    return connection


def push(connection, site_id, record):
    data = json.dumps(record).encode()
    buffer.store(connection, site_id, Wire.V5, [Arrived("Location", record["ID"], "update", data)])
    SiteState.objects.using(connection.alias).update_or_create(
        site_id=site_id, defaults={"waiting_since": now()}
    )


@pytest.fixture
def let_fail(monkeypatch):
    """Let the integration of the sick site fail with an error, and with None go well again."""

    def begin(error):
        def integrate(connection, origin, progress):
            if origin.site_id == SICK and error is not None:
                raise error
            return engine.integrate(connection, origin, progress)

        monkeypatch.setattr(integration, "integrate", integrate)

    return begin


def waits(connection, site_id):
    return SiteState.objects.using(connection.alias).get(site_id=site_id).waiting_since is not None


def pause_is_over(connection):
    states = SiteState.objects.using(connection.alias).filter(site_id=SICK)
    states.update(failed_at=now() - failing.LONGEST_PAUSE)


@TROUBLES
def test_the_trouble_of_one_site_does_not_stop_another(sites, let_fail, trouble):
    let_fail(trouble(sites))
    assert integration.integrate_waiting(sites)
    assert (waits(sites, SICK), waits(sites, WELL)) == (True, False)
    assert Location.objects.using(sites.alias).filter(pk=f"L{WELL}").exists()
    assert not Quarantined.objects.using(sites.alias).exists()
    assert buffer.waiting(sites, SICK) == 1


@TROUBLES
def test_people_see_that_integration_fails_and_why(sites, let_fail, trouble):
    error = trouble(sites)
    let_fail(error)
    integration.integrate_waiting(sites)
    (finding,) = [f for f in health.examine(sites) if f.subject == "integration"]
    assert finding.wrong
    assert f"site {SICK}" in finding.text
    assert str(error) in finding.text


def test_it_is_tried_again_after_growing_pauses_until_it_goes_well(sites, let_fail):
    let_fail(disk_is_full(sites))
    integration.integrate_waiting(sites)
    integration.integrate_waiting(sites)
    assert failing.of(sites)[SICK].failures == 1, "the pause is not over"
    pause_is_over(sites)
    integration.integrate_waiting(sites)
    assert failing.of(sites)[SICK].failures == 2
    let_fail(None)
    pause_is_over(sites)
    assert integration.integrate_waiting(sites)
    assert failing.of(sites) == {}
    assert not waits(sites, SICK)
    assert buffer.waiting(sites, SICK) == 0
    assert not [f for f in health.examine(sites) if f.subject == "integration" and f.wrong]


def test_pauses_grow_to_minutes_and_a_clock_that_was_ahead_makes_none_longer():
    def is_due(failures, ago):
        return failing.is_due(SiteState(failures=failures, failed_at=now() - ago))

    assert not is_due(1, timedelta(seconds=4))
    assert is_due(1, timedelta(seconds=6))
    assert not is_due(3, timedelta(seconds=15))
    assert not is_due(1_000, timedelta(minutes=4))
    assert is_due(1_000, timedelta(minutes=6))
    assert is_due(1, timedelta(days=-3650))


def test_somebody_who_retries_does_not_wait_for_the_pause(sites, let_fail):
    let_fail(disk_is_full(sites))
    integration.integrate_waiting(sites)
    let_fail(None)
    Quarantined.objects.using(sites.alias).create(
        source_site=SICK, wire="v5", table_name="Location", record_id="L9", action="upsert",
        data="{}", code="database", reason="", received_at=now(),
    )  # fmt: skip
    site_health.retry(sites, SICK)
    assert integration.integrate_waiting(sites)
    assert failing.of(sites) == {}


def test_what_an_import_cannot_integrate_is_told_at_once(sites, monkeypatch):
    """Who imports looks on: nothing is put off."""

    def fail(*_):
        raise disk_is_full(sites)

    monkeypatch.setattr(integration, "integrate", fail)
    with pytest.raises(OperationalError):
        integration.integrate_sources(sites, integration.instance.load(sites), {None})


def test_where_not_even_the_failure_can_be_noted_the_worker_is_told(sites, let_fail, monkeypatch):
    def fail(*_):
        raise disk_is_full(sites)

    let_fail(disk_is_full(sites))
    monkeypatch.setattr(failing, "note", fail)
    with pytest.raises(OperationalError):
        integration.integrate_waiting(sites)
    assert waits(sites, SICK)
