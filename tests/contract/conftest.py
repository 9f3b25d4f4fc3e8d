"""Fixtures: a whole story per central database, told once per worker; tests look at its chapters.

What a test does itself to one of the databases is undone after it.
"""

import sqlite3
import uuid

import pytest
from django.db import connections

from msupply.settings import database
from tests.conftest import empty
from tests.contract.country import CENTRAL, NORTH, SITES
from tests.contract.story import Story
from tests.contract.world import Instance, World, undone


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory, django_db_setup, django_db_blocker):
    """Return how to make an empty SQLite database: a copy of the tests' own, which is migrated."""
    folder = tmp_path_factory.mktemp("contract")
    template = folder / "template.sqlite3"
    with django_db_blocker.unblock():
        connections["default"].ensure_connection()
        copy = sqlite3.connect(template)
        connections["default"].connection.backup(copy)
        copy.close()

    def make(alias: str) -> str:
        path = folder / f"{alias}.sqlite3"
        path.write_bytes(template.read_bytes())
        return _added(alias, f"sqlite:///{path}")

    return make


@pytest.fixture(scope="session")
def new_postgres(postgres_server, postgres):
    """Return how to make an empty PostgreSQL database: likewise."""
    import psycopg

    made = []

    def make(alias: str) -> str:
        template = connections[postgres].settings_dict["NAME"]
        connections[postgres].close()
        name = f"msupply_contract_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(postgres_server, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _added(alias, f"{postgres_server.rpartition('/')[0]}/{name}")

    yield make
    with psycopg.connect(postgres_server, autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _added(alias: str, url: str) -> str:
    settings = {"default": {}, alias: database(url)}
    if url.startswith("sqlite"):
        # Nothing outlives the tests, so nothing needs to reach the disk.
        settings[alias]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    connections.settings[alias] = connections.configure_settings(settings)[alias]
    empty(connections[alias])
    return alias


@pytest.fixture(scope="session")
def stories(new_sqlite, django_db_blocker):
    """Return the stories told so far, by the database of their central server."""
    told = {}
    yield told
    with django_db_blocker.unblock():
        for story in told.values():
            for instance in story.world.everyone:
                instance.connection.close()
                del connections.settings[instance.alias]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def story(request, stories, new_sqlite, django_db_blocker):
    """What has happened in a world with this kind of central database."""
    database = request.param
    if database not in stories:
        make = new_sqlite if database == "sqlite" else request.getfixturevalue("new_postgres")
        with django_db_blocker.unblock():
            central = Instance(make(f"{database}_central"), CENTRAL)
            sites = {n: Instance(new_sqlite(f"{database}_site_{n}"), n) for n in SITES}
            spare = Instance(new_sqlite(f"{database}_site_{NORTH}_anew"), NORTH)
            story = Story(World(central, sites, spare))
            story.tell()
        stories[database] = story
    return stories[database]


@pytest.fixture
def central(story, django_db_blocker):
    """The central server after all; what is done to it is undone."""
    with django_db_blocker.unblock(), undone(story.world.central) as instance:
        yield instance


@pytest.fixture
def north(story, django_db_blocker):
    """The site that has started anew; what is done to it is undone."""
    with django_db_blocker.unblock(), undone(story.world[NORTH]) as instance:
        yield instance
