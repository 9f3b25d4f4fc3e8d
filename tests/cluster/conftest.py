"""A central server and a site, set up once and copied for every test."""

import os
import random
import time

import pytest

from tests.cluster.instances import PASSWORD, Instance, run


@pytest.fixture
def seed(request):
    """The seed of a test's chances; MSUPPLY_SEED repeats one."""
    seed = int(os.environ.get("MSUPPLY_SEED") or time.time_ns() % 1_000_000)
    print(f"MSUPPLY_SEED={seed}")
    return seed


@pytest.fixture
def chance(seed):
    return random.Random(seed)


@pytest.fixture(scope="session")
def country(tmp_path_factory):
    """A central server, and a site that is initialised; neither runs."""
    folder = tmp_path_factory.mktemp("country")
    central, north = Instance(folder / "central"), Instance(folder / "north")
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", "admin",
        "--password", "secret-12", "--store", "CMS=Central")  # fmt: skip
    run("site", "add", "north", "--data", central.data, "--password", PASSWORD,
        "--store", "NOR=North")  # fmt: skip
    central.start()
    run("init", "site", "--data", north.data, "--central", central.url, "--site", "north",
        "--password", PASSWORD)  # fmt: skip
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
