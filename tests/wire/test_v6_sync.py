"""V6: pulling, pushing, and the lock while a site's records are being integrated."""

import json

import pytest
from django.db import connection

from msupply.records.assets import Asset, AssetClass
from msupply.records.master_lists import MasterList
from msupply.records.names import Name, NameStoreJoin
from msupply.records.vaccines import Vaccination, VaccineCourse, VaccineCourseDose
from msupply.sync import changelog, cursors, here
from msupply.sync.declare.registry import Channel
from msupply.sync.models import Quarantined
from msupply.wire import v6_server
from tests.wire.conftest import Hand, add_site, upsert, work


def asset(record_id, store="ST-01", **values):
    data = {
        "store_id": store,
        "asset_number": "A1",
        "created_datetime": "2025-03-01T08:15:00",
        "modified_datetime": "2025-03-02T09:00:00",
    }
    return upsert("asset", record_id, data | values, key="id")


def ids(batch):
    return [change["record"]["recordId"] for change in batch["records"]]


def error(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["error"]


def test_an_empty_log_is_one_empty_last_batch(clinic):
    assert clinic.pull_v6() == {
        "end_cursor": 0,
        "total_records": 0,
        "is_last_batch": True,
        "records": [],
    }


def test_a_pulled_record_has_its_documented_wrapping(clinic):
    AssetClass.objects.create(id="AC1", name="Cold chain")
    batch = clinic.pull_v6()
    assert batch["total_records"] == 1
    assert batch["is_last_batch"] is True
    (change,) = batch["records"]
    assert change["cursor"] == batch["end_cursor"]
    assert change["record"] == {
        "tableName": "asset_class",
        "recordId": "AC1",
        "action": "Update",
        "recordData": {"id": "AC1", "name": "Cold chain"},
    }


def test_a_pull_goes_on_behind_the_last_cursor(clinic):
    AssetClass.objects.bulk_create(AssetClass(id=f"AC{n}", name=f"class {n}") for n in range(7))
    cursor, found, totals = 0, [], []
    while True:
        batch = clinic.pull_v6(cursor, size=3)
        found += ids(batch)
        totals.append(batch["total_records"])
        cursor = batch["end_cursor"] + 1
        if batch["is_last_batch"]:
            break
    assert sorted(found) == [f"AC{n}" for n in range(7)]
    assert totals == [7, 4, 1]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 500])
def test_where_a_pull_ends_does_not_depend_on_the_size_of_its_batches(clinic, size):
    """The last two changes yield no record: V6 has no word for the deletion of a class."""
    for number in range(4):
        AssetClass.objects.create(id=f"AC{number}", name=f"class {number}")
    AssetClass.objects.filter(id__in=("AC2", "AC3")).delete()
    head = changelog.head(connection, Channel.MODERN)
    cursor, found = 0, []
    while True:
        batch = clinic.pull_v6(cursor, size=size)
        assert batch["end_cursor"] >= cursor
        found += ids(batch)
        cursor = batch["end_cursor"] + 1
        if batch["is_last_batch"]:
            break
    assert (found, cursor) == (["AC0", "AC1"], head + 1)


def test_nothing_new_moves_nothing_back(clinic):
    AssetClass.objects.create(id="AC1", name="Cold chain")
    head = clinic.pull_v6()["end_cursor"]
    assert clinic.pull_v6(head + 1)["end_cursor"] == head
    assert clinic.pull_v6(head + 500)["end_cursor"] == head + 499


def test_a_site_is_led_past_the_changes_of_others_once_that_is_written_down(clinic, monkeypatch):
    """A cursor that a power cut can take back must not be told."""
    monkeypatch.setattr(v6_server, "IDLE_STEP", 3)
    add_site(13, "clinic-south", "ST-02")
    AssetClass.objects.create(id="AC1", name="Cold chain")
    head = clinic.pull_v6()["end_cursor"]
    ends = []
    for number in range(4):
        Asset.objects.create(
            id=f"A{number}",
            store_id="ST-02",
            created_datetime="2025-03-01 08:15:00",
            modified_datetime="2025-03-01 08:15:00",
        )
        ends.append(clinic.pull_v6(head + 1)["end_cursor"] - head)
    assert ends == [0, 0, 0, 4]
    assert cursors.get(connection, cursors.TOLD_V6) == head + 4


