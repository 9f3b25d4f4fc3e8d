"""What is kept leaves as it came; one record that cannot leave is left out, and stops nobody."""

import json

import pytest
from django.db import DatabaseError, connection

from msupply.central import explanation, health, site_health
from msupply.records.assets import Asset, AssetClass
from msupply.records.items import Unit
from msupply.records.master_lists import MasterList
from msupply.records.names import Name, NameStoreJoin
from msupply.records.stores import StorePreference
from msupply.records.vaccines import Vaccination, VaccineCourse, VaccineCourseDose
from msupply.services.edit import kind_of
from msupply.sync import left_out
from msupply.sync.models import LeftOut, Quarantined
from tests.wire.conftest import Hand, add_site, work

WORDS = "plain words"
# No JSON, though a text column may hold it, and JSON that some reader stops at.
UNFIT = [
    WORDS,
    "",
    "{",
    "NaN",
    "1e400",
    "9" * 5000,
    "[" * 120 + "]" * 120,
    '"\\u0000"',
    '"\\ud800"',
]
UNFIT_BUT_READ = [raw for raw in UNFIT if raw.startswith(("1", "9", "[", '"\\u00'))]
# JSON that a reader may turn into other JSON.
FIT = ["18446744073709551616", "-1" + "0" * 300, "1.10", "1E5", '{"b": 1,  "a":2, "b":3}', "-0"]


ASSET = """{"tableName": "asset", "recordId": "A1", "action": "Update", "recordData": {"id": "A1",
"store_id": "ST-01", "asset_number": "1", "created_datetime": "2025-03-01T08:15:00",
"modified_datetime": "2025-03-02T09:00:00", "of tomorrow": ???}}"""


def asset(raw):
    """Return an asset with a key that nobody knows, as a site writes it."""
    return ASSET.replace("???", raw)


def push(hand, record):
    settings = json.dumps({"syncV6Version": 5, "syncV5Settings": hand.settings()})[:-1]
    batch = (
        '{"end_cursor":1,"total_records":1,"is_last_batch":true,"records":[{"cursor":1,"record":'
    )
    answer = hand.v6_raw("sync/push", f'{settings},"batch":{batch}{record}}}]}}}}'.encode())
    assert "data" in answer.json(), answer.content


def pull(hand, cursor=0):
    return hand.v6("sync/pull", cursor=cursor, batchSize=500, isInitialised=False)


def ids_v5(answer):
    assert answer.status_code == 200, answer.content
    return [record["recordId"] for record in answer.json().get("data", [])]


@pytest.mark.parametrize("raw", FIT, ids=lambda raw: raw[:20])
def test_an_unknown_value_goes_out_to_the_letter(clinic, central, raw):
    push(clinic, asset(raw))
    work(central)
    assert f'"of tomorrow":{raw}'.encode() in pull(clinic).content
    # Also beside another one, and after another key has come.
    push(clinic, asset("{}").replace("of tomorrow", "of next year"))
    work(central)
    content = pull(clinic).content
    assert f'"of tomorrow":{raw}'.encode() in content
    assert b'"of next year":{}' in content


@pytest.mark.parametrize("raw", UNFIT_BUT_READ, ids=lambda raw: raw[:9])
def test_an_unknown_value_that_no_reader_takes_is_kept_back(clinic, central, raw):
    push(clinic, asset(raw))
    work(central)
    (kept,) = Quarantined.objects.all()
    assert kept.record_id == "A1"
    assert kept.reason
    assert pull(clinic).json()["data"]["records"] == []


@pytest.mark.parametrize("words", UNFIT, ids=lambda words: words[:9] or "empty")
def test_a_central_record_that_is_no_json_is_left_out_of_its_batch(clinic, words):
    others = [Name.objects.create(name=n, code=n, type="FACILITY") for n in ("first", "last")]
    bad = Name.objects.create(name="n", code="n", type="FACILITY", custom_data_string=words)
    Unit.objects.create(name="Tablet")
    answer = clinic.get("central_records", cursor=0)
    assert {name.pk for name in others} <= set(ids_v5(answer))
    assert bad.pk not in ids_v5(answer)
    assert ids_v5(clinic.get("central_records", cursor=answer.json()["maxCursor"])) == []
    (note,) = left_out.noted(connection)
    assert (note.record_type, note.record_id) == (kind_of(Name).number, bad.pk)
    assert "custom_data" in note.reason_values
    clinic.get("central_records", cursor=0)
    assert LeftOut.objects.count() == 1


def test_it_travels_when_it_is_put_right(clinic):
    bad = Name.objects.create(name="n", code="n", type="FACILITY", custom_data_string=WORDS)
    cursor = clinic.get("central_records", cursor=0).json()["maxCursor"]
    assert left_out.noted(connection).count() == 1
    bad.custom_data_string = '{"a": 1}'
    bad.save()
    assert left_out.noted(connection).count() == 0
    assert ids_v5(clinic.get("central_records", cursor=cursor)) == [bad.pk]


