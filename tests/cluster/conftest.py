"""A central server and a site, set up once and copied for every test."""

import os
import random
import time

import pytest

from tests.cluster.databases import POSTGRES, SQLITE, Postgres
from tests.cluster.instances import PASSWORD, Instance


@pytest.fixture
def seed(request):
    """The seed of a test's chances; MSUPPLY_SEED repeats one."""
    seed = int(os.environ.get("MSUPPLY_SEED") or time.time_ns() % 1_000_000)
    print(f"MSUPPLY_SEED={seed}")
    return seed


@pytest.fixture
def chance(seed):
    return random.Random(seed)


@pytest.fixture
def database():
    """What the central server's data are in; `central_on` says otherwise."""
    return SQLITE


@pytest.fixture(scope="session")
def countries(tmp_path_factory, request):
    """Return, by the central server's database, that server and a site; neither runs."""
    made = {}

    def country(database):
        if database not in made:
            server = request.getfixturevalue("postgres_server") if database == POSTGRES else None
            made[database] = _make_country(tmp_path_factory.mktemp("country"), server)
        return made[database]

    return country


@pytest.fixture
def country(countries, database):
    """A central server, and a site that is initialised; neither runs."""
    return countries(database)


def _make_country(folder, postgres_server):
    central = Instance(folder / "central", Postgres(postgres_server) if postgres_server else None)
    north = Instance(folder / "north")
    central.run("init", "central", "--url", central.url, "--admin", "admin",
                "--password", "secret-12", "--store", "CMS=Central")  # fmt: skip
    central.run("site", "add", "north", "--password", PASSWORD, "--store", "NOR=North")
    central.start()
    north.run("init", "site", "--central", central.url, "--site", "north", "--password", PASSWORD)
    central.kill()
    return central, north


@pytest.fixture
def pair(country, tmp_path):
    """A central server and its site; start them, they are killed at the end."""
    central, north = (instance.copy(tmp_path / instance.data.name) for instance in country)
    central.set(own_url=central.url, oms_central_url=central.url)
    north.set(central_url=central.url, interval_seconds=1)
    yield central, north
    north.kill()
    central.kill()
