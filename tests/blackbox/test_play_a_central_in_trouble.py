"""Central servers that refuse, break off or talk nonsense, played to a remote site of ours.

Each test runs commands of its own, so all of it is slow; the everyday cycle is in
`test_play_a_central.py`.
"""

import email
import json
import time
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tests.blackbox import country, modern_country
from tests.blackbox.played_site import (
    Initialised,
    after_initialisation,
    edit,
    init_site,
    initialised,
    rows,
    sync,
    told,
)
from tests.blackbox.processes import free_port, msupply, serving
from tests.blackbox.stock_central import DROPPED, WIRE_HASH, Answer, Request, StockCentral, error

__all__ = ["initialised"]

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the site of this test lies."""
    return tmp_path / "site"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Where a site that isn't set up yet will lie."""
    return tmp_path / "new"


@pytest.fixture
def central(initialised: Initialised, data: Path) -> StockCentral:
    """The server of the initialised site that lies in `data`."""
    return after_initialisation(initialised, data)


def test_initialising_waits_where_the_server_still_prepares(
    central: StockCentral, new: Path
) -> None:
    central.reset()
    central.site["initialisationStatus"] = "started"
    run = init_site(new, central)
    assert run.returncode == 0, run.stdout + run.stderr
    assert central.to("/sync/v5/initialise") == []
    assert central.to("/sync/v5/site_status")


def test_an_interrupted_initialisation_resumes_without_preparing_again(
    central: StockCentral, new: Path
) -> None:
    central.reset()
    central.changed["/central/sync/pull"] = lambda _: Answer(500, b"out of order")
    assert init_site(new, central).returncode == 1
    assert central.queue == []
    central.forget()
    assert sync(new).returncode == 0
    assert central.to("/sync/v5/initialise") == []
    cursors = [int(r.query["cursor"]) for r in central.to("/sync/v5/central_records")]
    assert min(cursors) == central.central[-1]["ID"]
    assert rows(new, "SELECT count(*) FROM invoice_line") == [(1,)]


@pytest.mark.parametrize(
    "code",
    [
        "site_name_not_found",
        "site_incorrect_password",
        "site_incorrect_hardware_id",
        "site_has_no_store",
        "site_auth_timeout",
        "api_version_incompatible",
        "something_new",
    ],
)
def test_a_refused_configuration_is_told_and_nothing_is_saved(
    central: StockCentral, new: Path, code: str
) -> None:
    central.changed["/sync/v5/site"] = lambda _: error(code)
    run = init_site(new, central)
    assert run.returncode == 1
    assert told(run)
    assert central.paths()[-1] == "/sync/v5/site"
    again = msupply(new, "sync")
    assert again.returncode == 1
    assert told(again)


def test_a_wrong_password_is_called_by_its_name(central: StockCentral, new: Path) -> None:
    run = init_site(new, central, password="guessed")
    assert run.returncode == 1
    assert "password" in told(run).lower()


CYCLE_ERRORS: dict[str, tuple[str, Answer, str]] = {
    "v6 version": (
        "/central/sync/pull",
        Answer.of({"error": {"syncVersionMismatch": [6, 7, 5]}}),
        "version",
    ),
    "v6 integration": ("/central/sync/pull", Answer.of({"error": "integrationInProgress"}), ""),
    "v6 other": (
        "/central/sync/pull",
        Answer.of({"error": {"otherServerError": "out of paper"}}),
        "out of paper",
    ),
    "v6 legacy error": (
        "/central/sync/site_status",
        Answer.of(
            {"error": {"legacyServerError": {"code": "site_has_no_store", "message": "none"}}}
        ),
        "store",
    ),
    "no central server": ("/central/sync/site_status", Answer(405, b"not central"), "central"),
    "v6 nonsense": ("/central/sync/pull", Answer(200, b"<html>"), ""),
    "v5 nonsense": ("/sync/v5/central_records", Answer(200, b"<html>"), ""),
    "v5 plain error": ("/sync/v5/queued_records", Answer(502, b"bad gateway"), ""),
    "v5 in use": ("/sync/v5/site", error("sync_is_running", 503), "sync_is_running"),
    "hardware": ("/sync/v5/site", error("site_incorrect_hardware_id"), ""),
    "dropped": ("/sync/v5/central_records", DROPPED, ""),
    "status refused": ("/sync/v5/site_status", error("site_incorrect_password"), "password"),
}


@pytest.mark.parametrize("kind", CYCLE_ERRORS)
def test_a_failed_cycle_tells_why_and_the_next_one_recovers(
    central: StockCentral, data: Path, kind: str
) -> None:
    path, answer, words = CYCLE_ERRORS[kind]
    edit(data, "UPDATE location SET name = 'Top shelf' WHERE id = 'OLD-LOC'")
    central.changed[path] = lambda _: answer
    run = sync(data)
    assert run.returncode == 1
    assert words.lower() in told(run).lower()
    central.changed.clear()
    assert sync(data).returncode == 0
    assert {one["recordId"] for one in central.pushed} == {"OLD-LOC"}


def test_a_last_push_that_starts_no_integration_fails_the_cycle(
    central: StockCentral, data: Path
) -> None:
    central.changed["/sync/v5/queued_records"] = lambda _: Answer.of({"integrationStarted": False})
    run = sync(data)
    assert run.returncode == 1
    assert told(run)
    assert central.to("/sync/v5/central_records") == []


