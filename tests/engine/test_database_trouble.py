"""What is the database's own trouble is no fault of a record: all of it waits and comes in later."""

from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError

from msupply.sync import buffer
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.integrate import Origin, integrate
from tests.engine.conftest import push, rows

THINGS = 2_000


@contextmanager
def trouble(connection):
    """Let the disk be full (SQLite), or somebody hold a row for ever (PostgreSQL)."""
    if connection.vendor == "sqlite":
        (pages,) = rows(connection, "PRAGMA page_count")[0]
        rows(connection, f"PRAGMA max_page_count = {pages + 20}")
        yield
        rows(connection, "PRAGMA max_page_count = 1000000")
        return
    settings = connection.get_connection_params()
    keys = ("host", "port", "user", "dbname")
    with psycopg.connect(**{key: settings[key] for key in keys if key in settings}) as other:
        other.execute("UPDATE toy_thing SET name = 'held' WHERE id = 'T1'")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        yield
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        other.rollback()


def test_nothing_is_kept_back_for_the_databases_trouble(connection):
    push(connection, {"thing": [{"ID": "T1", "Title": "Drill", "grams": 900}]}, trusted=True)
    things = [
        Arrived("thing", f"T{n}", "update", b'{"ID": "T%d", "Title": "%s"}' % (n, b"x" * 90))
        for n in range(1, THINGS + 1)
    ]
    buffer.store(connection, None, Wire.V5, things)
    origin = Origin(site_id=None, log_source=None, trusted=True)
    with trouble(connection), pytest.raises(OperationalError):
        integrate(connection, origin)
    assert rows(connection, "SELECT count(*) FROM sync_quarantine") == [(0,)]
    assert buffer.waiting(connection, None) == THINGS
    integrate(connection, origin)
    assert rows(connection, "SELECT count(*) FROM toy_thing") == [(THINGS,)]
