"""V5: initialising, pulling, acknowledging and pushing."""

import gzip
import json

import pytest

from msupply.records.items import Item, Unit
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.records.store_moves import StoreMove
from msupply.sync.clock import now
from msupply.sync.models import ChangelogCentral, Quarantined
from msupply.wire import v5_server
from tests.wire.conftest import Hand, add_site, upsert, work


def units(answer):
    return [r["recordId"] for r in answer.json().get("data", []) if r["tableName"] == "unit"]


def location(record_id, store="ST-01", **values):
    data = {
        "Description": "Shelf",
        "code": "S1",
        "hold": False,
        "store_ID": store,
        "type_ID": None,
        "Volume": 0.0,
    }
    return upsert("Location", record_id, data | values)


def pull_central(hand, cursor=0, **query):
    return hand.get("central_records", cursor=cursor, **query)


def test_central_records_come_in_order_with_the_record_as_a_site_needs_it(clinic):
    Unit.objects.create(id="U1", name="Tab", index=4)
    answer = pull_central(clinic).json()
    record = answer["data"][-1]
    assert record["tableName"] == "unit"
    assert record["recordId"] == "U1"
    assert record["action"] == "update"
    assert record["recordData"]["ID"] == "U1"
    assert record["recordData"]["units"] == "Tab"
    assert answer["maxCursor"] == record["ID"]
    places = [r["ID"] for r in answer["data"]]
    assert places == sorted(places)


def test_central_records_are_pulled_in_batches(clinic):
    Unit.objects.bulk_create(Unit(id=f"U{n}", name=f"unit {n}") for n in range(7))
    cursor, found = 0, []
    while True:
        answer = pull_central(clinic, cursor, limit=3)
        batch = answer.json()["data"]
        assert len(batch) <= 3
        if not batch:
            break
        assert answer.json()["maxCursor"] >= batch[-1]["ID"]
        cursor = batch[-1]["ID"]
        found += units(answer)
    assert sorted(found) == [f"U{n}" for n in range(7)]
    assert answer.json()["maxCursor"] == cursor


def test_a_deleted_central_record_is_told_without_data(clinic):
    from msupply.records.users import DocumentPermission

    DocumentPermission.objects.create(id="P1", user_id="U", permission="DOCUMENT_QUERY")
    DocumentPermission.objects.filter(id="P1").delete()
    record = pull_central(clinic).json()["data"][-1]
    assert {k: record[k] for k in ("tableName", "recordId", "action")} == {
        "tableName": "om_user_permission",
        "recordId": "P1",
        "action": "delete",
    }
    assert "recordData" not in record


def test_the_highest_cursor_is_never_below_the_given_one(clinic):
    answer = pull_central(clinic, 2_000_000_000).json()
    assert answer == {"maxCursor": 2_000_000_000, "data": []}


def test_nobody_crawls_over_rows_of_others_at_the_head(clinic, central):
    cursor = pull_central(clinic).json()["maxCursor"]
    ChangelogCentral.objects.create(
        record_type=1, record_id="X", deleted=False, everywhere=True, source_site=12
    )
    assert pull_central(clinic, cursor).json() == {"maxCursor": cursor, "data": []}


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "-1"},
        {"cursor": "abc"},
        {"cursor": "9" * 30},
        {"cursor": "1.5"},
        {"limit": "0"},
        {"limit": "x"},
        {"cursor": "²"},
    ],
)
def test_a_bad_cursor_or_limit_is_refused(clinic, query):
    answer = clinic.get("central_records", **({"cursor": 0} | query))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


def test_an_enormous_limit_is_cut(clinic):
    assert pull_central(clinic, limit=10**18).status_code == 200


def test_a_large_answer_is_compressed_once_where_that_is_accepted(clinic):
    Unit.objects.bulk_create(Unit(id=f"U{n}", name=f"unit {n}") for n in range(100))
    plain = pull_central(clinic)
    assert "Content-Encoding" not in plain
    clinic.headers["Accept-Encoding"] = "gzip"
    packed = pull_central(clinic)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3


def queued(hand, **query):
    return hand.get("queued_records", **query).json()


def ids(batch):
    return [record["recordId"] for record in batch["data"]]


def acknowledge(hand, batch):
    body = {"syncIDs": [record["syncOutId"] for record in batch["data"]]}
    return hand.post("acknowledged_records", body)


def test_initialise_queues_what_the_site_owns(clinic, site):
    Location.objects.create(id="L1", store_id="ST-01", code="S1", name="Shelf")
    Location.objects.create(id="L2", store_id="ST-C", code="S1", name="Shelf")
    answer = clinic.post("initialise", {})
    assert answer.json() == {"queueLength": 1}
    assert ids(queued(clinic)) == ["L1"]
    assert clinic.get("site").json()["initialisationStatus"] == "completed"


