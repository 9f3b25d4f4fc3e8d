"""Fixtures for all tests.

- `connection`: each test that asks for it runs on SQLite and on PostgreSQL, with real commits.
  Views and the ORM use that database too. The database is empty before and after.
- Tests of one database are marked `django_db` as usual; theirs is the SQLite one.
- `chromium`: the path of a Chromium for browser tests.

Each pytest-xdist worker has databases of its own. The engine's tests have other settings, with a
toy app, and so run on their own (tests/engine/pytest.ini).
"""

import os
import shutil
import uuid
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from msupply.settings import database
from tests.postgres import start_postgres

if settings.configured and settings.SETTINGS_MODULE != "tests.engine.settings":
    collect_ignore = ["engine"]

POSTGRES = "postgres"


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Make the tables of the SQLite database; it is in a temporary folder (tests/settings.py)."""
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def postgres_server():
    """Start a PostgreSQL server for this worker; return its URL."""
    with start_postgres() as url:
        if url is None:
            pytest.skip("no PostgreSQL server here")
        yield url


@pytest.fixture(scope="session")
def postgres(postgres_server, django_db_setup, django_db_blocker):
    """Make a database with all tables; return its alias."""
    import psycopg

    name = f"msupply_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    url = f"{postgres_server.rpartition('/')[0]}/{name}"
    connections.settings[POSTGRES] = connections.configure_settings(
        {"default": {}, POSTGRES: database(url)}
    )[POSTGRES]
    with django_db_blocker.unblock():
        call_command("migrate", database=POSTGRES, verbosity=0)
        yield POSTGRES
        connections[POSTGRES].close()
    del connections.settings[POSTGRES]
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def connection(request, django_db_setup, django_db_blocker):
    """An empty database that commits for real; `django.db.connection` is the same one."""
    from msupply.wire.credentials import forget_verified

    alias = "default"
    if request.param == "postgres":
        alias = request.getfixturevalue("postgres")
    usual = connections["default"]
    with django_db_blocker.unblock():
        connections["default"] = connections[alias]
        try:
            yield connections[alias]
        finally:
            connections["default"] = usual
            forget_verified()
            empty(connections[alias])


@contextmanager
def read_only(connection):
    """Let the database take no writes, as one that stands by for another, or whose disk is full."""
    on, off = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    if connection.vendor == "postgresql":
        on, off = "SET default_transaction_read_only = on", "RESET default_transaction_read_only"
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


_KEPT = {"django_migrations", "django_content_type", "auth_permission", "sync_bulk_switch"}


def empty(connection):
    """Remove every row, quietly and whatever refers to it."""
    from msupply.sync.declare.registry import Channel

    tables = [name for name in connection.introspection.table_names() if name not in _KEPT]
    deletes = [f'DELETE FROM "{name}"' for name in tables]
    if connection.vendor == "postgresql":
        off, on = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
        logs = (channel.value for channel in Channel)
        deletes += [f"ALTER SEQUENCE {log}_cursor_seq RESTART" for log in logs]
    else:
        deletes.append("DELETE FROM sqlite_sequence")
        off = 'PRAGMA foreign_keys = OFF; UPDATE sync_bulk_switch SET "on" = 1'
        on = 'UPDATE sync_bulk_switch SET "on" = 0; PRAGMA foreign_keys = ON'
    script = "; ".join([off, *deletes, on])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(script)
        else:
            cursor.executescript(script)


@pytest.fixture(scope="session")
def chromium():
    """Find a Chromium: MSUPPLY_CHROMIUM, or one that is installed."""
    named = os.environ.get("MSUPPLY_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = named or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no Chromium here")
    return found
