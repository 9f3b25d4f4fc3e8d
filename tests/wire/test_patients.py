"""Patients: found by V4, made visible in a store, and pulled with all that is about them."""

import json

import pytest
from django.db import connections

from msupply.records.documents import Document
from msupply.records.master_lists import MasterList
from msupply.records.names import Name, NameStoreJoin
from msupply.records.vaccines import (
    Vaccination,
    VaccineCourse,
    VaccineCourseDose,
)
from tests.wire.conftest import Hand, add_site, upsert, work

ADA = {"name": "Okafor, Ada", "first_name": "Ada", "last_name": "Okafor", "code": "P000312"}


@pytest.fixture
def ada(clinic):
    """A patient whom the site does not see yet, with a vaccination."""
    patient = Name.objects.create(id="NM-77", type="PATIENT", date_of_birth="1991-04-02", **ADA)
    program = MasterList.objects.create(id="PR", name="Immunisation", code="imm")
    course = VaccineCourse.objects.create(id="VC", name="BCG", program=program)
    dose = VaccineCourseDose.objects.create(
        id="VD", vaccine_course=course, label="1", min_age=0, max_age=1, min_interval_days=0
    )
    Vaccination.objects.create(
        id="V1",
        patient=patient,
        store_id="ST-C",
        user_id="U1",
        vaccine_course_dose=dose,
        program_enrolment_id="E1",
        encounter_id="E2",
        created_datetime="2025-01-01 00:00:00",
        vaccination_date="2025-01-01",
    )
    return patient


def v4(hand, method, path, query=None, body=None):
    """Make a V4 request: basic authentication, and none of the V5 headers."""
    headers = {"Authorization": hand.v5_headers()["Authorization"]}
    if method == "GET":
        return hand.client.get(f"/api/v4/{path}", query, headers=headers)
    data = json.dumps(body).encode()
    return hand.client.generic(method, f"/api/v4/{path}", data, "application/json", headers=headers)


def search(hand, **query):
    answer = v4(hand, "GET", "patient", {"is_deleted": "false"} | query)
    assert answer.status_code == 200
    return [found["ID"] for found in answer.json()]


def join(hand, name_id="NM-77", store_id="ST-01"):
    body = {"name_ID": name_id, "store_ID": store_id}
    return v4(hand, "POST", "name_store_join", body=body)


def register(hand, join_id="NSJ-5", name_id="NM-77", store_id="ST-01"):
    body = {"id": join_id, "nameId": name_id, "storeId": store_id}
    body["syncV5Settings"] = hand.settings()
    return hand.v6_raw("name-store-join", json.dumps(body).encode())


def pulled(hand):
    batch = hand.v6_data("sync/patient-pull", cursor=0, batchSize=500, fetchPatientId="NM-77")
    assert batch["is_last_batch"] is True
    return [change["record"]["recordId"] for change in batch["records"]]


def test_a_found_patient_has_every_documented_key(clinic, ada):
    answer = v4(clinic, "GET", "patient", {"is_deleted": "false", "code": "P000312"})
    assert answer.json() == [
        {
            "ID": "NM-77",
            "name": "Okafor, Ada",
            "phone": "",
            "email": "",
            "code": "P000312",
            "last": "Okafor",
            "first": "Ada",
            "date_of_birth": "1991-04-02T00:00:00",
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"first_name": "@da@"}, True),
        ({"first_name": "@ADA@"}, True),
        ({"first_name": "ad@"}, True),
        ({"first_name": "d@"}, False),
        ({"first_name": "@d"}, False),
        ({"first_name": "ada"}, True),
        ({"first_name": "ad"}, False),
        ({"first_name": "@%@"}, False),
        ({"first_name": "@@"}, True),
        ({"first_name": "@ada@", "last_name": "@smith@"}, False),
        ({"last_name": "o@k@for"}, True),
        ({"dob": "1991-04-02"}, True),
        ({"dob": "1991-04-03"}, False),
        ({"code": "P00031"}, False),
        ({"policy_number": "1"}, False),
    ],
)
def test_patients_are_searched_with_wildcards(clinic, ada, query, found):
    assert search(clinic, **query) == (["NM-77"] if found else [])