def test_initialise_again_queues_everything_again(clinic):
    Location.objects.create(id="L1", store_id="ST-01", code="S1", name="Shelf")
    clinic.post("initialise", {})
    acknowledge(clinic, queued(clinic))
    assert queued(clinic)["data"] == []
    assert clinic.post("initialise", {}).json() == {"queueLength": 1}
    assert ids(queued(clinic)) == ["L1"]


def test_entries_stay_until_they_are_acknowledged(clinic):
    for n in range(3):
        Location.objects.create(id=f"L{n}", store_id="ST-01", code="S", name="Shelf")
    first = queued(clinic, limit=2)
    assert first["queueLength"] == 3
    assert queued(clinic, limit=2) == first
    answer = acknowledge(clinic, first)
    assert (answer.status_code, answer.content) == (204, b"")
    assert ids(queued(clinic)) == ["L2"]


def test_a_site_can_read_on_before_it_acknowledges(clinic):
    for n in range(3):
        Location.objects.create(id=f"L{n}", store_id="ST-01", code="S", name="Shelf")
    first = queued(clinic, limit=2)
    assert ids(queued(clinic, after=first["data"][-1]["syncOutId"])) == ["L2"]
    assert queued(clinic, limit=2) == first


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30])
def test_a_senseless_place_to_read_on_is_refused(clinic, after):
    assert clinic.get("queued_records", after=after).status_code == 400


def test_unknown_acknowledgements_are_ignored(clinic):
    Location.objects.create(id="L1", store_id="ST-01", code="S", name="Shelf")
    body = {"syncIDs": ["", "abc", "99999999999999999999999", "-1", "٣"]}
    assert clinic.post("acknowledged_records", body).status_code == 204
    assert ids(queued(clinic)) == ["L1"]


def test_an_acknowledgement_with_other_casing_is_refused(clinic):
    answer = clinic.post("acknowledged_records", {"syncIds": ["1"]})
    assert answer.status_code == 400
    assert "syncIDs" in answer.json()["error"]["message"]


def test_what_was_pushed_before_a_breakdown_comes_back_to_a_site_that_starts_anew(
    clinic, central, monkeypatch
):
    entries = [{"syncOutId": "1"} | location("L1")]
    clinic.post("queued_records", {"queueLength": 9, "data": entries})
    # While the request waits, the background worker is at work.
    monkeypatch.setattr("msupply.sync.clock.time.sleep", lambda seconds: work(central))
    assert clinic.post("initialise", {}).json() == {"queueLength": 1}
    assert ids(queued(clinic)) == ["L1"]


