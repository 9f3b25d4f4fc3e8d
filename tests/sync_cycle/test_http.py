"""The V4, V5 and V6 clients against a real socket: what they send, and what answers mean."""

import base64
import gc
import gzip
import json
import logging
import socket
import weakref

import pytest

from msupply.sync.failure import FailureCode, StillIntegrating, SyncFailure, Unreachable, explain
from msupply.sync.here import Here
from msupply.sync.records import WireRecord
from msupply.wire import client_http, v4_client
from msupply.wire.v4_client import PatientClient, PatientQuery
from msupply.wire.v5_client import LegacyClient
from msupply.wire.v6_client import ModernClient
from tests.sync_cycle.little_server import Answer, json_answer, little_server, packed

SITE = {
    "id": "uuid-2",
    "siteId": 2,
    "code": "N",
    "name": "north",
    "initialisationStatus": "new",
    "isOmSupplyCentralServer": False,
    "omSupplyCentralServerUrl": "http://oms.example.org",
    "mSupplyCentralSiteId": 1,
    "something": "new",
}
EMPTY_BATCH = {"data": {"end_cursor": 0, "total_records": 0, "records": [], "is_last_batch": True}}
SECRET = "5e" * 32


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(client_http, "CONNECT_SECONDS", (0.2, 0.2, 0.2))
    with little_server() as server:
        server.answers = [json_answer(SITE)]
        yield server


@pytest.fixture
def here(server):
    return Here(
        central_url=server.url + "/prefix/",
        site_name="north",
        password_hash=SECRET,
        hardware_id="machine-1",
    )


@pytest.fixture
def legacy(here):
    client = LegacyClient(here)
    yield client
    client.close()


@pytest.fixture
def modern(here, server):
    client = ModernClient(here, server.url)
    yield client
    client.close()


def failure_of(ask, *arguments, **options):
    with pytest.raises(SyncFailure) as caught:
        ask(*arguments, **options)
    return caught.value


def test_v5_requests_carry_the_documented_headers(legacy, server):
    legacy.site_info()
    request = server.requests[0]
    assert (request.method, request.path) == ("GET", "/sync/v5/site")
    name, _, password = base64.b64decode(request.headers["authorization"].split()[1]).partition(
        b":"
    )
    assert (name, password) == (b"north", SECRET.encode())
    assert request.headers["msupply-site-uuid"] == "machine-1"
    assert request.headers["version"] == "14"
    assert request.headers["app-name"] == "Open mSupply Desktop"
    assert request.headers["app-version"].count(".") == 2
    assert request.headers["accept-encoding"] == "gzip"


def test_v5_posts_have_no_content_type(legacy, server):
    server.answers = [json_answer({"queueLength": 3})]
    assert legacy.initialise() == 3
    assert server.requests[0].body == b"{}"
    assert "content-type" not in server.requests[0].headers


def test_v5_push_has_the_documented_body(legacy, server):
    server.answers = [json_answer({"integrationStarted": False})]
    legacy.push(
        7, [WireRecord(551, "Location", "L", {"ID": "L"}), WireRecord(552, "trans_line", "T", None)]
    )
    assert json.loads(server.requests[0].body) == {
        "queueLength": 7,
        "data": [
            {"syncOutId": "551", "tableName": "Location", "recordId": "L", "action": "Update",
             "recordData": {"ID": "L"}},
            {"syncOutId": "552", "tableName": "trans_line", "recordId": "T", "action": "Delete",
             "recordData": None},
        ],
    }  # fmt: skip


def test_the_final_push_must_start_integration(legacy, server):
    server.answers = [json_answer({"integrationStarted": False})]
    assert "IntegrationNotStarted" in failure_of(legacy.end_push).detail
    assert json.loads(server.requests[0].body) == {"queueLength": 0, "data": []}


def test_a_large_push_goes_in_several_requests(legacy, server, monkeypatch):
    monkeypatch.setattr(client_http, "MOST_BYTES", 1000)
    server.answers = [json_answer({"integrationStarted": False})]
    legacy.push(5, [WireRecord(n, "Location", "L", {"ID": "x" * 400}) for n in range(5)])
    lengths = [json.loads(request.body)["queueLength"] for request in server.requests]
    assert lengths == [5, 3, 1]


