"""Bodies that cost more than they should: whoever sends them, the server pays little for it."""

import gzip
import json
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.wire.conftest import Hand, upsert

MIB = 1024 * 1024


@pytest.fixture
def stranger(central):
    """Somebody whom the server does not know."""
    return Hand(name="nobody")


def crowded(hand, elements):
    """Return a push of very many very small things that are no records."""
    rest = json.dumps({"syncV5Settings": hand.settings(), "syncV6Version": 5})[1:].encode()
    start = b'{"batch":{"end_cursor":1,"total_records":0,"is_last_batch":true,"records":['
    return start + b"0," * elements + b"0]}," + rest


def test_a_push_is_not_read_before_it_is_known_who_sends_it(stranger):
    body = crowded(stranger, 2_500_000)
    tracemalloc.start()
    try:
        answer = stranger.v6_raw("sync/push", body)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.json()["error"]["legacyServerError"]["code"] == "site_name_not_found"
    assert peak < 6 * len(body)


def test_of_a_site_too_many_records_at_once_are_refused(clinic):
    answer = clinic.v6_raw("sync/push", crowded(clinic, 2_500_000))
    assert answer.status_code == 413
    assert "smaller batches" in answer.json()["error"]["otherServerError"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("queued_records", b'{"queueLength":1,"data":[%s0]}'),
        ("acknowledged_records", b'{"syncIDs":[%s0]}'),
    ],
)
def test_of_a_site_too_many_records_at_once_are_refused_by_v5(clinic, path, body):
    answer = clinic.post(path, body % (b"0," * 2_500_000))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


def test_a_body_that_unfolds_to_what_no_batch_holds_is_refused(stranger):
    stranger.headers["Content-Encoding"] = "gzip"
    packed = gzip.compress(crowded(stranger, 10 * MIB), mtime=0)
    assert stranger.v6_raw("sync/push", packed).status_code == 413


def test_a_batch_that_packs_well_is_taken(clinic):
    records = [
        {"syncOutId": str(n), **upsert("Location", f"L{n}", {"Description": "the same " * 300})}
        for n in range(1500)
    ]
    body = json.dumps({"queueLength": len(records), "data": records}).encode()
    packed = gzip.compress(body, mtime=0)
    assert len(body) > 50 * len(packed)
    clinic.headers["Content-Encoding"] = "gzip"
    assert clinic.post("queued_records", packed).json() == {"integrationStarted": False}


@pytest.mark.parametrize("path", ["sync/pull", "sync/site_status", "sync/patient-pull"])
def test_no_message_but_a_batch_is_large(stranger, path):
    answer = stranger.v6(path, more="x" * MIB)
    assert answer.status_code == 413
    assert "otherServerError" in answer.json()["error"]


@pytest.mark.parametrize("path", ["sync/download_file", "name-store-join"])
def test_no_message_but_a_batch_is_large_at_paths_with_answers_of_their_own(stranger, path):
    assert stranger.v6(path, more="x" * MIB).status_code == 413


def test_no_log_in_is_large(stranger):
    body = json.dumps({"username": "x" * MIB, "password": "y"}).encode()
    answer = stranger.client.generic("POST", "/api/v4/login", body, "application/json")
    assert answer.status_code == 413


def test_the_file_of_a_stranger_is_not_written(stranger, settings, tmp_path):
    # To write it would fail: a file of this size is kept on disk.
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"
    answer = put(stranger, json_part=about(stranger), file_part=large_file())
    assert answer.json()["error"]["legacyServerError"]["code"] == "site_name_not_found"


def test_a_form_that_does_not_begin_by_saying_who_sends_it_is_refused(clinic):
    answer = put(clinic, file_part=large_file(), json_part=about(clinic))
    assert answer.status_code == 400
    assert "json_part" in answer.json()["error"]["otherServerError"]


def about(hand):
    return json.dumps({"file_id": "F1", "sync_v5_settings": hand.settings(), "sync_v6_version": 5})


def large_file():
    return SimpleUploadedFile("photo.jpg", b"x" * 3 * MIB)


def put(hand, **parts):
    body = encode_multipart(BOUNDARY, parts)
    return hand.client.generic("PUT", "/central/sync/upload_file", body, MULTIPART_CONTENT)
