"""A change goes where its policy says and nowhere else, at the cost of what is sent."""

import pytest

from msupply.sync import changelog, queue, routing
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.declare.wire import Direction
from msupply.sync.records import render
from msupply.sync.routing import Reader
from tests.engine.conftest import push, rows

SHOPS = [{"ID": "S1", "Title": "North", "site": 2}, {"ID": "S2", "Title": "South", "site": 3}]
PERSON = {"ID": "P1", "Title": "Ana", "kind": "BORROWER"}
NORTH, SOUTH = 2, 3


def loan(number, shop="S1"):
    return {"ID": f"L{number}", "shop_ID": shop, "lent_date": "2025-01-02", "lent_time": 0}


@pytest.fixture
def country(connection):
    push(connection, {"shop": SHOPS}, trusted=True)
    return connection


def queued(connection, site):
    return [record.record_id for record in queue.first(connection, site, 100).records]


def central(connection, site, after=0):
    head = changelog.head(connection, Channel.CENTRAL)
    found = routing.read(connection, Channel.CENTRAL, Reader(site, ()), after, head, 100)
    return [change.record_id for change in found]


def test_central_records_go_to_every_site(country):
    assert central(country, NORTH) == central(country, SOUTH) == ["S1", "S2"]


def test_a_stores_records_go_to_its_site_only(country):
    push(country, {"Loan": [loan(1, "S1"), loan(2, "S2")]}, trusted=True)
    assert queued(country, NORTH) == ["L1"]
    assert queued(country, SOUTH) == ["L2"]


def test_a_site_does_not_get_its_own_changes_back(country):
    push(country, {"Loan": [loan(1)]}, site=NORTH)
    assert queued(country, NORTH) == []


def test_an_initialising_site_gets_its_own_records_back(country):
    push(country, {"Loan": [loan(1)]}, site=NORTH)
    assert queue.initialise(country, NORTH) == 1
    assert queued(country, NORTH) == ["L1"]


def test_a_person_goes_to_the_sites_where_they_are_visible(country):
    push(country, {"person": [PERSON | {"home": "S2"}]}, site=SOUTH)
    assert queued(country, NORTH) == []
    join = {"ID": "J1", "person_ID": "P1", "shop_ID": "S1"}
    push(country, {"person_shop": [join]}, trusted=True)
    assert set(queued(country, NORTH)) == {"J1", "P1"}


def test_a_site_that_makes_a_person_visible_does_not_get_its_own_records_back(country):
    join = {"ID": "J1", "person_ID": "P1", "shop_ID": "S1"}
    person = PERSON | {"home": "S1"}
    push(country, {"person": [person], "person_shop": [join]}, site=NORTH)
    assert queued(country, NORTH) == []


def test_acknowledged_records_leave_the_queue(country):
    push(country, {"Loan": [loan(n) for n in range(5)]}, trusted=True)
    batch = queue.first(country, NORTH, 2)
    assert batch.length == 5
    queue.acknowledge(country, NORTH, [str(r.cursor) for r in batch.records])
    assert queued(country, NORTH) == ["L2", "L3", "L4"]
    assert queue.length(country, NORTH) == 3


def test_acknowledging_out_of_order_loses_nothing(country):
    push(country, {"Loan": [loan(n) for n in range(4)]}, trusted=True)
    cursors = [str(r.cursor) for r in queue.first(country, NORTH, 10).records]
    queue.acknowledge(country, NORTH, [cursors[2], "nonsense", "999999"])
    assert queued(country, NORTH) == ["L0", "L1", "L3"]
    queue.acknowledge(country, NORTH, cursors[:2])
    assert queued(country, NORTH) == ["L3"]


def test_acknowledging_twice_is_harmless(country):
    push(country, {"Loan": [loan(1)]}, trusted=True)
    ids = [str(r.cursor) for r in queue.first(country, NORTH, 10).records]
    queue.acknowledge(country, NORTH, ids)
    queue.acknowledge(country, NORTH, ids)
    assert queued(country, NORTH) == []


def test_a_change_after_the_acknowledgement_comes_again(country):
    push(country, {"Loan": [loan(1)]}, trusted=True)
    ids = [str(r.cursor) for r in queue.first(country, NORTH, 10).records]
    push(country, {"Loan": [loan(1)]}, trusted=True)
    queue.acknowledge(country, NORTH, ids)
    assert queued(country, NORTH) == ["L1"]


def test_deletes_reach_the_site(country):
    push(country, {"Loan": [loan(1)]}, trusted=True)
    push(country, {"Loan": [{"ID": "L1"}]}, action="delete", trusted=True)
    (record,) = queue.first(country, NORTH, 10).records
    assert (record.record_id, record.data) == ("L1", None)


def test_an_idle_sites_cursor_follows_the_log(country, monkeypatch):
    monkeypatch.setattr(queue, "IDLE_STEP", 0)
    push(country, {"Loan": [loan(1, "S2")]}, trusted=True)
    queue.first(country, NORTH, 10)
    state = queue.site_state(country, NORTH)
    assert state.queue_cursor == changelog.head(country, Channel.QUEUE)


def test_a_soft_deleted_record_is_sent_with_its_delete(country):
    push(country, {"thing": [{"ID": "T1", "Title": "x", "grams": 1}]}, trusted=True)
    push(country, {"thing": [{"ID": "T1"}]}, action="delete", trusted=True)
    assert rows(country, "SELECT is_active FROM toy_thing")[0][0] in (0, False)
    # A new site needs it all the same: other records refer to it.
    head = changelog.head(country, Channel.CENTRAL)
    changes = routing.read(country, Channel.CENTRAL, Reader(NORTH, ()), 0, head, 10)
    sent = render(country, Channel.QUEUE, changes, Wire.V5, Form.TO_SITE, Direction.DOWN)
    assert [(r.record_id, r.data is None) for r in sent][-2:] == [("T1", False), ("T1", True)]


def test_counting_beyond_the_window_is_an_estimate(country):
    push(country, {"Loan": [loan(n) for n in range(30)]}, trusted=True)
    head = changelog.head(country, Channel.QUEUE)
    reader = Reader(NORTH, ("S1",))
    assert routing.count(country, Channel.QUEUE, reader, 0, head, 100) == 30
    assert routing.count(country, Channel.QUEUE, reader, 0, head, 10) >= 30