def test_only_the_last_request_of_a_large_v6_push_ends_it(modern, server, monkeypatch):
    monkeypatch.setattr(client_http, "MOST_BYTES", 1000)
    server.answers = [json_answer({"data": {"records_pushed": 1}})]
    records = [WireRecord(n, "asset", "A", {"id": "x" * 600}) for n in range(3)]
    modern.push(3, 9, records, last=True)
    flags = [json.loads(request.body)["batch"]["is_last_batch"] for request in server.requests]
    assert flags == [False, False, True]


def test_acknowledgement_has_the_documented_body(legacy, server):
    server.answers = [Answer(b"", 204)]
    legacy.acknowledge(["Q-1", "Q-2"])
    assert json.loads(server.requests[0].body) == {"syncIDs": ["Q-1", "Q-2"]}


def test_a_connection_is_kept(legacy, server):
    for _ in range(3):
        legacy.site_info()
    assert {request.connection for request in server.requests} == {1}


def test_site_info_is_read_whatever_else_it_holds(legacy):
    info = legacy.site_info()
    assert (info.uuid, info.site_id, info.central_site_id) == ("uuid-2", 2, 1)


def test_packed_answers_are_unpacked(legacy, server):
    server.answers = [packed(json_answer(SITE))]
    assert legacy.site_info().site_id == 2


def test_records_are_read_raw(legacy, server):
    server.answers = [
        Answer(
            b"""{"maxCursor": 9, "data": [
            {"ID": 4, "tableName": "unit", "recordId": "U", "action": "update",
             "recordData": {"ID":"U" }},
            {"ID": 9, "tableName": "unit", "recordId": "V", "action": "delete"}]}"""
        )
    ]
    batch = legacy.central_records(3, 500)
    assert server.requests[0].path == "/sync/v5/central_records?cursor=3&limit=500"
    assert (batch.last, batch.head) == (9, 9)
    assert batch.records[0].data == b'{"ID":"U" }'
    assert batch.records[1].action == "delete"


def test_missing_data_means_an_empty_batch(legacy, server):
    server.answers = [json_answer({"maxCursor": 3})]
    assert legacy.central_records(3, 500).last is None
    server.answers = [json_answer({"queueLength": 0})]
    assert legacy.queued_records(500).ids == []


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("site_name_not_found", 401, FailureCode.SITE_NAME_NOT_FOUND),
        ("site_incorrect_password", 401, FailureCode.INCORRECT_PASSWORD),
        ("site_incorrect_hardware_id", 401, FailureCode.HARDWARE_ID_MISMATCH),
        ("site_has_no_store", 403, FailureCode.SITE_HAS_NO_STORE),
        ("site_auth_timeout", 429, FailureCode.SITE_AUTH_TIMEOUT),
        ("api_version_incompatible", 409, FailureCode.API_VERSION_INCOMPATIBLE),
        ("server_busy", 503, FailureCode.SERVER_UNAVAILABLE),
        ("anything_else", 500, FailureCode.UNKNOWN),
    ],
)
def test_v5_errors_are_told_by_their_code(legacy, server, code, status, meaning):
    error = {"code": code, "message": "because", "data": {"min": 1}}
    server.answers = [json_answer({"error": error}, status)]
    failure = failure_of(legacy.site_info)
    assert failure.code is meaning
    assert "because" in failure.detail
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>Welcome</html>"),
        Answer(b"Not found", 404),
        Answer(b"", 302, {"Location": "https://elsewhere.example.org"}),
        json_answer({"some": "thing"}),
    ],
)
def test_another_kind_of_server_is_recognised(legacy, server, answer):
    server.answers = [answer]
    assert failure_of(legacy.site_info).code is FailureCode.NOT_A_CENTRAL_SERVER


@pytest.mark.parametrize("body", [b"", b"null", b"[" * 100_000, b'{"maxCursor": "x"}', b"\xff"])
def test_garbage_is_a_failure_and_nothing_worse(legacy, server, body):
    server.answers = [Answer(body)]
    assert failure_of(legacy.central_records, 0, 500).code is FailureCode.UNKNOWN


def test_a_busy_legacy_server_is_recognised(legacy, server):
    error = {"code": "sync_is_running", "message": "busy"}
    server.answers = [json_answer({"error": error}, 503)]
    assert isinstance(failure_of(legacy.end_push), StillIntegrating)


def test_progress_of_our_own_server_is_read(legacy, server):
    status = {"code": "integration_in_progress", "message": "Busy", "data": "1234"}
    server.answers = [json_answer(status)]
    assert legacy.status().remaining == 1234
    server.answers = [json_answer({"code": "idle", "message": "Site is idle"})]
    assert legacy.status().idle