def test_initialise_does_not_wait_for_ever(clinic, monkeypatch):
    entries = [{"syncOutId": "1"} | location("L1")]
    clinic.post("queued_records", {"queueLength": 9, "data": entries})
    monkeypatch.setattr("msupply.wire.waiting._PATIENCE_SECONDS", 0)
    answer = clinic.post("initialise", {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "server_busy")


def test_pushed_records_are_integrated_after_the_empty_push(clinic, central):
    answer = clinic.push(location("L1"))
    assert answer.json() == {"integrationStarted": True}
    assert clinic.get("site_status").json()["code"] == "integration_in_progress"
    work(central)
    assert clinic.get("site_status").json() == {
        "code": "idle",
        "message": "Site is idle",
        "data": None,
    }
    assert Location.objects.get(id="L1").name == "Shelf"


def test_what_a_site_pushed_does_not_come_back(clinic, central):
    clinic.push(location("L1"))
    work(central)
    assert queued(clinic)["data"] == []


def test_an_unfinished_push_waits(clinic, central):
    entries = [{"syncOutId": "1"} | location("L1")]
    answer = clinic.post("queued_records", {"queueLength": 5, "data": entries})
    assert answer.json() == {"integrationStarted": False}
    assert clinic.get("site_status").json()["code"] == "idle"
    assert not Location.objects.exists()


def test_a_push_of_nothing_leaves_the_site_idle(clinic):
    answer = clinic.post("queued_records", {"queueLength": 0, "data": []})
    assert answer.json() == {"integrationStarted": True}
    assert clinic.get("site_status").json()["code"] == "idle"


@pytest.mark.parametrize("headers", [{}, {"msupply-unsent": "1"}])
def test_a_store_does_not_move_before_all_has_been_sent(clinic, headers):
    move = StoreMove.objects.create(
        store_id="ST-01", from_site=12, to_site=13, started_at=now(), freeze_cursor=0, told_at=now()
    )
    body = json.dumps({"queueLength": 0, "data": []}).encode()
    sent = clinic.v5_headers() | headers
    answer = clinic.client.generic("POST", "/sync/v5/queued_records", body, "", headers=sent)
    assert answer.json() == {"integrationStarted": True}
    move.refresh_from_db()
    assert (move.pushed_at is None) == bool(headers)


def test_a_batch_of_records_without_v5_form_is_no_end(clinic):
    answer = clinic.post("queued_records", {"queueLength": 3, "data": []})
    assert answer.json() == {"integrationStarted": False}


def test_a_push_that_is_repeated_changes_nothing_more(clinic, central):
    for _ in range(2):
        clinic.push(location("L1"))
    work(central)
    assert Location.objects.count() == 1


def test_records_of_foreign_stores_are_kept_back_one_by_one(clinic, central):
    clinic.push(location("L1", store="ST-C"), location("L2"), upsert("no_such_table", "X"))
    work(central)
    assert [row.id for row in Location.objects.all()] == ["L2"]
    kept = {row.record_id: row.code for row in Quarantined.objects.all()}
    assert kept == {"L1": "not_owner", "X": "unknown_table"}


@pytest.mark.parametrize(
    "bad",
    [
        {"recordId": 5},
        {"action": "frobnicate"},
        {"tableName": "a\0b"},
        {"tableName": None},
        {"recordData": "text"},
        {"recordData": {"ID": "L1", "code": 7}},
        {"recordData": None},
        {"syncOutId": 7},
    ],
)
def test_a_bad_record_harms_itself_only(clinic, central, bad):
    clinic.push(location("L1") | bad, location("L2"))
    work(central)
    assert [row.id for row in Location.objects.all()] == ["L2"]
    assert Quarantined.objects.count() == 1


def test_something_that_is_no_record_harms_itself_only(clinic, central):
    entries = [[], "text", 5, None, {"syncOutId": "1"} | location("L2")]
    clinic.post("queued_records", {"queueLength": 9, "data": entries})
    clinic.post("queued_records", {"queueLength": 0, "data": []})
    work(central)
    assert Location.objects.get().id == "L2"
    assert Quarantined.objects.count() == 4


def test_a_record_that_is_not_utf_8_harms_itself_only(clinic, central):
    good = {"syncOutId": "1"} | location("L2")
    bad = {"syncOutId": "2"} | location("L1", code="@@")
    body = json.dumps({"queueLength": 2, "data": [good, bad]}).encode()
    answer = clinic.post("queued_records", body.replace(b"@@", b"\xff\xfe"))
    assert answer.status_code == 200
    clinic.post("queued_records", {"queueLength": 0, "data": []})
    work(central)
    assert Location.objects.get().id == "L2"
    assert Quarantined.objects.count() == 1


def test_a_compressed_push_is_unpacked(clinic, central):
    entries = [{"syncOutId": "1"} | location("L1")]
    body = gzip.compress(json.dumps({"queueLength": 1, "data": entries}).encode())
    clinic.headers["Content-Encoding"] = "gzip"
    assert clinic.post("queued_records", body).status_code == 200
    del clinic.headers["Content-Encoding"]
    clinic.post("queued_records", {"queueLength": 0, "data": []})
    work(central)
    assert Location.objects.get().id == "L1"


BOMB = gzip.compress(b" " * 3_000_000, mtime=0)


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"", None, 400, "bad_request"),
        (b"{", None, 400, "bad_request"),
        (b"[]", None, 400, "bad_request"),
        (b"\xff\xfe", None, 400, "bad_request"),
        (b'{"queueLength":"1"}', None, 400, "bad_request"),
        (b"[" * 200_000, None, 400, "bad_request"),
        (b'{"queueLength":1,"data":[' + b'{"a":' * 100_000, None, 400, "bad_request"),
        (b"not gzip", "gzip", 400, "bad_request"),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400, "bad_request"),
        (b"{}", "br", 400, "bad_request"),
        (b" " * 1_000_001, None, 413, "body_too_large"),
        (BOMB, "gzip", 413, "body_too_large"),
    ],
)
def test_a_bad_body_is_refused(clinic, monkeypatch, body, encoding, status, code):
    monkeypatch.setattr(v5_server, "BODY_LIMIT", 1_000_000)
    if encoding:
        clinic.headers["Content-Encoding"] = encoding
    answer = clinic.post("queued_records", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_sites_do_not_get_each_others_records(clinic, central):
    add_site(13, "clinic-south", "ST-02")
    south = Hand(name="clinic-south", hardware_id="HW-2")
    clinic.push(location("L1"))
    work(central)
    assert ids(queued(south)) == []


def test_a_shared_record_goes_to_the_other_sites(clinic, central):
    add_site(13, "clinic-south", "ST-02")
    south = Hand(name="clinic-south", hardware_id="HW-2")
    Item.objects.create(id="I1", name="Item", code="i1", type="STOCK")
    barcode = {"barcode": "0123", "itemID": "I1", "manufacturerID": "", "packSize": 1}
    clinic.push(upsert("barcode", "B1", barcode))
    work(central)
    assert ids(queued(south)) == ["B1"]
    assert ids(queued(clinic)) == []


def test_an_installation_that_works_on_when_its_site_was_freed_is_known_to_be_in_use(clinic):
    # Otherwise a store could be taken from it as from a site on which nobody has worked.
    Site.objects.filter(site_id=12).update(hardware_id=None, initialisation_status="new")
    clinic.push(upsert("Location", "L1", {"Description": "S", "code": "S", "store_ID": "ST-01"}))
    assert Site.objects.get(site_id=12).initialisation_status == "completed"
