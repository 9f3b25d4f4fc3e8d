"""A central server with an administrator, and its store."""

import pytest

from msupply.services.instance import create_central
from tests.services import people


@pytest.fixture
def admin(connection, monkeypatch, tmp_path, settings):
    """Return the administrator of a fresh central server."""
    settings.DATA = tmp_path
    return create_central(
        connection,
        "http://central.test:8000",
        people.ADMIN,
        people.PASSWORD,
        "CMS",
        "Central medical store",
    )


@pytest.fixture
def store(connection, admin):
    """Return the central server's own store."""
    from msupply.records.stores import Store

    return Store.objects.using(connection.alias).get(code="CMS")
