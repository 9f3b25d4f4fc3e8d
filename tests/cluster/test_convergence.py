"""Whatever happens to processes and lines, both sides hold the same in the end."""

import time

import pytest

from tests.cluster.databases import POSTGRES, SQLITE, central_on
from tests.cluster.instances import start, wait_for
from tests.cluster.proxy import Line, bad_line
from tests.cluster.work import People

pytestmark = pytest.mark.slow


@pytest.fixture
def people(pair, chance):
    return People(*pair, chance)


def settle(people):
    """Let everything arrive: what the first cycle brings up, the second may still have to fetch."""
    people.north.cycle()
    people.north.cycle()


@central_on(POSTGRES)
def test_changes_reach_the_other_side(pair, people):
    start(*pair)
    people.work(40)
    settle(people)
    people.assert_equal()


@pytest.mark.parametrize(
    ("victim", "database"),
    [
        ("central", SQLITE),
        ("north", SQLITE),
        pytest.param("both", POSTGRES, marks=pytest.mark.postgres),
    ],
)
def test_killed_processes_lose_and_double_nothing(pair, people, chance, victim):
    central, north = pair
    victims = {"central": [central], "north": [north], "both": [central, north]}[victim]
    start(*pair)
    for _ in range(3):
        people.work(12)
        north.request_cycle()
        time.sleep(chance.random() * 0.8)
        for instance in victims:
            instance.kill()
        people.work(3)
        start(*victims)
    settle(people)
    people.assert_equal()


def test_a_bad_line_loses_and_doubles_nothing(pair, people, seed):
    central, north = pair
    with bad_line(central.port, seed) as (line, address):
        central.set(own_url=address, oms_central_url=address)
        north.set(central_url=address)
        start(*pair)
        line.weights = {
            Line.GOOD: 4, Line.LOST_REQUEST: 2, Line.LOST_ANSWER: 3, Line.CUT: 3, Line.TWICE: 3,
        }  # fmt: skip
        ends = time.monotonic() + 60
        while min(line.happened.get(event, 0) for event in line.weights) < 6:
            assert time.monotonic() < ends, line.happened
            people.work(5)
            time.sleep(0.1)
        line.weights = {Line.GOOD: 1}
        settle(people)
    people.assert_equal()


@pytest.mark.parametrize(
    ("event", "database"),
    [
        (Line.CUT, SQLITE),
        pytest.param(Line.LOST_ANSWER, POSTGRES, marks=pytest.mark.postgres),
    ],
)
def test_every_answer_may_be_lost_in_turn(pair, people, seed, event):
    """Each request of a cycle in its turn goes without an answer, for good."""
    central, north = pair
    with bad_line(central.port, seed) as (line, address):
        central.set(own_url=address, oms_central_url=address)
        north.set(central_url=address, interval_seconds=3600)
        start(*pair)
        settle(people)
        for position in range(12):
            people.work(6)
            _break_from(line, event, position)
            before = north.last_cycle()
            north.request_cycle()
            _wait_for_end(north, before)
            line.weights = {Line.GOOD: 1}
            line.draw = type(line).draw.__get__(line)
        settle(people)
    people.assert_equal()


def _break_from(line, event, position):
    """From the request at this position on, the line is broken."""
    seen = 0

    def draw():
        nonlocal seen
        seen += 1
        return event if seen > position else Line.GOOD

    line.draw = draw


def _wait_for_end(north, before):
    ended = (
        "SELECT 1 FROM sync_log"
        " WHERE id > ? AND (finished_at IS NOT NULL OR error_code IS NOT NULL)"
    )
    wait_for(lambda: north.execute(ended, before), 60, "the cycle does not end")


def test_a_site_works_on_while_the_central_server_is_down(pair, people):
    central, north = pair
    north.start()
    people.work(10)
    before = north.last_cycle()
    failed = "SELECT 1 FROM sync_log WHERE id > ? AND error_code = 'CONNECTION_ERROR'"
    wait_for(lambda: north.execute(failed, before), 30, "no failed cycle")
    central.start()
    # No request: the interval brings it.
    good = "SELECT 1 FROM sync_log WHERE id > ? AND finished_at IS NOT NULL"
    wait_for(lambda: north.execute(good, before), 30, "no good cycle")
    settle(people)
    people.assert_equal()
