"""Fixtures of the engine's tests: each test that asks for `connection` runs on both databases."""

import msgspec
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from msupply.sync import buffer, here
from msupply.sync import push as pushing
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Channel, Wire, registry
from msupply.sync.integrate import Origin, integrate
from msupply.sync.triggers import install

ENGINE_TABLES = [
    "changelog_central",
    "changelog_queue",
    "changelog_modern",
    "sync_buffer",
    "sync_quarantine",
    "sync_cursor",
    "sync_site_state",
    "sync_setting",
    "sync_log",
    "store_sync",
    "store_settings",
]
ALL_LOGS = frozenset(Channel)


@pytest.fixture(scope="session")
def tables(django_db_blocker):
    """Make the tables; the databases are temporary, and each worker has its own."""
    with django_db_blocker.unblock():
        for alias in settings.DATABASES:
            call_command("migrate", database=alias, run_syncdb=True, verbosity=0)


@pytest.fixture(params=["default", "postgres"], ids=["sqlite", "postgres"])
def connection(request, tables, django_db_blocker):
    """A connection to an empty database that commits for real."""
    if request.param not in settings.DATABASES:
        pytest.skip("no PostgreSQL server here")
    with django_db_blocker.unblock():
        connection = connections[request.param]
        empty(connection)
        yield connection


def empty(connection):
    """Remove every row, quietly."""
    with connection.cursor() as cursor:
        tables = [kind.table for kind in reversed(registry().types)] + ENGINE_TABLES
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables))
        else:
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')
            for table in ENGINE_TABLES[:3]:
                cursor.execute(f'DELETE FROM "{table}"')
    install(connection)


def push(connection, records, site=None, wire=Wire.V5, action="update", trusted=False):
    """Buffer and integrate records {table: [data]} as if `site` (or a central server) sent them."""
    arrived = [
        Arrived(table, data.get("ID") or data.get("id"), action, msgspec.json.encode(data))
        for table, members in records.items()
        for data in members
    ]
    buffer.store(connection, site, wire, arrived)
    return integrate(connection, Origin(site, site, ALL_LOGS, trusted))


def rows(connection, sql, *parameters):
    """Run a query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def sent(connection):
    """Return the ids of the records that this site pushes now."""
    found = []
    pushing.send(
        connection,
        pushing.V5,
        here.load(connection),
        lambda: 100,
        lambda batch: found.extend(r.record_id for r in batch.records),
        lambda done, total: None,
    )
    return found
