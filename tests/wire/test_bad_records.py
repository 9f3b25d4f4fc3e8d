"""What a site pushes that is no record, or that no database can hold, harms itself only.

And a database that takes nothing at all says so to whoever comes.
"""

import secrets

import pytest
from django.db import Error

from msupply.central import background
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.sync.models import Quarantined
from msupply.wire import pushed
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


def entries(*records):
    return {"queueLength": len(records), "data": list(records)}


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
