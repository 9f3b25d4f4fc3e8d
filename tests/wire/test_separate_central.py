"""An Open mSupply central server apart from the mSupply central server asks there who is calling."""

import json

import pytest

from msupply.records.names import Name, NameStoreJoin
from msupply.sync import here
from msupply.sync.clock import now
from msupply.sync.models import ChangelogQueue, Setting, SiteState
from tests.sync_cycle.little_server import Answer, LittleServer, json_answer
from tests.wire.conftest import HASH, Hand, add_store

INFO = {
    "id": "S12",
    "siteId": 12,
    "initialisationStatus": "completed",
    "omSupplyCentralServerUrl": "http://oms.example",
    "isOmSupplyCentralServer": False,
    "mSupplyCentralSiteId": 1,
}


@pytest.fixture
def legacy():
    """The mSupply central server."""
    server = LittleServer()
    server.answers = [json_answer(INFO)]
    yield server
    server.close()


@pytest.fixture
def separate(connection, legacy):
    """The Open mSupply central server."""
    here.change(
        connection, site_id=20, central_url=legacy.url, is_oms_central=True, initialised=True
    )
    add_store("ST-01", 12)
    return connection


def error(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["error"]


def test_the_callers_credentials_are_passed_on(separate, legacy):
    assert Hand().pull_v6()["is_last_batch"] is True
    (request,) = legacy.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert (request.method, request.path) == ("GET", "/sync/v5/site")
    assert headers["authorization"] == Hand().v5_headers()["Authorization"]
    assert headers["msupply-site-uuid"] == "HW-77"
    assert headers["version"] == "14"
    assert headers["app-version"] == "2.20.0"
    assert headers["app-name"] == "Open mSupply Desktop"


def test_a_good_answer_is_believed_for_a_while(separate, legacy):
    Hand().pull_v6()
    Hand().v6_data("sync/site_status")
    assert len(legacy.requests) == 1


def test_another_machine_is_asked_about_anew(separate, legacy):
    Hand().pull_v6()
    Hand(hardware_id="HW-78").pull_v6()
    assert len(legacy.requests) == 2


def test_the_callers_number_comes_from_the_answer(separate):
    SiteState.objects.create(site_id=12, waiting_since=now())
    assert Hand().v6_data("sync/site_status")["is_integrating"] is True


@pytest.mark.parametrize(
    "code",
    [
        *("site_name_not_found", "site_incorrect_password", "site_incorrect_hardware_id"),
        *("site_has_no_store", "site_auth_timeout", "api_version_incompatible", "sync_is_running"),
    ],
)
def test_the_legacy_servers_refusal_is_passed_on(separate, legacy, code):
    refusal = {"code": code, "message": "No.", "data": None}
    legacy.answers = [json_answer({"error": refusal}, 401)]
    assert error(Hand().v6("sync/site_status")) == {"legacyServerError": refusal}


def test_a_refusal_is_not_remembered(separate, legacy):
    refusal = {"code": "site_has_no_store", "message": "No.", "data": None}
    legacy.answers = [json_answer({"error": refusal}, 403), json_answer(INFO)]
    assert "legacyServerError" in error(Hand().v6("sync/site_status"))
    assert Hand().v6_data("sync/site_status") == {"is_integrating": False}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>", 502),
        Answer(b"not json"),
        json_answer({"siteId": "12"}),
        Answer(b"", 404),
    ],
)
def test_an_answer_that_cannot_be_read_lets_nobody_in(separate, legacy, answer):
    legacy.answers = [answer]
    assert "otherLegacyServerError" in error(Hand().v6("sync/site_status"))


def test_a_legacy_server_that_is_away_lets_nobody_in(separate, legacy):
    legacy.close()
    here.change(separate, central_url="http://127.0.0.1:1")
    refusal = error(Hand().v6("sync/site_status"))
    assert "cannotConnectToLegacyServer" in refusal
    assert HASH not in str(refusal)


def test_guesses_are_stopped_before_they_reach_the_legacy_server(separate, legacy):
    refusal = {"code": "site_incorrect_password", "message": "No.", "data": None}
    legacy.answers = [json_answer({"error": refusal}, 401)]
    for _ in range(12):
        Hand(wire_hash="00").v6("sync/site_status")
    assert len(legacy.requests) == 10


def test_v5_and_v4_are_not_served_there(separate):
    assert Hand().get("site").status_code == 405
    assert Hand().client.post("/api/v4/login").status_code == 405


def register(hand, join_id="NSJ-5"):
    body = {"id": join_id, "nameId": "NM-77", "storeId": "ST-01", "syncV5Settings": hand.settings()}
    return hand.v6_raw("name-store-join", json.dumps(body).encode())


@pytest.fixture
def asked(separate, legacy, monkeypatch):
    """A server that asks for a patient; the mSupply central server agrees."""
    here.change(separate, site_name="oms", password_hash=HASH)
    add_store("ST-OMS", 20)
    joined = {"ID": "J-OMS", "name_ID": "NM-77", "store_ID": "ST-OMS", "inactive": False}
    legacy.answers = [json_answer(INFO), json_answer(joined)]
    monkeypatch.setattr("msupply.wire.v6_patients._PATIENCE_SECONDS", 0.1)
    return separate


def arrive(seconds):
    """Let the patient come with a cycle, while the request waits."""
    Name.objects.create(id="NM-77", name="Ada", code="p77", type="PATIENT")


def test_an_unknown_patient_is_fetched_first(asked, legacy, monkeypatch):
    monkeypatch.setattr("msupply.sync.clock.time.sleep", arrive)
    assert register(Hand()).status_code == 200
    request = legacy.requests[-1]
    assert (request.method, request.path) == ("POST", "/api/v4/name_store_join")
    assert json.loads(request.body) == {"name_ID": "NM-77", "store_ID": "ST-OMS"}
    assert NameStoreJoin.objects.get().id == "NSJ-5"
    assert Setting.objects.filter(key="cycle_request").exists()


def test_a_join_of_a_site_is_not_told_to_the_legacy_server_again(asked, monkeypatch):
    monkeypatch.setattr("msupply.sync.clock.time.sleep", arrive)
    register(Hand())
    row = ChangelogQueue.objects.get(record_id="NSJ-5")
    assert row.source_site == 12


def test_a_patient_who_does_not_arrive_is_not_joined(asked):
    answer = register(Hand())
    assert (answer.status_code, NameStoreJoin.objects.count()) == (404, 0)


def test_a_legacy_server_that_refuses_a_patient_is_quoted(asked, legacy):
    legacy.answers = [json_answer(INFO), json_answer({}, 404)]
    assert register(Hand()).status_code == 502


def test_a_stranger_is_told_so(separate, legacy):
    refusal = {"code": "site_incorrect_password", "message": "No.", "data": None}
    legacy.answers = [json_answer({"error": refusal}, 401)]
    answer = register(Hand(wire_hash="00"))
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("text/plain")
