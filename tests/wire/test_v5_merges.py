"""V5: merges look to sites as the protocol shows them (sync-v5.md 9), and sites push their own."""

import json

import pytest

from msupply.records.items import Item, Unit
from msupply.records.names import Name, NameStoreJoin
from msupply.records.stock import Location, StockLine
from msupply.services.merges import merge
from msupply.sync.models import Quarantined
from tests.wire.conftest import work


def merges(answer):
    return [record for record in answer.json()["data"] if record["action"] == "merge"]


@pytest.fixture
def patients(central, clinic):
    """Two patients at home in the clinic, where only one is visible."""
    for record_id in ("PT-KEEP", "PT-GONE"):
        Name.objects.create(
            id=record_id, name=record_id, code="", type="PATIENT", supplying_store_id="ST-01"
        )
    NameStoreJoin.objects.create(id="J", name_id="PT-GONE", store_id="ST-01")


def test_a_merge_of_items_is_in_the_central_log(central, clinic):
    for record_id in ("IT-KEEP", "IT-GONE"):
        Item.objects.create(id=record_id, name=record_id, code=record_id)
    head = clinic.get("central_records", cursor=0, limit=5000).json()["maxCursor"]
    merge(central, None, None, "item", "IT-KEEP", "IT-GONE")
    answer = clinic.get("central_records", cursor=head, limit=5000)
    (record,) = merges(answer)
    assert record.pop("ID") > head
    assert record == {
        "tableName": "item",
        "recordId": "IT-KEEP",
        "action": "merge",
        "recordData": {"mergeIdToKeep": "IT-KEEP", "mergeIdToDelete": "IT-GONE"},
    }
    told = [(r["recordId"], r["action"]) for r in answer.json()["data"]]
    assert ("IT-GONE", "delete") in told, "a site of another make would go on showing it"


def test_a_merge_of_patients_is_in_the_queue(central, clinic, patients):
    # Patients without a home are anybody's.
    Name.objects.filter(type="PATIENT").update(supplying_store_id=None)
    clinic.post("initialise", {})
    merge(central, None, None, "patient", "PT-KEEP", "PT-GONE")
    entries = clinic.get("queued_records", limit=5000).json()["data"]
    (entry,) = [entry for entry in entries if entry["action"] == "merge"]
    entry.pop("syncOutId")
    assert entry == {
        "tableName": "name",
        "recordId": "PT-KEEP",
        "action": "merge",
        "recordData": {"mergeIdToKeep": "PT-KEEP", "mergeIdToDelete": "PT-GONE"},
    }
    told = {(e["recordId"], e["action"]) for e in entries if e["tableName"] == "name"}
    assert {record_id for record_id, action in told if action != "merge"} == {"PT-KEEP", "PT-GONE"}


def test_items_of_a_merged_unit_are_told_as_changed(central, clinic):
    for record_id in ("U-KEEP", "U-GONE"):
        Unit.objects.create(id=record_id, name=record_id)
    Item.objects.create(id="I", name="I", code="I", unit_id="U-GONE")
    head = clinic.get("central_records", cursor=0, limit=5000).json()["maxCursor"]
    merge(central, None, None, "unit", "U-KEEP", "U-GONE")
    sent = clinic.get("central_records", cursor=head).json()["data"]
    told = {(r["tableName"], r["action"]): r.get("recordData") for r in sent}
    assert told["item", "update"]["unit_ID"] == "U-KEEP"
    assert ("unit", "delete") in told
    assert told["unit", "merge"] == {"mergeIdToKeep": "U-KEEP", "mergeIdToDelete": "U-GONE"}


def push(clinic, central, *entries):
    records = [
        {"syncOutId": str(n), "recordId": "x", "action": "Merge", **entry}
        for n, entry in enumerate(entries)
    ]
    assert clinic.post("queued_records", {"queueLength": 1, "data": records}).status_code == 200
    assert clinic.post("queued_records", {"queueLength": 0, "data": []}).status_code == 200
    work(central)


def said(keep, gone, **more):
    return {"mergeIdToKeep": keep, "mergeIdToDelete": gone, **more}


def test_a_site_merges_its_locations_and_patients(central, clinic, patients):
    for record_id in ("L-KEEP", "L-GONE"):
        Location.objects.create(id=record_id, name="", code="", store_id="ST-01")
    Item.objects.create(id="I", name="I", code="I")
    StockLine.objects.create(id="S", item_id="I", store_id="ST-01", location_id="L-GONE")
    push(
        clinic,
        central,
        {"tableName": "Location", "recordData": said("L-KEEP", "L-GONE", store_ID="ST-01")},
        {"tableName": "name", "recordData": said("PT-KEEP", "PT-GONE")},
    )
    assert not Quarantined.objects.exists()
    assert StockLine.objects.get(pk="S").location_id == "L-KEEP"
    assert NameStoreJoin.objects.get(pk="J").name_id == "PT-KEEP"


def test_a_site_does_not_merge_items(central, clinic):
    for record_id in ("IT-KEEP", "IT-GONE"):
        Item.objects.create(id=record_id, name=record_id, code=record_id)
    push(clinic, central, {"tableName": "item", "recordData": said("IT-KEEP", "IT-GONE")})
    kept = Quarantined.objects.get()
    assert (kept.code, kept.action) == ("not_owner", "merge")
    assert "central server" in kept.reason
    assert json.loads(kept.data)["mergeIdToDelete"] == "IT-GONE"
    assert Item.objects.get(pk="IT-GONE").is_active
