"""What the worker integrates, and what becomes of it when that fails."""

import sqlite3

import psycopg
import pytest
from django.db import OperationalError

from msupply.central import integration
from msupply.sync.clock import now
from msupply.sync.models import SiteState


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


@pytest.fixture
def waits(connection, admin):
    """Return whether the site that waits for integration still does."""
    states = SiteState.objects.using(connection.alias)
    states.create(site_id=7, waiting_since=now())
    return lambda: states.filter(site_id=7, waiting_since__isnull=False).exists()


def fail(monkeypatch, error):
    def raise_it(*_):
        raise error

    monkeypatch.setattr(integration, "integrate", raise_it)


def test_a_site_waits_on_while_the_database_is_in_trouble(connection, waits, monkeypatch):
    fail(monkeypatch, disk_is_full(connection))
    with pytest.raises(OperationalError):
        integration.integrate_waiting(connection)
    assert waits()


def test_a_site_does_not_wait_for_a_defect_of_the_program(connection, waits, monkeypatch):
    fail(monkeypatch, ZeroDivisionError())
    assert integration.integrate_waiting(connection)
    assert not waits()
