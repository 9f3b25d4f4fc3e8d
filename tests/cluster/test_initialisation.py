"""A site's first cycle, interrupted again and again."""

import time
import uuid

import pytest

from tests.cluster.databases import POSTGRES, central_on
from tests.cluster.instances import PASSWORD, Instance, start, wait_for
from tests.cluster.work import People

pytestmark = pytest.mark.slow

# Enough for a first cycle of some seconds.
RECORDS = 30_000


@pytest.fixture
def fresh(country, tmp_path):
    """A central server with much to tell, and a site that knows its address and nothing else."""
    central = country[0].copy(tmp_path / "central")
    central.set(own_url=central.url, oms_central_url=central.url)
    fill(central)
    north = Instance(tmp_path / "north")
    north.data.mkdir()
    # The site is installed anew: its central server frees it from the machine it was on.
    central.run("site", "reset", "north")
    central.start()
    north.python(
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from django.db import connection\n"
        "from msupply.sync.cycle import initialise_site\n"
        f"initialise_site(connection, '{central.url}', 'north', '{PASSWORD}')"
    )
    north.set(interval_seconds=1)
    yield central, north
    north.kill()
    central.kill()


def fill(central: Instance) -> None:
    store = central.execute("SELECT id FROM store WHERE code = 'NOR'")[0][0]
    locations = [(str(uuid.uuid4()), f"shelf {n}", store) for n in range(RECORDS)]
    central.database.insert_many(
        "INSERT INTO location (id, name, code, on_hold, volume, store_id)"
        " VALUES (?, ?, 'S', FALSE, 0, ?)",
        locations,
    )


@central_on(POSTGRES)
def test_an_interrupted_initialisation_completes(fresh, chance):
    central, north = fresh
    for _ in range(3):
        north.start()
        time.sleep(chance.random() * 2)
        victim = chance.choice([north, central])
        victim.kill()
        if victim is central:
            central.start()
            time.sleep(chance.random())
            north.kill()
    north.start()
    wait_for(north.has_synchronised, 90, f"no good cycle: {north.errors()}")
    assert north.execute("SELECT count(*) FROM location") == [(RECORDS,)]
    people = People(central, north, chance)
    people.assert_equal()
    # What was received is not sent back.
    assert north.execute("SELECT count(*) FROM changelog_queue") == [(0,)]
    people.work(10)
    north.cycle()
    north.cycle()
    people.assert_equal()


def test_a_first_cycle_is_seen_by_others_as_it_advances(fresh):
    _, north = fresh
    start(north)
    seen = set()

    def done():
        for (steps,) in north.execute("SELECT steps FROM sync_log ORDER BY id DESC LIMIT 1"):
            seen.add(steps)
        return north.has_synchronised()

    wait_for(done, 90, f"no good cycle: {north.errors()}")
    assert len(seen) >= 4
