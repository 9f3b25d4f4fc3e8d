"""Whatever arrives gets an answer below 500, and never a traceback."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msupply.sync.models import BufferChunk
from tests.wire.conftest import Hand, work

QUICK = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

KEYS = st.sampled_from(
    [
        *("queueLength", "data", "syncOutId", "tableName", "recordId", "action", "recordData"),
        *("syncIDs", "cursor", "batchSize", "isInitialised", "batch", "end_cursor", "records"),
        *("total_records", "is_last_batch", "record", "ID", "id", "store_ID", "store_id"),
        *("fetchPatientId", "name_ID", "username", "password", "mergeIdToKeep"),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(["", "Location", "asset", "name", "item", "update", "Delete", "merge"]),
    st.text(max_size=20),
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([0, -1, 2**31, 2**63, 2**64]))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, TEXTS), inner, max_size=6)
    ),
    max_leaves=20,
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "syncOutId": st.one_of(TEXTS, NUMBERS),
        "tableName": st.one_of(TEXTS, JSON),
        "recordId": st.one_of(TEXTS, JSON),
        "action": st.one_of(st.sampled_from(["Update", "Delete", "Insert", "Merge"]), TEXTS),
        "recordData": JSON,
    },
)
BODIES = st.one_of(
    st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode("utf-8", "replace"))
)
V5 = ["site", "site_status", "initialise", "central_records", "queued_records",
      "acknowledged_records", "x"]  # fmt: skip
V6 = ["sync/pull", "sync/push", "sync/patient-pull", "sync/site_status", "sync/download_file",
      "sync/upload_file", "name-store-join", "x"]  # fmt: skip


def answered(answer, path):
    assert answer.status_code < 500 or (path.endswith("download_file") and answer.json()), (
        answer.status_code,
        answer.content,
    )


@QUICK
@given(path=st.sampled_from(V5), method=st.sampled_from(["GET", "POST", "PUT"]), body=BODIES)
def test_v5_answers_any_body(clinic, path, method, body):
    answer = clinic.client.generic(
        method, f"/sync/v5/{path}", body, "text/x", headers=clinic.v5_headers()
    )
    answered(answer, path)
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"code", "message", "data"}


@QUICK
@given(query=st.dictionaries(st.sampled_from(["cursor", "limit", "x"]), st.text(max_size=25)))
def test_v5_answers_any_query(clinic, query):
    query = {k: v.encode("utf-8", "replace").decode() for k, v in query.items()}
    for path in ("central_records", "queued_records"):
        answered(clinic.get(path, **query), path)


@QUICK
@given(
    values=st.fixed_dictionaries(
        {},
        optional={
            name: st.text(string.printable.replace("\r", "").replace("\n", ""), max_size=30)
            for name in ("Authorization", "msupply-site-uuid", "version", "app-version", "app-name")
        },
    )
)
def test_v5_answers_any_headers(clinic, values):
    for headers in (values, clinic.v5_headers() | values):
        answered(clinic.client.get("/sync/v5/site", headers=headers), "site")


@QUICK
@given(records=st.lists(RECORDS, max_size=4))
def test_any_pushed_v5_records_are_taken_or_kept_back(clinic, central, records):
    body = json.dumps({"queueLength": 9, "data": records}).encode("utf-8", "replace")
    answered(clinic.post("queued_records", body), "push")
    clinic.post("queued_records", {"queueLength": 0, "data": []})
    work(central)
    assert not BufferChunk.objects.exists()


@QUICK
@given(path=st.sampled_from(V6), method=st.sampled_from(["GET", "POST", "PUT"]), body=BODIES)
def test_v6_answers_any_body(clinic, path, method, body):
    answer = clinic.client.generic(method, f"/central/{path}", body, "application/json")
    answered(answer, path)


@QUICK
@given(path=st.sampled_from(V6), body=st.dictionaries(KEYS, JSON, max_size=5))
def test_v6_answers_any_message_of_a_site(clinic, central, path, body):
    message = {"syncV5Settings": clinic.settings(), "syncV6Version": 5} | body
    data = json.dumps(message).encode("utf-8", "replace")
    answered(clinic.v6_raw(path, data), path)
    work(central)


@QUICK
@given(records=st.lists(st.one_of(RECORDS, JSON), max_size=4))
def test_any_pushed_v6_records_are_taken_or_kept_back(clinic, central, records):
    changes = [{"cursor": 1, "record": record} for record in records]
    batch = {"end_cursor": 1, "total_records": 1, "is_last_batch": True, "records": changes}
    answer = clinic.v6("sync/push", batch=batch)
    answered(answer, "push")
    work(central)
    assert not BufferChunk.objects.exists()


@QUICK
@given(settings_block=st.dictionaries(KEYS, JSON, max_size=3), wrong=st.text(max_size=20))
def test_v6_answers_any_settings_block(clinic, settings_block, wrong):
    for key in clinic.settings():
        block = clinic.settings() | {key: wrong} | settings_block
        message = {"cursor": 0, "batchSize": 1, "syncV5Settings": block, "syncV6Version": 5}
        answered(clinic.v6_raw("sync/pull", json.dumps(message).encode()), "sync/pull")


@QUICK
@given(body=BODIES, query=st.dictionaries(st.sampled_from(["dob", "limit", "code"]), st.text()))
def test_v4_answers_anything(clinic, body, query):
    headers = {"Authorization": clinic.v5_headers()["Authorization"]}
    query = {k: v.encode("utf-8", "replace").decode() for k, v in query.items()}
    answered(clinic.client.get("/api/v4/patient", query, headers=headers), "patient")
    for path in ("login", "name_store_join"):
        answer = clinic.client.generic("POST", f"/api/v4/{path}", body, "", headers=headers)
        answered(answer, path)


@pytest.mark.parametrize("depth", [50, 500, 990, 1_100, 20_000])
def test_deep_records_are_taken_or_kept_back(clinic, central, depth):
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    body = (
        b'{"queueLength":1,"data":[{"syncOutId":"1","tableName":"Location","recordId":"L1",'
        b'"action":"Update","recordData":{"ID":"L1","code":"x","oms_fields":%s}}]}' % deep
    )
    answered(clinic.post("queued_records", body), "push")
    clinic.post("queued_records", {"queueLength": 0, "data": []})
    work(central)
    assert not BufferChunk.objects.exists()


def test_a_stranger_gets_the_same_care(central):
    for path in V5:
        answered(Hand(name="\udcff").client.get(f"/sync/v5/{path}"), path)
