"""Fixtures: a remote site's database, and two scripted central servers."""

import pytest
from django.db import connection as default_connection

from msupply.sync import here, wait
from msupply.sync.cycle import run_cycle
from tests.sync_cycle.servers import Servers


def set_up(connection):
    """Make a database that of a remote site that knows its central server's address."""
    here.change(
        connection,
        central_url="http://central.example.org",
        site_name="north",
        password_hash="f" * 64,
        hardware_id="machine-1",
    )


@pytest.fixture
def remote(db):
    """The database of a remote site, on SQLite; what a test writes is rolled back."""
    set_up(default_connection)
    return default_connection


@pytest.fixture
def servers(monkeypatch):
    """Scripted servers, with a client that has little patience."""
    patience = wait.Patience(0.001, 0.05, wait.AFTER_PUSH.code, wait.AFTER_PUSH.meaning)
    monkeypatch.setattr(wait, "AFTER_PUSH", patience)
    patience = wait.Patience(0.001, 0.05, wait.INITIALISATION.code, wait.INITIALISATION.meaning)
    monkeypatch.setattr(wait, "INITIALISATION", patience)
    return Servers()


@pytest.fixture
def site(remote, servers):
    """A site that has been initialised; the calls of that are forgotten."""
    status = run_cycle(remote, servers)
    assert status.error is None
    servers.calls.clear()
    servers.oms.initialised.clear()
    return remote
