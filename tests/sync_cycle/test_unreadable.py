"""A record that cannot be read is kept aside; those that a server sends with it come in."""

import json

import pytest

from msupply.sync import cursors, pull
from msupply.sync.here import Here
from msupply.sync.models import BufferChunk, Quarantined
from msupply.wire.v5_client import LegacyClient
from msupply.wire.v6_client import ModernClient
from tests.sync_cycle.little_server import Answer, json_answer, little_server

BAD = {
    "half of a surrogate pair": rb'"Tab\ud83d lets"',
    "lists in lists": b"[" * 3_000 + b"]" * 3_000,
    "a number with a zero before it": b"007",
}
each = pytest.mark.parametrize("what", BAD)


@pytest.fixture
def server():
    with little_server() as server:
        yield server


def bad(message, what):
    return Answer(json.dumps(message).encode().replace(b"4711", BAD[what]))


def entry(record_id, **values):
    data = {"ID": record_id, "units": record_id, "order_number": 1} | values
    return {"tableName": "unit", "recordId": record_id, "action": "update", "recordData": data}


def taken_and_kept(connection):
    chunks = BufferChunk.objects.using(connection.alias).values_list("payload", flat=True)
    kept = Quarantined.objects.using(connection.alias).values_list("table_name", "record_id")
    return [record[0] for payload in chunks for record in json.loads(bytes(payload))], list(kept)


def here(server):
    return Here(central_url=server.url, site_name="north", password_hash="5e" * 32, hardware_id="m")


@each
def test_of_the_central_log(remote, server, what):
    rows = [
        {"ID": 5} | entry("u5"),
        {"ID": 6} | entry("u6", comment=4711),
        {"ID": 7} | entry("u7"),
        {"ID": 9} | entry("u9", comment=4711),
    ]
    server.answers = [
        bad({"maxCursor": 9, "data": rows}, what),
        json_answer({"maxCursor": 9, "data": []}),
    ]
    client = LegacyClient(here(server))
    pull.central(remote, client, lambda done, total: None)
    client.close()
    assert taken_and_kept(remote) == (["u5", "u7"], [("unit", "u6"), ("unit", "u9")])
    assert cursors.get(remote, cursors.PULL_CENTRAL) == 9


@each
def test_of_the_queue(remote, server, what):
    rows = [
        {"syncOutId": "11"} | entry("u1", comment=4711),
        {"syncOutId": "12"} | entry("u2"),
        {"syncOutId": 13} | entry("u3"),
    ]
    queue = [
        bad({"queueLength": 3, "data": rows}, what),
        json_answer({"queueLength": 0, "data": []}),
    ]
    server.answer = lambda request: queue.pop(0) if request.method == "GET" else Answer(status=204)
    client = LegacyClient(here(server))
    pull.queue(remote, client, lambda done, total: None)
    client.close()
    assert taken_and_kept(remote) == (["u2"], [("unit", "u1"), ("unit", "u3")])
    acknowledged = [json.loads(r.body)["syncIDs"] for r in server.requests if r.method == "POST"]
    assert acknowledged == [["11", "12", "13"]]


@each
def test_of_the_v6_log(remote, server, what):
    rows = [
        {"cursor": n, "record": entry(f"u{n}", comment=4711 if n == 2 else "")} for n in (1, 2, 3)
    ]
    batch = {"end_cursor": 3, "total_records": 3, "is_last_batch": True, "records": rows}
    server.answers = [bad({"data": batch}, what)]
    client = ModernClient(here(server), server.url)
    pull.modern(remote, client, lambda done, total: None, initialised=False)
    client.close()
    assert taken_and_kept(remote) == (["u1", "u3"], [("unit", "u2")])
    assert cursors.get(remote, cursors.PULL_V6) == 4