def test_a_site_gets_its_own_stores_records_only(clinic, central):
    add_site(13, "clinic-south", "ST-02")
    for store in ("ST-01", "ST-02"):
        Asset.objects.create(
            id=f"A-{store}",
            store_id=store,
            created_datetime="2025-03-01 08:15:00",
            modified_datetime="2025-03-01 08:15:00",
        )
    assert ids(clinic.pull_v6()) == ["A-ST-01"]


def test_own_records_come_back_to_a_site_that_starts_anew_only(clinic, central):
    clinic.push_v6(asset("A1"))
    work(central)
    assert ids(clinic.pull_v6(initialised=True)) == []
    assert ids(clinic.pull_v6(initialised=False)) == ["A1"]


def test_a_pull_offers_larger_batches(clinic):
    answer = clinic.v6("sync/pull", cursor=0, batchSize=500, isInitialised=False)
    assert answer["msupply-batch-limit"] == "5000"


def test_equipment_of_a_catalogue_that_only_the_site_knows_is_taken(central, clinic):
    # Other makes come with a catalogue, which grows with each of their versions.
    clinic.pull_v6()
    built_in = {
        "asset_class_id": "class of tomorrow",
        "asset_category_id": "category of tomorrow",
        "asset_type_id": "type of tomorrow",
        "catalogue_item_id": "PQS-1",
    }
    status = {"asset_id": "A1", "user_id": "US-3", "reason_id": "reason of tomorrow"}
    times = {"log_datetime": "2025-03-02T09:00:00", "created_datetime": "2025-03-02T09:00:00"}
    clinic.push_v6(asset("A1", **built_in), upsert("asset_log", "AL1", status | times, key="id"))
    work(central)
    assert not Quarantined.objects.exists()
    sent = {c["record"]["recordId"]: c["record"]["recordData"] for c in clinic.pull_v6()["records"]}
    assert {key: sent["A1"][key] for key in built_in} == built_in
    assert sent["AL1"]["reason_id"] == "reason of tomorrow"


def test_pushed_records_are_integrated_after_the_last_batch(clinic, central):
    answer = clinic.push_v6(asset("A1"), asset("A2"))
    assert answer.json() == {"data": {"records_pushed": 2}}
    status = clinic.v6_data("sync/site_status")
    assert status == {"is_integrating": True, "remaining": 2}
    work(central)
    assert clinic.v6_data("sync/site_status") == {"is_integrating": False}
    assert Asset.objects.count() == 2


def test_a_batch_that_is_not_the_last_waits(clinic):
    clinic.push_v6(asset("A1"), last=False)
    assert clinic.v6_data("sync/site_status") == {"is_integrating": False}
    assert not Asset.objects.exists()


def test_a_last_batch_without_records_starts_what_came_before(clinic, central):
    clinic.push_v6(asset("A1"), last=False)
    assert clinic.push_v6().json() == {"data": {"records_pushed": 0}}
    work(central)
    assert Asset.objects.count() == 1


def test_while_records_are_integrated_the_site_must_wait(clinic, central):
    clinic.push_v6(asset("A1"))
    assert error(clinic.push_v6(asset("A2"))) == "integrationInProgress"
    pull = {"cursor": 0, "batchSize": 500}
    assert error(clinic.v6("sync/pull", **pull)) == "integrationInProgress"
    patient = pull | {"fetchPatientId": "P1"}
    assert error(clinic.v6("sync/patient-pull", **patient)) == "integrationInProgress"
    work(central)
    assert clinic.pull_v6()["records"] == [] or ids(clinic.pull_v6()) == ["A1"]


def test_other_sites_do_not_wait(clinic, central):
    add_site(13, "clinic-south", "ST-02")
    clinic.push_v6(asset("A1"))
    south = Hand(name="clinic-south", hardware_id="HW-2")
    assert south.pull_v6()["is_last_batch"] is True


def test_central_tables_and_foreign_records_are_kept_back(clinic, central):
    clinic.push_v6(
        asset("A1", store="ST-C"),
        asset("A2"),
        upsert("asset_class", "AC1", {"name": "Mine"}, key="id"),
        upsert("no_such_table", "X", key="id"),
    )
    work(central)
    assert [row.id for row in Asset.objects.all()] == ["A2"]
    assert not AssetClass.objects.exists()
    kept = {row.record_id: row.code for row in Quarantined.objects.all()}
    assert kept == {"A1": "not_owner", "AC1": "not_owner", "X": "unknown_table"}


