"""Files of a site: when they are uploaded, how they go on after a break, how they are fetched."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.db import connection as default_connection

from msupply.records.files import SyncFileReference
from msupply.sync import cursors, here
from msupply.sync.clock import now
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.models import ChangelogModern
from msupply.wire import client_http, file_store, file_transfer, v6_file_client
from tests.sync_cycle.little_server import Answer, json_answer, little_server

CONTENT = bytes(range(256)) * 40
IDLE = {"data": {"is_integrating": False}}
DONE = {"data": None}
STATUS = SyncFileReference.Status


@pytest.fixture
def server(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(client_http, "CONNECT_SECONDS", (0.2, 0.2, 0.2))
    settings.FILES = tmp_path / "files"
    with little_server() as server:
        server.answers = [json_answer(DONE)]
        yield server


@pytest.fixture
def remote(db, server):
    here.change(
        default_connection,
        central_url=server.url,
        oms_central_url=server.url,
        site_name="north",
        password_hash="5e" * 32,
        hardware_id="machine-1",
        initialised=True,
    )
    return default_connection


@pytest.fixture
def attached(remote):
    """A file that a user has attached, of which the central server knows the reference."""
    reference = SyncFileReference.objects.create(
        id="file-1",
        table_name="asset",
        record_id="asset-1",
        file_name="lamp.jpg",
        total_bytes=len(CONTENT),
        created_datetime=now(),
        direction=SyncFileReference.Direction.UPLOAD,
    )
    file_store.save(reference, [CONTENT])
    cursors.set_to(remote, cursors.PUSH_V6, 10_000)
    return reference


@pytest.fixture
def elsewhere(remote):
    """A file of which only the reference is here."""
    return SyncFileReference.objects.create(
        id="file-2",
        table_name="asset",
        record_id="asset-1",
        file_name="manual.pdf",
        total_bytes=len(CONTENT),
        created_datetime=now(),
    )


def stored(reference):
    return SyncFileReference.objects.get(id=reference.id)


def file_part(request):
    """The bytes of a form's file part, and its JSON part."""
    boundary = re.search("boundary=(.*)", request.headers["content-type"])[1].encode()
    parts = {}
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        parts[re.search(rb'name="(\w+)"', head)[1].decode()] = (head, content)
    assert b"application/json" in parts["json_part"][0]
    assert b"filename=" in parts["file_part"][0]
    return parts["file_part"][1], json.loads(parts["json_part"][1])


def ours(received=None, **headers):
    """An answer of one of our own servers."""
    named = {"msupply_batch_limit": "5000", **headers}
    if received is not None:
        named["msupply_received"] = str(received)
    return json_answer(DONE, **named)


def test_a_stock_server_gets_the_whole_file_in_one_form(remote, attached, server):
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    assert file_transfer.upload_next(remote)
    request = server.requests[-1]
    assert (request.method, request.path) == ("PUT", "/central/sync/upload_file")
    content, about = file_part(request)
    assert content == CONTENT
    assert about["file_id"] == "file-1"
    assert about["sync_v6_version"] == 5
    assert about["sync_v5_settings"]["siteUuid"] == "machine-1"
    assert "content-range" not in request.headers
    assert stored(attached).status == STATUS.DONE
    assert stored(attached).uploaded_bytes == len(CONTENT)


def test_an_upload_changes_nothing_that_must_be_pushed(remote, attached, server):
    before = list(ChangelogModern.objects.values_list("cursor"))
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    file_transfer.upload_next(remote)
    assert list(ChangelogModern.objects.values_list("cursor")) == before


def test_our_own_server_gets_a_large_file_in_parts(remote, attached, server, monkeypatch):
    monkeypatch.setattr(v6_file_client, "PART_BYTES", 4000)
    idle = json_answer(IDLE, msupply_batch_limit="5000")
    server.answers = [idle, ours(0), ours(4000), ours(8000), ours(len(CONTENT))]
    assert file_transfer.upload_next(remote)
    ranges = [request.headers.get("content-range") for request in server.requests]
    total = len(CONTENT)
    assert ranges == [
        None,
        f"bytes */{total}",
        f"bytes 0-3999/{total}",
        f"bytes 4000-7999/{total}",
        f"bytes 8000-{total - 1}/{total}",
    ]
    sent = b"".join(file_part(request)[0] for request in server.requests[2:])
    assert sent == CONTENT
    sums = {request.headers["msupply-sha256"] for request in server.requests[1:]}
    assert sums == {hashlib.sha256(CONTENT).hexdigest()}


