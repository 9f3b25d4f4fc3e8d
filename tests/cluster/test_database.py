"""A central server on PostgreSQL: many at once, and a database that breaks off."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.cluster.databases import POSTGRES, central_on
from tests.cluster.instances import start
from tests.cluster.work import People

pytestmark = pytest.mark.slow

_BREAK = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def at_work(pair, chance):
    """Start both, with two web workers on the central server, and let people in."""
    central, north = pair
    central.workers = 2
    start(central, north)
    return People(central, north, chance)


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
    people = at_work(pair, chance)
    central, north = people.central, people.north
    for _ in range(4):
        people.work(12)
        north.request_cycle()
        time.sleep(chance.random())
        central.execute(_BREAK)
    people.north.cycle()
    people.north.cycle()
    people.assert_equal()


@central_on(POSTGRES)
def test_who_commits_late_or_in_another_order_is_passed_over_by_nobody(pair, chance):
    people = at_work(pair, chance)
    central, north = people.central, people.north
    people.work(40)
    ended = threading.Event()
    clerks = [random.Random(chance.random()) for _ in range(3)]
    with ThreadPoolExecutor(len(clerks)) as office:
        working = [office.submit(_edit_until, ended, central, clerk) for clerk in clerks]
        for _ in range(4):
            people.work(25)
            time.sleep(0.5)
        ended.set()
        edits = sum(work.result() for work in working)
    north.cycle()
    north.cycle()
    assert edits > 20
    people.assert_equal()


def _edit_until(ended, central, clerk):
    """Edit several records at a time, in any order, and commit when others have gone on."""
    edits = 0
    while not ended.is_set():
        try:
            with psycopg.connect(central.database.url) as connection:
                for table, column in (
                    ("asset", "notes"),
                    ("unit", "name"),
                    ("asset_class", "name"),
                ):
                    ids = connection.execute(f"SELECT id FROM {table}").fetchall()
                    for (record_id,) in clerk.sample(ids, min(len(ids), 3)):
                        connection.execute(
                            f"UPDATE {table} SET {column} = %s WHERE id = %s",
                            [f"edit {clerk.random()}", record_id],
                        )
                        edits += 1
                time.sleep(clerk.random() * 0.3)
        except psycopg.errors.DeadlockDetected:
            # One clerk's own: it is tried again.
            continue
    return edits
