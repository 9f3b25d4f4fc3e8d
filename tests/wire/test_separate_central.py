"""An Open mSupply central server apart from the mSupply central server asks there who is calling."""

import pytest

from msupply.sync import here
from msupply.sync.clock import now
from msupply.sync.models import SiteState
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