def test_a_queue_ends_though_a_record_of_it_cannot_leave(clinic):
    good = [StorePreference.objects.create(store_id="ST-01", type=t, data="{}") for t in "ab"]
    bad = StorePreference.objects.create(store_id="ST-01", type="c", data=WORDS)
    last = StorePreference.objects.create(store_id="ST-01", type="d", data="{}")
    clinic.post("initialise", {})
    answer = clinic.get("queued_records", limit=500)
    found = ids_v5(answer)
    assert {last.pk, *(one.pk for one in good)} <= set(found)
    assert bad.pk not in found
    assert answer.json()["queueLength"] == len(found)
    taken = [entry["syncOutId"] for entry in answer.json()["data"]]
    assert clinic.post("acknowledged_records", {"syncIDs": taken}).status_code == 204
    assert clinic.get("queued_records").json() == {"queueLength": 0, "data": []}


def test_a_queue_of_nothing_else_is_empty(clinic, central):
    clinic.post("initialise", {})
    entries = clinic.get("queued_records", limit=500).json()["data"]
    clinic.post("acknowledged_records", {"syncIDs": [entry["syncOutId"] for entry in entries]})
    StorePreference.objects.create(store_id="ST-01", type="c", data=WORDS)
    assert clinic.get("queued_records").json() == {"queueLength": 0, "data": []}
    assert site_health.queue_state(connection, 12).length == 0


def test_a_v6_pull_goes_on_past_it(clinic):
    for n in range(5):
        extra = "{" if n in {1, 2, 4} else None
        AssetClass.objects.create(id=f"AC{n}", name=f"class {n}", extra=extra)
    cursor, found = 0, []
    for _batch in range(5):
        batch = clinic.pull_v6(cursor, size=1)
        found += [change["record"]["recordId"] for change in batch["records"]]
        assert batch["end_cursor"] >= cursor
        cursor = batch["end_cursor"] + 1
    assert batch["is_last_batch"]
    assert found == ["AC0", "AC3"]
    assert left_out.noted(connection).count() == 3


def test_a_patient_is_pulled_without_the_record_that_cannot_leave(clinic):
    patient = Name.objects.create(id="P1", name="n", code="n", type="PATIENT")
    NameStoreJoin.objects.create(store_id="ST-01", name=patient)
    program = MasterList.objects.create(name="EPI", code="EPI", is_program=True)
    course = VaccineCourse.objects.create(name="BCG", program=program)
    dose = VaccineCourseDose.objects.create(vaccine_course=course, label="1")
    for n in range(2):
        Vaccination.objects.create(
            id=f"V{n}", store_id="ST-01", patient=patient, encounter_id="E1", user_id="U1",
            program_enrolment_id="PE1", vaccine_course_dose=dose, extra="{" if n else None,
            created_datetime="2025-03-01T08:15:00", vaccination_date="2025-03-01",
        )  # fmt: skip
    batch = clinic.v6_data("sync/patient-pull", cursor=0, batchSize=500, fetchPatientId="P1")
    found = {change["record"]["recordId"] for change in batch["records"]}
    assert "V0" in found
    assert "V1" not in found


def test_other_sites_are_not_stopped_by_what_one_has_pushed(clinic, central):
    add_site(13, "clinic-south", "ST-02")
    Asset.objects.create(
        id="A1", store_id="ST-02", asset_number="1", extra=WORDS,
        created_datetime="2025-03-01T08:15:00", modified_datetime="2025-03-01T08:15:00",
    )  # fmt: skip
    AssetClass.objects.create(id="AC1", name="Cold chain")
    south = Hand("clinic-south", hardware_id="HW-13")
    for hand in (clinic, south):
        records = pull(hand).json()["data"]["records"]
        assert [change["record"]["recordId"] for change in records] == ["AC1"]


def test_a_note_that_cannot_be_written_stops_nobody(clinic, monkeypatch, caplog):
    def full(*_rows, **_options):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", full)
    Name.objects.create(name="n", code="n", type="FACILITY", custom_data_string=WORDS)
    unit = Unit.objects.create(name="Tablet")
    assert unit.pk in ids_v5(clinic.get("central_records", cursor=0))
    assert left_out.noted(connection).count() == 0
    assert "Records that were left out could not be noted: the disk is full" in caplog.messages
    assert "Traceback" not in caplog.text


def test_check_and_explain_name_it(clinic, central):
    bad = Name.objects.create(name="n", code="n", type="FACILITY", custom_data_string=WORDS)
    AssetClass.objects.create(id="AC1", name="Cold chain", extra="{")
    found = [f.text for f in health.examine(central) if f.subject == "leaving" and f.wrong]
    assert len(found) == 2
    assert any("name" in text and bad.pk in text and "custom_data" in text for text in found)
    assert any("assetclass AC1" in text and "extra" in text for text in found)
    clinic.get("central_records", cursor=0)
    (note,) = [
        n for n in explanation.explain(central, kind_of(Name), bad.pk, []).notes if WORDS in n
    ]
    assert "custom_data" in note
