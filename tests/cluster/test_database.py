"""A central server whose database goes away, comes back, or has no room left."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.cluster.databases import POSTGRES, central_on
from tests.cluster.instances import start
from tests.cluster.work import People

pytestmark = pytest.mark.slow

_BREAK = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@central_on(POSTGRES)
def test_nobody_sees_that_the_database_was_restarted(pair):
    central, _ = pair
    central.start()

    def visit(_):
        return httpx.get(f"{central.url}/log-in", timeout=30).status_code

    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(visit, range(40)))
        central.execute(_BREAK)
        assert set(visitors.map(visit, range(40))) == {200}


@central_on(POSTGRES)
def test_broken_connections_to_the_database_lose_and_double_nothing(pair, chance):
    central, north = pair
    central.workers = 2
    start(central, north)
    people = People(central, north, chance)
    for _ in range(4):
        people.work(12)
        north.request_cycle()
        time.sleep(chance.random())
        central.execute(_BREAK)
    people.north.cycle()
    people.north.cycle()
    people.assert_equal()