def test_an_upload_goes_on_where_the_server_is(remote, attached, server, monkeypatch):
    monkeypatch.setattr(v6_file_client, "PART_BYTES", 4000)
    idle = json_answer(IDLE, msupply_batch_limit="5000")
    server.answers = [idle, ours(8000), ours(len(CONTENT))]
    assert file_transfer.upload_next(remote)
    assert file_part(server.requests[-1])[0] == CONTENT[8000:]


def test_a_server_that_keeps_nothing_is_given_up(remote, attached, server, monkeypatch):
    monkeypatch.setattr(v6_file_client, "PART_BYTES", 4000)
    server.answers = [json_answer(IDLE, msupply_batch_limit="5000"), ours(0)]
    assert not file_transfer.upload_next(remote)
    assert stored(attached).status == STATUS.ERROR


class NarrowServer:
    """One of our own servers behind a proxy that refuses bodies over a limit."""

    def __init__(self, limit):
        self.limit, self.kept, self.refused = limit, b"", 0

    def answer(self, request):
        if request.path.endswith("site_status"):
            return json_answer(IDLE, msupply_batch_limit="5000")
        if len(request.body) > self.limit:
            self.refused += 1
            return Answer(b"<html>nginx</html>", 413)
        content, _ = file_part(request)
        found = re.match(r"bytes (\d+)-", request.headers.get("content-range", ""))
        assert "content-range" in request.headers
        if found:
            assert int(found[1]) == len(self.kept)
            self.kept += content
        return ours(len(self.kept))


@pytest.mark.parametrize("part_bytes", [20_000, 6_000])
def test_a_proxy_that_refuses_the_parts_gets_smaller_ones(
    remote, attached, server, monkeypatch, part_bytes
):
    monkeypatch.setattr(v6_file_client, "PART_BYTES", part_bytes)
    monkeypatch.setattr(v6_file_client, "LEAST_PART_BYTES", 500)
    narrow = NarrowServer(3_000)
    server.answer = narrow.answer
    assert file_transfer.upload_next(remote)
    assert narrow.kept == CONTENT
    assert narrow.refused <= 3
    assert stored(attached).status == STATUS.DONE


@pytest.mark.parametrize("narrow", ["ours", "stock"])
def test_a_proxy_that_takes_no_file_is_named(remote, attached, server, narrow):
    if narrow == "ours":
        server.answer = NarrowServer(1_000).answer
    else:
        server.answers = [json_answer(IDLE), Answer(b"<html>nginx</html>", 413)]
    assert not file_transfer.upload_next(remote)
    row = stored(attached)
    assert row.status == STATUS.PERMANENT_FAILURE
    assert row.error.startswith("FILE_TOO_LARGE: upload_file: 0.0 MB are refused")
    assert "HTTP 413" in row.error


def test_a_file_waits_until_its_reference_has_been_pushed(remote, attached, server):
    cursors.set_to(remote, cursors.PUSH_V6, 0)
    assert not file_transfer.upload_next(remote)
    assert server.requests == []


@pytest.mark.parametrize(("retries", "minutes"), [(0, 15), (1, 30), (2, 60), (3, 60), (100, 60)])
def test_a_failed_upload_is_tried_again_later(remote, attached, server, retries, minutes):
    SyncFileReference.objects.update(retries=retries)
    server.answers = [Answer(b"broken", 500)]
    assert not file_transfer.upload_next(remote)
    found = stored(attached)
    assert found.status == STATUS.ERROR
    assert found.retries == retries + 1
    assert abs(found.retry_at - now() - timedelta(minutes=minutes)) < timedelta(seconds=20)
    assert found.error
    count = len(server.requests)
    assert not file_transfer.upload_next(remote)
    assert len(server.requests) == count


