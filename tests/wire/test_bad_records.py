"""What a site pushes that is no record, or that no database can hold, harms itself only.

And a database that takes nothing at all says so to whoever comes.
"""

import json
import secrets

import pytest
from django.db import Error

from msupply.central import background
from msupply.records.assets import Asset
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.sync import quarantine
from msupply.sync.models import Quarantined
from msupply.wire import pushed, v6_server
from tests.conftest import read_only
from tests.wire.conftest import upsert

# Random: PostgreSQL would compress anything else.
LONG = secrets.token_urlsafe(9_000)


def shelf(record_id, store="ST-01", **values):
    data = {"Description": "Shelf", "code": "S", "store_ID": store, "hold": False, "Volume": 0}
    return upsert("Location", record_id, data | values)


BAD = {
    "an id of 9,000 letters": shelf(LONG),
    "another such id inside": upsert("Location", "L-BAD", {"ID": LONG}),
    "a table of 9,000 letters": shelf("L-BAD") | {"tableName": LONG},
    "such an action": shelf("L-BAD") | {"action": LONG},
    "such an id to delete": shelf(LONG) | {"action": "Delete"},
    "a NUL in an id to delete": shelf("L\0BAD") | {"action": "Delete"},
    "such a merge": {
        "tableName": "item",
        "recordId": LONG,
        "action": "Merge",
        "recordData": {"mergeIdToKeep": LONG, "mergeIdToDelete": LONG},
    },
    "a reference to such an id": shelf("L-BAD", store=LONG),
    "a loose reference to such an id": shelf("L-BAD", type_ID=LONG),
}


@pytest.mark.parametrize("what", BAD)
def test_good_records_come_in_beside_and_after_what_no_index_can_hold(clinic, central, what):
    for turn in (1, 2):
        assert clinic.push(shelf(f"A{turn}"), BAD[what], shelf(f"B{turn}")).status_code == 200
        background.work(central)
        assert clinic.get("site_status").json()["code"] == "idle"
    assert set(Location.objects.values_list("pk", flat=True)) == {"A1", "A2", "B1", "B2"}
    assert Quarantined.objects.count() == 1, "a repeated delivery is kept once"


@pytest.mark.parametrize("what", ["an id of 9,000 letters", "a table of 9,000 letters"])
def test_the_same_by_v6(clinic, central, what):
    answer = clinic.push_v6(BAD[what], upsert("asset", "A1", {"store_id": "ST-01"}, key="id"))
    assert answer.json() == {"data": {"records_pushed": 2}}
    background.work(central)
    assert clinic.v6_data("sync/site_status") == {"is_integrating": False}
    assert Quarantined.objects.filter(code="invalid").count() == 2


# JSON by its grammar, and yet more than some readers take; in a record each stands in place of 4711.
BEYOND_READERS = {
    "half of a surrogate pair": rb'"Tab\ud83d lets"',
    "the other half": rb'"Tab\udc8a lets"',
    "a half at the end": rb'"Tablets \ud83d"',
    "half a pair for a key": rb'{"\ud83d": 1}',
    "lists in lists": b"[" * 3_000 + b"]" * 3_000,
    "objects in objects": b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    "a number with a zero before it": b"007",
    "no text at all": b'"\xff\xfe"',
}


@pytest.mark.parametrize("what", BEYOND_READERS)
def test_good_records_come_in_beside_one_that_cannot_be_read(clinic, central, what):
    body = json.dumps(
        numbered(
            shelf("L1", Comment='a "quoted" [word] \\'),
            shelf("L-BAD", Comment=4711),
            shelf("L2", Comment="🙂"),
        )
    ).encode()
    for _turn in range(2):
        sent = body.replace(b"4711", BEYOND_READERS[what])
        assert clinic.post("queued_records", sent).status_code == 200
        clinic.push()
        background.work(central)
        assert clinic.get("site_status").json()["code"] == "idle"
    assert set(Location.objects.values_list("pk", flat=True)) == {"L1", "L2"}
    kept = Quarantined.objects.get()
    assert (kept.table_name, kept.record_id, kept.code) == ("Location", "L-BAD", "invalid")


@pytest.mark.parametrize("what", BEYOND_READERS)
def test_good_records_come_in_beside_such_a_one_by_v6_too(clinic, central, what):
    values = {"store_id": "ST-01", "created_datetime": "2026-01-01T08:00:00",
              "modified_datetime": "2026-01-01T08:00:00"}  # fmt: skip
    records = [
        upsert("asset", record_id, values | {"asset_number": record_id, "notes": note}, key="id")
        for record_id, note in (("A1", "[}"), ("A-BAD", 4711), ("A2", "🙂"))
    ]
    answer = clinic.push_v6(*records, change=lambda b: b.replace(b"4711", BEYOND_READERS[what]))
    assert answer.json() == {"data": {"records_pushed": 3}}
    background.work(central)
    assert set(Asset.objects.values_list("pk", flat=True)) == {"A1", "A2"}
    assert Quarantined.objects.get().record_id == "A-BAD"