def test_other_names_and_deleted_patients_are_not_found(clinic, ada):
    Name.objects.create(id="S", name="Ada's shop", code="shop", type="FACILITY", first_name="Ada")
    Name.objects.create(
        id="D", type="PATIENT", deleted_datetime="2025-01-01 00:00:00", **ADA | {"code": "x"}
    )
    assert search(clinic, first_name="@ada@") == ["NM-77"]
    assert search(clinic, first_name="@ada@", is_deleted="true") == ["D"]


def test_a_search_can_be_cut_into_pages(clinic):
    for n in range(5):
        Name.objects.create(id=f"P{n}", name=f"P{n}", code=f"{n}", type="PATIENT")
    assert search(clinic, limit="2", offset="1") == ["P1", "P2"]


@pytest.mark.parametrize("query", [{"dob": "yesterday"}, {"limit": "x"}, {"offset": "-1"}])
def test_a_senseless_search_is_refused(clinic, query):
    assert v4(clinic, "GET", "patient", query).status_code == 400


def test_a_stranger_finds_nobody(clinic, ada):
    assert v4(Hand(wire_hash="00"), "GET", "patient", {}).status_code == 401


def test_a_join_answers_with_what_it_made(clinic, ada):
    answer = join(clinic)
    made = NameStoreJoin.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {
        "ID": made.id,
        "name_ID": "NM-77",
        "store_ID": "ST-01",
        "inactive": False,
    }


def test_a_join_that_is_asked_for_again_is_the_same(clinic, ada):
    assert join(clinic).json() == join(clinic).json()


def test_a_join_queues_the_patient_for_the_site(clinic, ada):
    clinic.post("initialise", {})
    assert clinic.get("queued_records").json()["data"] == []
    join(clinic)
    tables = [r["tableName"] for r in clinic.get("queued_records").json()["data"]]
    assert sorted(tables) == ["name", "name_store_join"]


@pytest.mark.parametrize(
    ("names", "status"),
    [
        ({"store_id": "ST-C"}, 403),
        ({"store_id": "none"}, 404),
        ({"name_id": "none"}, 404),
        ({"name_id": "NAME-ST-C"}, 404),
        ({"name_id": "nul\0"}, 404),
    ],
)
def test_an_impossible_join_is_refused(clinic, ada, names, status):
    assert join(clinic, **names).status_code == status
    assert register(clinic, **names).status_code == status
    assert not NameStoreJoin.objects.exists()


def test_a_patient_is_pulled_once_it_is_visible(clinic, ada):
    assert pulled(clinic) == []
    answer = register(clinic)
    assert (answer.status_code, answer.content) == (200, b"")
    assert pulled(clinic) == ["V1"]
    assert NameStoreJoin.objects.get().id == "NSJ-5"


def test_a_patient_stays_invisible_to_other_sites(clinic, ada):
    add_site(13, "clinic-south", "ST-02")
    register(clinic)
    assert pulled(Hand(name="clinic-south", hardware_id="HW-2")) == []


def test_newly_visible_records_come_with_the_ordinary_pull_too(clinic, ada):
    cursor = clinic.pull_v6(initialised=True)["end_cursor"] + 1
    register(clinic)
    records = clinic.pull_v6(cursor, initialised=True)["records"]
    assert [change["record"]["recordId"] for change in records] == ["V1"]


def test_registering_a_join_that_exists_changes_nothing(clinic, ada):
    join_id = join(clinic).json()["ID"]
    assert register(clinic, join_id).status_code == 200
    assert register(clinic, "another").status_code == 200
    assert NameStoreJoin.objects.get().id == join_id


def test_an_encounter_is_written_wherever_the_patient_is_seen(clinic, ada):
    # Versions of a document are only ever added: nobody writes over what the home store wrote.
    Name.objects.filter(pk=ada.pk).update(supplying_store_id="ST-C")
    NameStoreJoin.objects.create(name=ada, store_id="ST-01")
    version = {
        "name": "p/NM-77/Visit",
        "parent_IDs": "[]",
        "user_ID": "US-3",
        "datetime": "2025-03-01T08:15:00",
        "type": "Visit",
        "data": {"status": "VISITED"},
        "form_schema_ID": "",
        "status": "ACTIVE",
        "owner_name_ID": "NM-77",
        "context_ID": "PR",
    }
    clinic.push(upsert("om_document", "d0c", version))
    work(connections["default"])
    assert Document.objects.filter(pk="d0c", owner_name_id="NM-77").exists()


def test_a_stranger_registers_nothing(clinic, ada):
    answer = register(Hand(wire_hash="00"))
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("text/plain")