def test_a_reference_that_is_not_integrated_yet_is_tried_soon(remote, attached, server):
    server.answers = [json_answer(IDLE), json_answer({"error": {"syncFileNotFound": "file-1"}})]
    assert not file_transfer.upload_next(remote)
    wait = stored(attached).retry_at - now()
    assert timedelta(seconds=40) < wait <= timedelta(seconds=60)


def test_a_due_retry_is_made(remote, attached, server):
    SyncFileReference.objects.update(
        status=STATUS.ERROR, retries=3, retry_at=now() - timedelta(seconds=1)
    )
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    assert file_transfer.upload_next(remote)
    assert stored(attached).error is None


def away(server):
    """Let no answer come, as when there is no line."""
    server.answers = [Answer(b"", 200, cut_at=0)]


def test_without_an_answer_a_file_is_never_given_up(remote, attached, server):
    SyncFileReference.objects.update(retries=167)
    away(server)
    assert not file_transfer.upload_next(remote)
    found = stored(attached)
    assert (found.status, found.retries) == (STATUS.ERROR, 167)
    assert timedelta(minutes=50) < found.retry_at - now() <= timedelta(minutes=60)


def test_a_cycle_that_goes_well_lets_it_be_tried_at_once(remote, attached, server):
    away(server)
    assert not file_transfer.upload_next(remote)
    file_transfer.line_is_back(remote)
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    assert file_transfer.upload_next(remote)


def test_a_cycle_that_goes_well_does_not_hurry_what_the_server_could_not_take(
    remote, attached, server
):
    server.answers = [Answer(b"broken", 500)]
    assert not file_transfer.upload_next(remote)
    file_transfer.line_is_back(remote)
    count = len(server.requests)
    assert not file_transfer.upload_next(remote)
    assert len(server.requests) == count


def test_a_server_that_fails_for_weeks_is_asked_hourly_for_ever(remote, attached, server):
    SyncFileReference.objects.update(retries=5000)
    server.answers = [Answer(b"broken", 500)]
    assert not file_transfer.upload_next(remote)
    assert stored(attached).status == STATUS.ERROR


@pytest.mark.parametrize("status", [400, 413])
def test_an_answer_that_will_not_change_ends_it_until_somebody_asks_for_more(
    remote, attached, server, status
):
    server.answers = [json_answer(IDLE), Answer(b"no", status)]
    assert not file_transfer.upload_next(remote)
    assert stored(attached).status == STATUS.PERMANENT_FAILURE
    assert not file_transfer.upload_next(remote)
    assert file_transfer.waiting(remote) == file_transfer.Waiting(waiting=0, refused=1)
    assert file_transfer.retry_all(remote) == 1
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    assert file_transfer.upload_next(remote)
    assert file_transfer.waiting(remote) == file_transfer.Waiting(waiting=0, refused=0)


def test_a_retry_that_a_wrong_clock_has_put_off_for_years_is_made(remote, attached, server):
    SyncFileReference.objects.update(status=STATUS.ERROR, retry_at=now() + timedelta(days=3650))
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    assert file_transfer.upload_next(remote)


def test_an_upload_that_a_crash_interrupted_is_taken_up(remote, attached, server):
    SyncFileReference.objects.update(status=STATUS.IN_PROGRESS)
    server.answers = [json_answer(IDLE), json_answer(DONE)]
    assert file_transfer.upload_next(remote)


@pytest.mark.parametrize(
    "values",
    [
        {"deleted_datetime": "2025-01-01 00:00:00"},
        {"direction": SyncFileReference.Direction.DOWNLOAD},
        {"status": STATUS.DONE},
        {"status": STATUS.PERMANENT_FAILURE},
    ],
)
def test_other_files_are_not_uploaded(remote, attached, server, values):
    SyncFileReference.objects.update(**values)
    cursors.set_to(remote, cursors.PUSH_V6, 20_000)
    assert not file_transfer.upload_next(remote)
    assert server.requests == []