@pytest.mark.parametrize("url", ["", "no url"])
def test_without_a_v6_address_nothing_is_pushed_or_pulled(
    central: StockCentral, data: Path, url: str
) -> None:
    central.site["omSupplyCentralServerUrl"] = url
    run = sync(data)
    assert run.returncode == 1
    assert told(run)
    assert set(central.paths()) == {"/sync/v5/site"}


def test_a_server_that_is_down_is_told(central: StockCentral, data: Path) -> None:
    central.site["omSupplyCentralServerUrl"] = f"http://127.0.0.1:{free_port()}"
    run = sync(data)
    assert run.returncode == 1
    assert told(run)
    assert central.to("/sync/v5/queued_records", "POST") == []


def test_another_site_under_the_same_name_is_not_mixed_in(
    central: StockCentral, data: Path
) -> None:
    central.site["id"] = "ANOTHER"
    run = init_site(data, central)
    assert run.returncode == 1
    assert told(run)


def test_a_connection_dropped_once_is_tried_again(central: StockCentral, data: Path) -> None:
    edit(data, "UPDATE location SET name = 'Top shelf' WHERE id = 'OLD-LOC'")
    dropped: list[str] = []

    def first(request: Request) -> Answer | None:
        if request.path in dropped:
            return None
        dropped.append(request.path)
        return Answer(408, b"")

    for path in ("/sync/v5/site", "/sync/v5/central_records", "/central/sync/pull"):
        central.changed[path] = first
    assert sync(data).returncode == 0
    assert len(dropped) == 3


def test_what_was_pushed_when_the_answer_got_lost_is_pushed_again(
    central: StockCentral, data: Path
) -> None:
    edit(data, "UPDATE location SET name = 'Top shelf' WHERE id = 'OLD-LOC'")

    def lost(request: Request) -> Answer | None:
        if request.method == "POST":
            central.pushed += request.json["data"]
            return DROPPED
        return None

    central.changed["/sync/v5/queued_records"] = lost
    assert sync(data).returncode == 1
    central.changed.clear()
    assert sync(data).returncode == 0
    assert {one["recordId"] for one in central.pushed} == {"OLD-LOC"}
    assert len(central.pushed) >= 2


def test_an_unacknowledged_batch_is_stored_once(central: StockCentral, data: Path) -> None:
    central.queue = []
    central.add_queue({"Location": [country.location("NEW-1", "ST-NOR")]})
    central.changed["/sync/v5/acknowledged_records"] = lambda _: DROPPED
    assert sync(data).returncode == 1
    assert len(central.queue) == 1
    central.changed.clear()
    assert sync(data).returncode == 0
    assert rows(data, "SELECT count(*) FROM location WHERE id = 'NEW-1'") == [(1,)]


def test_a_record_comes_in_when_its_parent_arrives(central: StockCentral, data: Path) -> None:
    invoice = country.invoice("NEW-TR", "ST-NOR", "NM-SUP")
    line = country.invoice_line("NEW-TL", "NEW-TR", "OLD-SL", "OLD-LOC")
    for tables in ({"trans_line": [line]}, {"transact": [invoice]}):
        central.queue = []
        central.add_queue(tables)
        assert sync(data).returncode == 0
    assert rows(data, "SELECT count(*) FROM invoice_line WHERE id = 'NEW-TL'") == [(1,)]


def multipart(request: Request) -> dict[str, Any]:
    kind = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    form = email.message_from_bytes(kind + request.content)
    parts = form.get_payload()
    assert isinstance(parts, list)
    messages = [part for part in parts if isinstance(part, Message)]
    return {str(one.get_param("name", header="content-disposition")): one for one in messages}


def test_a_photo_is_uploaded_in_two_parts(central: StockCentral, data: Path) -> None:
    columns = "id, table_name, record_id, file_name, mime_type, total_bytes, created_datetime"
    counters = "uploaded_bytes, downloaded_bytes, retries, direction, status"
    edit(
        data,
        f"INSERT INTO sync_file_reference ({columns}, {counters}) "
        "VALUES ('ph-1', 'asset', 'old-asset', 'lamp.jpg', 'image/jpeg', 5, "
        "'2025-06-10 11:05:00', 0, 0, 0, 'UPLOAD', 'NEW')",
    )
    photo = data / "files" / "asset" / "old-asset" / "ph-1_lamp.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"\xff\xd8photo"[:5])
    uploaded: list[Request] = []

    def take(request: Request) -> Answer:
        uploaded.append(request)
        return Answer.of({"data": None})

    central.changed["/central/sync/upload_file"] = take
    with serving(data, free_port()):
        wait_for(uploaded)
    sent = [one["record"] for one in central.pushed_modern]
    assert sent == [
        {
            "tableName": "sync_file_reference",
            "recordId": "ph-1",
            "action": "Update",
            "recordData": modern_country.file_reference("ph-1", "old-asset", 5),
        }
    ]
    request = uploaded[0]
    assert request.method == "PUT"
    parts = multipart(request)
    assert set(parts) == {"json_part", "file_part"}
    assert parts["json_part"].get_content_type() == "application/json"
    described = json.loads(parts["json_part"].get_payload(decode=True))
    assert set(described) == {"file_id", "sync_v5_settings", "sync_v6_version"}
    assert (described["file_id"], described["sync_v6_version"]) == ("ph-1", 5)
    assert described["sync_v5_settings"]["passwordSha256"] == WIRE_HASH
    assert parts["file_part"].get_filename()
    assert parts["file_part"].get_payload(decode=True) == b"\xff\xd8pho"


def wait_for(uploaded: list[Request]) -> None:
    deadline = time.monotonic() + 40
    while not uploaded:
        assert time.monotonic() < deadline, "no upload"
        time.sleep(0.1)
