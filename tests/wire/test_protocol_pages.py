"""The examples of docs/protocol are run, in order, and must answer as they say."""

import json
import re
from pathlib import Path

import pytest

from msupply.records.assets import Asset, AssetInternalLocation
from msupply.records.demographics import Demographic
from msupply.records.files import SyncFileReference
from msupply.records.items import Unit
from msupply.records.master_lists import MasterList
from msupply.records.names import Name
from msupply.records.stock import Location
from msupply.records.users import DocumentPermission, User, UserPermission, UserStore
from msupply.records.vaccines import Vaccination, VaccineCourse, VaccineCourseDose
from msupply.wire import throttle
from tests.wire.conftest import Hand, add_site, work

PAGES = Path(__file__).parents[2] / "docs" / "protocol"
PIECES = re.compile(
    r"^```http\n(?P<block>.*?)^```$|^<!-- (?P<step>.*?) -->$", re.DOTALL | re.MULTILINE
)
ANYTHING = "..."
MOMENT = "2025-03-01 08:15:00"


def add_location():
    Location.objects.create(id="L1", store_id="ST-01", code="S1", name="Shelf")


def add_unit():
    Unit.objects.create(id="U0001", name="Tab", index=4)


def delete_permission():
    row = DocumentPermission.objects.create(id="PR-1", user_id="U", permission="DOCUMENT_QUERY")
    row.delete()


def add_patient_ada():
    Name.objects.create(
        id="NM-77",
        name="Okafor, Ada",
        first_name="Ada",
        last_name="Okafor",
        code="P000312",
        type="PATIENT",
        date_of_birth="1991-04-02",
    )


def refuse_maria():
    from django.db import connection

    for _ in range(throttle.FREE):
        throttle.refused(connection, "maria", "127.0.0.1")


def add_equipment():
    Demographic.objects.create(id="demo-u1", name="Under one", population_percentage=3.2)
    add_location()
    asset = Asset.objects.create(
        id="A-1", store_id="ST-01", created_datetime=MOMENT, modified_datetime=MOMENT
    )
    AssetInternalLocation.objects.create(id="ail-4", asset=asset, location_id="L1").delete()


def add_patient_with_vaccination():
    patient = Name.objects.create(id="pat-33", name="Ada", code="p33", type="PATIENT")
    program = MasterList.objects.create(id="PR", name="Immunisation", code="imm")
    course = VaccineCourse.objects.create(id="VC", name="BCG", program=program)
    dose = VaccineCourseDose.objects.create(id="VD", vaccine_course=course, label="1")
    Vaccination.objects.create(
        id="vax-1",
        patient=patient,
        store_id="ST-C",
        user_id="U1",
        vaccine_course_dose=dose,
        program_enrolment_id="E1",
        encounter_id="E2",
        created_datetime=MOMENT,
        vaccination_date="2025-01-01",
    )


def add_file_reference():
    SyncFileReference.objects.create(
        id="8a6a-09",
        table_name="asset",
        record_id="8a6a0c5e-0000-4000-8000-000000000006",
        file_name="lamp.txt",
        mime_type="text/plain",
        total_bytes=11,
        created_datetime=MOMENT,
    )


STEPS = {
    "create the location L1 in ST-01": add_location,
    "create the unit U0001": add_unit,
    "delete the programme permission PR-1": delete_permission,
    "create the patient NM-77": add_patient_ada,
    "maria has been refused ten times": refuse_maria,
    "create the demographic demo-u1 and the asset A-1, put a location into it and take it out": (
        add_equipment
    ),
    "create the patient pat-33 with a vaccination": add_patient_with_vaccination,
    "create the file reference 8a6a-09 of 11 bytes": add_file_reference,
}


def head_and_body(text):
    head, _, body = text.partition("\n\n")
    first, *lines = head.strip().splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    return first, headers, body.strip()


def send(hand, text):
    first, headers, body = head_and_body(text)
    method, path, _ = first.split()
    kind = headers.pop("Content-Type", "application/json")
    settings = json.dumps(hand.settings())
    for key in ("syncV5Settings", "sync_v5_settings"):
        body = body.replace(f'"{key}": "..."', f'"{key}": {settings}')
    if kind.startswith("multipart"):
        body = body.replace("\n", "\r\n") + "\r\n"
    if path.startswith("/sync/v5/"):
        headers = hand.v5_headers() | headers
    elif path != "/api/v4/login":
        headers = {"Authorization": hand.v5_headers()["Authorization"]} | headers
    return hand.client.generic(method, path, body.encode(), kind, headers=headers)


def check(answer, text):
    first, headers, body = head_and_body(text)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == int(first.split()[1]), content
    for name, value in headers.items():
        assert answer[name] == value
    if answer.get("Content-Type") == "application/json":
        assert_same(json.loads(content), json.loads(body))
    else:
        assert content.decode() == body


def assert_same(found, told):
    """Compare an answer with its example, in which `"..."` stands for anything."""
    if told == ANYTHING:
        return
    if isinstance(told, dict):
        assert isinstance(found, dict)
        assert set(found) == set(told)
        for key, value in told.items():
            assert_same(found[key], value)
    elif isinstance(told, list):
        assert len(found) == len(told)
        for one, other in zip(found, told, strict=True):
            assert_same(one, other)
    else:
        assert found == told
        assert type(found) is type(told)


@pytest.mark.parametrize("page", ["v5", "v6"])
def test_the_examples_answer_as_the_page_says(central, page):
    add_site(code="CN")
    maria = User.objects.create_user("maria", "plain text", id="US-3", first_name="Maria")
    UserStore.objects.create(id="UJ-1", user=maria, store_id="ST-01", is_default=True)
    UserPermission.objects.create(user=maria, store_id="ST-01", permission="STORE_ACCESS")
    hand, answer, examples = Hand(), None, 0
    for piece in PIECES.finditer((PAGES / f"{page}.md").read_text()):
        if piece["step"] == "integrate":
            work(central)
        elif piece["step"]:
            STEPS[piece["step"]]()
        elif piece["block"].startswith("HTTP/1.1"):
            check(answer, piece["block"])
            examples += 1
        else:
            answer = send(hand, piece["block"])
    assert examples > 12