def test_a_batch_limit_is_learnt_and_bounded(legacy, server):
    assert legacy.batch_limit is None
    server.answers = [json_answer(SITE, msupply_batch_limit="4000")]
    legacy.site_info()
    assert legacy.batch_limit == 4000
    server.answers = [json_answer(SITE, msupply_batch_limit="999999999")]
    legacy.site_info()
    assert legacy.batch_limit == client_http.MOST_AT_ONCE


def test_bodies_are_packed_only_for_our_own_servers(legacy, server, monkeypatch):
    monkeypatch.setattr(legacy.session, "_is_near", False)
    records = [WireRecord(n, "Location", "L", {"ID": "x" * 400}) for n in range(5)]
    server.answers = [json_answer({"integrationStarted": False})]
    legacy.push(5, records)
    server.answers = [json_answer(SITE, msupply_batch_limit="5000")]
    legacy.site_info()
    server.answers = [json_answer({"integrationStarted": False})]
    legacy.push(5, records)
    plain, packed_ = server.requests[0], server.requests[2]
    assert "content-encoding" not in plain.headers
    assert packed_.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed_.body) == plain.body


@pytest.mark.parametrize("cut_at", [0, 5, 60, 130])
def test_a_cut_answer_is_asked_for_again(legacy, server, cut_at):
    server.answers = [Answer(json_answer(SITE).body, cut_at=cut_at), json_answer(SITE)]
    assert legacy.site_info().site_id == 2
    assert len(server.requests) == 2


def test_three_cut_answers_are_a_failure(legacy, server):
    server.answers = [Answer(json_answer(SITE).body, cut_at=20)]
    failure = failure_of(legacy.site_info)
    assert isinstance(failure, Unreachable)
    assert len(server.requests) == 3
    assert len({request.connection for request in server.requests}) == 3


def test_status_408_is_tried_again(legacy, server):
    server.answers = [Answer(b"", 408), json_answer(SITE)]
    assert legacy.site_info().site_id == 2


def test_other_errors_are_not_tried_again(legacy, server):
    server.answers = [Answer(b"down", 503), json_answer(SITE)]
    assert failure_of(legacy.site_info).code is FailureCode.SERVER_UNAVAILABLE
    assert len(server.requests) == 1


def test_a_closed_port_is_a_connection_error(here, monkeypatch):
    monkeypatch.setattr(client_http, "CONNECT_SECONDS", (0.1, 0.1, 0.1))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = LegacyClient(Here(central_url=f"http://127.0.0.1:{port}", site_name="n"))
    assert failure_of(client.site_info).code is FailureCode.CONNECTION_ERROR
    client.close()


@pytest.mark.parametrize(
    "url",
    ["", "central", "ftp://x.org", "http://", "http://x.org:port", "http://u:p@x.org", "http://[x"],
)
def test_an_impossible_address_is_refused(url):
    failure = failure_of(LegacyClient, Here(central_url=url))
    assert failure.code is FailureCode.INVALID_URL
    assert "u:p" not in failure.detail