@pytest.mark.parametrize(
    "bad",
    [
        {"recordId": 5},
        {"action": "Frobnicate"},
        {"tableName": ["asset"]},
        {"recordData": []},
        {"recordData": {"id": "A1"}},
        {"recordData": None},
    ],
)
def test_a_bad_record_harms_itself_only(clinic, central, bad):
    answer = clinic.push_v6(asset("A1") | bad, asset("A2"))
    assert answer.json() == {"data": {"records_pushed": 2}}
    work(central)
    assert [row.id for row in Asset.objects.all()] == ["A2"]
    assert Quarantined.objects.count() == 1


def test_lower_case_actions_are_taken(clinic, central):
    clinic.push_v6(asset("A1") | {"action": "insert"})
    work(central)
    assert Asset.objects.exists()


def test_keys_of_senders_before_2_17_are_taken(clinic, central):
    ada = Name.objects.create(id="P1", name="Ada", code="p1", type="PATIENT")
    NameStoreJoin.objects.create(name=ada, store_id="ST-01")
    program = MasterList.objects.create(id="PR", name="Immunisation", code="imm")
    course = VaccineCourse.objects.create(id="VC", name="BCG", program=program)
    VaccineCourseDose.objects.create(id="VD", vaccine_course=course, label="1")
    vaccination = {
        "store_id": "ST-01",
        "program_enrolment_id": "E1",
        "encounter_id": "E2",
        "user_id": "U1",
        "vaccine_course_dose_id": "VD",
        "created_datetime": "2025-07-01T02:10:00",
        "vaccination_date": "2025-07-01",
        "given": True,
        "patient_link_id": "P1",
        "facility_name_link_id": "NAME-ST-01",
    }
    clinic.push_v6(upsert("vaccination", "V1", vaccination, key="id"))
    work(central)
    assert Quarantined.objects.count() == 0
    row = Vaccination.objects.get()
    assert (row.patient_id, row.facility_name_id) == ("P1", "NAME-ST-01")


@pytest.mark.parametrize("version", [6, 10_000, -1])
def test_another_version_is_refused_before_anything_else(site, version):
    hand = Hand(v6_version=version, wire_hash="00")
    answer = hand.v6("sync/pull", cursor=0, batchSize=500)
    assert error(answer) == {"syncVersionMismatch": [0, 5, version]}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "nowhere"}, "site_name_not_found"),
        ({"wire_hash": "00"}, "site_incorrect_password"),
        ({"version": "15"}, "api_version_incompatible"),
    ],
)
def test_a_wrong_claim_gets_the_legacy_servers_code(site, wrong, code):
    refusal = error(Hand(**wrong).v6("sync/site_status"))
    assert refusal["legacyServerError"]["code"] == code


def test_the_hardware_lock_holds_on_both_wires(clinic, site):
    clinic.get("site")
    refusal = error(Hand(hardware_id="HW-78").v6("sync/site_status"))
    assert refusal["legacyServerError"]["code"] == "site_incorrect_hardware_id"


def test_absent_versions_and_flags_have_their_defaults(clinic, central):
    body = {"cursor": 0, "batchSize": 1, "syncV5Settings": clinic.settings()}
    answer = clinic.v6_raw("sync/pull", json.dumps(body).encode())
    assert "data" in answer.json()


def test_other_instances_do_not_serve_v6(clinic, central):
    here.change(central, is_oms_central=False)
    answer = clinic.v6("sync/site_status")
    assert (answer.status_code, answer["Connection"]) == (405, "close")
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b"[" * 200_000, b"\xff", b'{"cursor":"0"}']
)
@pytest.mark.parametrize("path", ["pull", "push", "patient-pull", "site_status"])
def test_a_bad_body_is_refused(clinic, path, body):
    answer = clinic.v6_raw(f"sync/{path}", body)
    assert answer.status_code == 400
    assert "otherServerError" in answer.json()["error"]


def test_impossible_numbers_are_refused(clinic):
    for body in ({"cursor": -1, "batchSize": 5}, {"cursor": 0, "batchSize": 0}):
        answer = clinic.v6("sync/pull", **body)
        assert answer.status_code == 400


def test_a_cursor_beyond_everything_is_answered(clinic):
    batch = clinic.pull_v6(2**64 - 1)
    assert batch["is_last_batch"] is True


def test_wrong_methods_and_paths_are_refused(clinic):
    answer = clinic.client.get("/central/sync/pull")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert clinic.v6("sync/nothing").status_code == 404