def test_a_missing_file_is_told(remote, attached, server):
    file_store.path_of(attached).unlink()
    assert not file_transfer.upload_next(remote)
    assert "missing" in stored(attached).error


def whole(**headers):
    return Answer(CONTENT, 200, {"Content-Disposition": "inline", **headers})


SHA256 = {"msupply-sha256": hashlib.sha256(CONTENT).hexdigest()}


def rest(start):
    total = len(CONTENT)
    place = {"Content-Range": f"bytes {start}-{total - 1}/{total}"}
    return Answer(CONTENT[start:], 206, {**SHA256, **place})


def test_a_file_is_fetched_when_it_is_wanted(remote, elsewhere, server):
    server.answers = [whole()]
    path = file_transfer.fetch_file(remote, elsewhere)
    assert path.read_bytes() == CONTENT
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/central/sync/download_file")
    body = json.loads(request.body)
    assert (body["id"], body["tableName"], body["recordId"]) == ("file-2", "asset", "asset-1")
    assert stored(elsewhere).status == STATUS.DONE
    assert stored(elsewhere).downloaded_bytes == len(CONTENT)


def test_a_file_is_fetched_once(remote, elsewhere, server):
    server.answers = [whole()]
    file_transfer.fetch_file(remote, elsewhere)
    file_transfer.fetch_file(remote, elsewhere)
    assert len(server.requests) == 1


def test_a_broken_download_goes_on_where_it_was(remote, elsewhere, server):
    cut = whole(**SHA256)
    cut.cut_at = len(cut.encode()) - 3000
    server.answers = [cut, rest(len(CONTENT) - 3000)]
    path = file_transfer.fetch_file(remote, elsewhere)
    assert path.read_bytes() == CONTENT
    assert server.requests[1].headers["range"] == f"bytes={len(CONTENT) - 3000}-"


def test_the_next_attempt_goes_on_too(remote, elsewhere, server):
    cut = whole(**SHA256)
    cut.cut_at = len(cut.encode()) - 3000
    nothing = Answer(b"", 206, SHA256, cut_at=0)
    server.answers = [cut, nothing, nothing, rest(len(CONTENT) - 3000)]
    with pytest.raises(SyncFailure) as caught:
        file_transfer.fetch_file(remote, elsewhere)
    assert caught.value.code is FailureCode.CONNECTION_ERROR
    assert stored(elsewhere).status == STATUS.ERROR
    assert file_transfer.fetch_file(remote, elsewhere).read_bytes() == CONTENT


def test_a_broken_download_from_a_stock_server_starts_anew(remote, elsewhere, server):
    cut = whole()
    cut.cut_at = len(cut.encode()) - 3000
    server.answers = [cut, whole()]
    assert file_transfer.fetch_file(remote, elsewhere).read_bytes() == CONTENT
    assert "range" not in server.requests[1].headers


def test_a_damaged_file_is_fetched_again(remote, elsewhere, server):
    bad = Answer(b"x" * len(CONTENT), 200, SHA256)
    server.answers = [bad, whole(**SHA256)]
    assert file_transfer.fetch_file(remote, elsewhere).read_bytes() == CONTENT


def test_a_file_of_another_size_is_not_taken(remote, elsewhere, server):
    server.answers = [Answer(b"short")]
    with pytest.raises(SyncFailure):
        file_transfer.fetch_file(remote, elsewhere)
    assert not file_store.is_here(elsewhere)


def test_a_part_of_something_else_is_dropped(remote, elsewhere, server):
    file_store.save_part(elsewhere, 0, [b"y" * 500], len(CONTENT), "0" * 64)
    server.answers = [Answer(b"", 416, {}), whole(**SHA256)]
    assert file_transfer.fetch_file(remote, elsewhere).read_bytes() == CONTENT


def test_a_file_that_has_not_been_uploaded_is_told(remote, elsewhere, server):
    server.answers = [json_answer({"otherServerError": "File not found"}, 500)]
    with pytest.raises(SyncFailure) as caught:
        file_transfer.fetch_file(remote, elsewhere)
    assert "File not found" in caught.value.detail