def test_secrets_stay_out_of_logs_and_failures(legacy, modern, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.answers = [Answer(b"no", 500)]
    failures = [failure_of(legacy.site_info), failure_of(modern.status)]
    texts = [*(repr(f) for f in failures), *(f.detail for f in failures), caplog.text]
    assert SECRET not in "".join(texts)


def test_v6_pull_has_the_documented_body(modern, server, here):
    server.answers = [json_answer(EMPTY_BATCH)]
    modern.pull(7, 500, initialised=True)
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/central/sync/pull")
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers
    assert json.loads(request.body) == {
        "cursor": 7,
        "batchSize": 500,
        "isInitialised": True,
        "syncV6Version": 5,
        "syncV5Settings": {
            "serverUrl": here.central_url,
            "username": "north",
            "passwordSha256": SECRET,
            "siteUuid": "machine-1",
            "appVersion": client_http.APP_VERSION,
            "appName": "Open mSupply Desktop",
            "syncVersion": "14",
        },
    }


def test_v6_push_has_the_documented_body(modern, server):
    server.answers = [json_answer({"data": {"records_pushed": 1}})]
    modern.push(1, 88, [WireRecord(88, "asset", "A", {"id": "A"})], last=True)
    body = json.loads(server.requests[0].body)
    assert body["batch"] == {
        "end_cursor": 88,
        "total_records": 1,
        "is_last_batch": True,
        "records": [
            {"cursor": 88, "record": {"tableName": "asset", "recordId": "A", "action": "Update",
                                      "recordData": {"id": "A"}}}
        ],
    }  # fmt: skip
    assert body["syncV6Version"] == 5


def test_patient_pull_names_the_patient(modern, server):
    server.answers = [json_answer(EMPTY_BATCH)]
    modern.pull_patient(0, 500, "pat-33")
    assert server.requests[0].path == "/central/sync/patient-pull"
    assert json.loads(server.requests[0].body)["fetchPatientId"] == "pat-33"


def test_name_store_join_goes_to_the_root_of_the_host(here, server):
    server.answers = [Answer(b"")]
    client = ModernClient(here, server.url + "/oms/")
    client.join_name_to_store("nsj-1", "pat-33", "store-north")
    client.close()
    assert server.requests[0].path == "/central/name-store-join"
    body = json.loads(server.requests[0].body)
    assert (body["id"], body["nameId"], body["storeId"]) == ("nsj-1", "pat-33", "store-north")
    assert "syncV6Version" not in body


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("", "/central/sync/site_status"),
        ("/", "/central/sync/site_status"),
        ("/oms/", "/oms/central/sync/site_status"),
        ("/oms", "/central/sync/site_status"),
    ],
)
def test_the_v6_root_is_relative_to_the_announced_address(here, server, base, expected):
    server.answers = [json_answer({"data": {"is_integrating": False}})]
    client = ModernClient(here, server.url + base)
    assert client.status().idle
    client.close()
    assert server.requests[0].path == expected


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        ("notACentralServer", FailureCode.NOT_A_CENTRAL_SERVER),
        ({"syncVersionMismatch": [0, 4, 5]}, FailureCode.V6_API_VERSION_INCOMPATIBLE),
        ({"otherServerError": "text"}, FailureCode.UNKNOWN),
        ({"parsingSyncRecordError": "text"}, FailureCode.UNKNOWN),
        ({"legacyServerError": {"code": "site_incorrect_password", "message": "no"}},
         FailureCode.INCORRECT_PASSWORD),
        ({"legacyServerError": {"code": "site_incorrect_hardware_id", "message": "no",
                                "data": None}}, FailureCode.HARDWARE_ID_MISMATCH),
        ({"cannotConnectToLegacyServer": "text"}, FailureCode.UNKNOWN),
        ({"brandNew": {"a": 1}}, FailureCode.UNKNOWN),
        (17, FailureCode.UNKNOWN),
    ],
)  # fmt: skip
def test_v6_errors_are_told_by_their_tag(modern, server, error, meaning):
    server.answers = [json_answer({"error": error})]
    assert failure_of(modern.status).code is meaning


def test_a_v6_server_that_integrates_is_recognised(modern, server):
    server.answers = [json_answer({"error": "integrationInProgress"})]
    assert isinstance(failure_of(modern.pull, 0, 500, initialised=True), StillIntegrating)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_proxy_without_a_server_behind_it_is_recognised(legacy, modern, server, status):
    for ask in (legacy.site_info, modern.status):
        server.answers = [Answer(b"<html>Bad gateway</html>", status)]
        assert failure_of(ask).code is FailureCode.SERVER_UNAVAILABLE


def test_a_v6_server_whose_database_is_away_is_recognised(modern, server):
    server.answers = [json_answer({"error": {"otherServerError": "busy"}}, 503)]
    assert failure_of(modern.status).code is FailureCode.SERVER_UNAVAILABLE


def test_405_means_no_central_server(modern, server):
    server.answers = [Answer(b"Not a central server", 405, {"Connection": "close"})]
    assert failure_of(modern.status).code is FailureCode.NOT_A_CENTRAL_SERVER


def test_a_line_that_breaks_under_a_large_push_gets_smaller_ones(legacy, server):
    answer = json_answer({"integrationStarted": False})
    cut = [Answer(answer.body, cut_at=5)] * 3
    server.answers = [*cut, answer]
    legacy.push(120, [WireRecord(n, "Location", "L", {"ID": "x"}) for n in range(120)])
    sizes = [len(json.loads(request.body)["data"]) for request in server.requests]
    assert sizes == [120, 120, 120, 50, 50, 20]


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b'{"data": {"x": 1}}', b"[" * 100_000])
def test_v6_answers_that_are_neither_data_nor_error_are_failures(modern, server, body):
    server.answers = [Answer(body)]
    assert failure_of(modern.status).code is FailureCode.UNKNOWN