def test_what_cannot_be_read_can_be_tried_again(clinic, central):
    body = json.dumps(numbered(shelf("L-BAD", Comment=4711), shelf("L1"))).encode()
    clinic.post("queued_records", body.replace(b"4711", rb'"\ud83d"'))
    clinic.push()
    background.work(central)
    quarantine.requeue(central, Quarantined.objects.values_list("pk", flat=True))
    clinic.push(shelf("L2"))
    background.work(central)
    assert Location.objects.filter(pk="L2").exists()
    kept = Quarantined.objects.get()
    assert (kept.record_id, kept.code) == ("L-BAD", "invalid")
    assert "\\ud83d" in kept.data, "what came is still there to be seen"


def test_half_a_body_is_refused_as_a_whole(clinic, central):
    body = json.dumps(numbered(shelf("L1"), shelf("L2", Comment=4711), shelf("L3"))).encode()
    body = body.replace(b"4711", rb'"\ud83d"')
    for part in (body[:-1], body[:-2], body[: len(body) // 2], body + b"]", body + b"{}"):
        assert clinic.post("queued_records", part).status_code == 400, part[-20:]
    assert not Quarantined.objects.exists()
    clinic.push()
    background.work(central)
    assert not Location.objects.exists()


def test_of_what_a_stranger_sends_not_so_much_is_looked_at(clinic, central, monkeypatch):
    monkeypatch.setattr(v6_server, "MOST_MARKS_OF_STRANGERS", 100)

    def half(body):
        return body.replace(b"4711", rb'"\ud83d"')

    bad = upsert("asset", "A-BAD", {"notes": 4711}, key="id")
    assert clinic.push_v6(bad, change=half).status_code == 200
    answer = clinic.push_v6(*[bad] * 10, change=half)
    assert answer.status_code == 400
    assert "cannot be read" in answer.json()["error"]["otherServerError"]


def entries(*records):
    return {"queueLength": len(records), "data": list(records)}


def numbered(*records):
    return entries(*({"syncOutId": str(n)} | record for n, record in enumerate(records, 1)))


def test_a_push_of_nothing_but_numbers_is_refused_in_words(clinic, central):
    answer = clinic.post("queued_records", entries(*range(pushed.MOST_UNREADABLE + 1)))
    assert answer.status_code == 400
    assert "more than 1000 of the records cannot be read" in answer.json()["error"]["message"]
    answer = clinic.push_v6(*range(pushed.MOST_UNREADABLE + 1))
    assert answer.status_code == 400
    assert not Quarantined.objects.exists()
    assert clinic.post("queued_records", entries(*range(20))).status_code == 200
    assert Quarantined.objects.count() == 20


def test_so_is_one_more_than_a_site_may_leave_here(clinic, central, monkeypatch):
    monkeypatch.setattr(pushed, "MOST_KEPT_UNREADABLE", 30)
    for start in (0, 20):
        assert clinic.post("queued_records", entries(*range(start, start + 20))).status_code == 200
    answer = clinic.post("queued_records", entries(40, shelf("L1") | {"syncOutId": "1"}))
    assert answer.status_code == 400
    assert "wait that cannot be read" in answer.json()["error"]["message"]
    assert Quarantined.objects.count() == 40
    # Good records are never refused for the bad ones of before.
    clinic.push(shelf("L1"))
    background.work(central)
    assert Location.objects.filter(pk="L1").exists()


def test_one_request_has_so_many_records_and_no_more(clinic, central, monkeypatch):
    monkeypatch.setattr(pushed, "MOST_RECORDS", 3)
    assert clinic.push(*(shelf(f"L{n}") for n in range(3))).status_code == 200
    four = [shelf(f"M{n}") | {"syncOutId": str(n)} for n in range(4)]
    for records in (four, [*four[:3], 5]):
        answer = clinic.post("queued_records", entries(*records))
        assert answer.status_code == 400
        assert "send smaller batches" in answer.json()["error"]["message"]
    background.work(central)
    answer = clinic.push_v6(*four)
    assert answer.status_code == 400
    background.work(central)
    assert Location.objects.count() == 3


def test_a_hardware_id_has_an_end(clinic):
    clinic.hardware_id = LONG[:300]
    assert clinic.get("site").status_code == 400
    assert clinic.v6("sync/site_status").status_code == 400
    assert not Site.objects.get(name="clinic-north").hardware_id


def test_a_database_that_is_read_only_is_busy_and_says_so_in_one_line(clinic, central, caplog):
    assert clinic.get("site").status_code == 200
    with read_only(central):
        five = clinic.post("queued_records", entries(shelf("L2") | {"syncOutId": "1"}))
        six = clinic.push_v6(upsert("asset", "A1", {"store_id": "ST-01"}, key="id"))
    assert (five.status_code, five.json()["error"]["code"]) == (503, "server_busy")
    assert six.status_code == 503
    lines = [r for r in caplog.records if r.name == "msupply.wire.server_http"]
    assert len(lines) == 2
    assert not [r for r in lines if r.exc_info]


def test_integration_waits_for_a_database_that_is_read_only(clinic, central):
    clinic.push(shelf("L1"))
    with read_only(central), pytest.raises(Error):
        background.work(central)
    assert not Quarantined.objects.exists()
    background.work(central)
    assert Location.objects.filter(pk="L1").exists()