@pytest.mark.parametrize("url", ["", "oms", "http://"])
def test_a_missing_v6_address_is_told(here, url):
    failure = failure_of(ModernClient, here, url)
    assert failure.code is FailureCode.CENTRAL_V6_NOT_CONFIGURED


USER = {
    "ID": "US-3", "name": "maria", "startup_method": "", "nblogins": 4, "group_id": "",
    "mode": "", "active": True, "lasttime": 0, "initials": "", "first_name": "Maria",
    "last_name": "", "address_1": "", "address_2": "", "e_mail": "", "phone1": "",
    "phone2": "", "job_title": "", "responsible_officer": False, "Language": 5,
    "use_ldap": False, "ldap_login_string": "", "receives_sms_errors": False,
    "is_group": False, "windows_user_name": "", "license_category_id": "",
    "isInactiveAuthoriser": False, "spare_1": "",
}  # fmt: skip
LOGGED_IN = {
    "status": "success", "authenticated": True, "username": "maria", "userFirstName": "Maria",
    "userLastName": "", "userJobTitle": "", "userType": "user", "service": "mobile",
    "storeName": "North", "userInfo": {"user": USER, "userStores": []},
}  # fmt: skip


def test_log_in_sends_the_documented_body(server):
    server.answers = [json_answer(LOGGED_IN)]
    answer = v4_client.log_in(server.url, "maria", "secret", "north")
    assert answer.user_info.user.id == "US-3"
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/api/v4/login")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {
        "username": "maria",
        "password": "secret",
        "loginType": "User",
        "siteName": "north",
    }


def test_a_wrong_password_is_final(server):
    server.answers = [Answer(b"", 401)]
    with pytest.raises(v4_client.LogInInvalid):
        v4_client.log_in(server.url, "maria", "wrong", None)


def test_a_blocked_user_is_told_how_long(server):
    server.answers = [json_answer({"status": "user_login_timeout", "timeoutRemaining": 240}, 403)]
    with pytest.raises(v4_client.LogInBlocked) as caught:
        v4_client.log_in(server.url, "maria", "wrong", None)
    assert caught.value.seconds == 240


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"down", 503),
        Answer(b"{}"),
        json_answer({**LOGGED_IN, "status": "error"}),
        json_answer({**LOGGED_IN, "userInfo": None}),
        Answer(b"", cut_at=3),
    ],
)
def test_any_other_answer_leaves_it_to_what_is_known_here(server, answer):
    server.answers = [answer]
    with pytest.raises(v4_client.LogInUnavailable):
        v4_client.log_in(server.url, "maria", "secret", None)
    assert len(server.requests) == 1


def test_patients_are_searched_with_the_wildcard(here, server):
    server.answers = [
        json_answer([{"ID": "NM-77", "name": "Okafor, Ada", "phone": "", "email": "", "code": "P",
                      "last": "Okafor", "first": "Ada", "date_of_birth": None}])
    ]  # fmt: skip
    client = PatientClient(here)
    (found,) = client.search(PatientQuery(first_name="ada"))
    client.close()
    assert found.id == "NM-77"
    assert server.requests[0].path == "/api/v4/patient?is_deleted=false&first_name=%40ada%40"


def test_a_patient_is_joined_to_a_store(here, server):
    join = {"ID": "NSJ-5", "name_ID": "NM-77", "store_ID": "ST-01", "inactive": False}
    server.answers = [json_answer(join)]
    client = PatientClient(here)
    assert client.join_to_store("NM-77", "ST-01").id == "NSJ-5"
    server.answers = [Answer(b"", 401)]
    assert failure_of(client.join_to_store, "NM-77", "ST-01").code is FailureCode.INCORRECT_PASSWORD
    client.close()


@pytest.mark.parametrize("code", list(FailureCode))
def test_every_failure_says_what_happened_and_what_to_do(code):
    title, advice = explain(code)
    assert str(title)
    assert str(advice).endswith(".")


def test_an_answer_does_not_outlive_its_use(server):
    """Pages of some megabytes pile up where Python's collector would have to find them."""
    session = client_http.Session(server.url)
    gc.disable()
    try:
        answer = weakref.ref(session.request("GET", server.url))
        assert answer() is None
    finally:
        gc.enable()
        session.close()
