"""A script that uses nothing but HTTP plays a remote site against a running server."""

import base64
import gzip
import hashlib
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.cluster.instances import PASSWORD, Instance, run

HASH = hashlib.sha256(PASSWORD.encode()).hexdigest()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running central server that knows the site `script`."""
    central = Instance(tmp_path_factory.mktemp("script") / "central")
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", "admin",
        "--password", "secret-12", "--store", "CMS=Central")  # fmt: skip
    run("site", "add", "script", "--data", central.data, "--password", PASSWORD,
        "--store", "SCR=Script")  # fmt: skip
    run("site", "add", "racer", "--data", central.data, "--password", PASSWORD,
        "--store", "RAC=Racer")  # fmt: skip
    central.start()
    yield central
    central.kill()


class Script:
    """What a script needs: one HTTP connection, its headers and its settings block."""

    def __init__(self, url: str, name: str = "script", machine: str = "machine-1") -> None:
        pair = base64.b64encode(f"{name}:{HASH}".encode()).decode()
        headers = {
            "Authorization": f"Basic {pair}",
            "msupply-site-uuid": machine,
            "app-version": "2.20.0",
            "app-name": "Open mSupply Desktop",
            "version": "14",
        }
        self.v5 = httpx.Client(base_url=f"{url}/sync/v5/", headers=headers, timeout=60)
        self.v6 = httpx.Client(base_url=f"{url}/central/sync/", timeout=60)
        self.settings = {
            "serverUrl": url,
            "username": name,
            "passwordSha256": HASH,
            "siteUuid": machine,
            "appVersion": "2.20.0",
            "appName": "Open mSupply Desktop",
            "syncVersion": "14",
        }

    def close(self) -> None:
        self.v5.close()
        self.v6.close()

    def ask_v6(self, verb: str, **body: object) -> dict[str, Any]:
        body |= {"syncV5Settings": self.settings, "syncV6Version": 5}
        answer = self.v6.post(verb, json=body)
        assert answer.status_code == 200, answer.text
        message: dict[str, dict[str, Any]] = answer.json()
        assert "data" in message, answer.text
        return message["data"]

    def pull_central(self) -> list[dict]:
        cursor = 0
        found: list[dict] = []
        while True:
            batch = self.v5.get("central_records", params={"cursor": cursor, "limit": 20}).json()
            if not batch.get("data"):
                assert batch["maxCursor"] <= cursor
                return found
            found += batch["data"]
            cursor = found[-1]["ID"]

    def pull_queue(self) -> list[dict]:
        found: list[dict] = []
        while True:
            batch = self.v5.get("queued_records", params={"limit": 20}).json()
            if not batch.get("data"):
                return found
            assert batch["queueLength"] >= len(batch["data"])
            found += batch["data"]
            ids = [entry["syncOutId"] for entry in batch["data"]]
            answer = self.v5.post("acknowledged_records", content=json.dumps({"syncIDs": ids}))
            assert answer.is_success

    def push(self, *records: dict) -> None:
        entries = [{"syncOutId": str(n)} | record for n, record in enumerate(records, 1)]
        body = {"queueLength": len(entries), "data": entries}
        assert self.v5.post("queued_records", content=json.dumps(body)).is_success
        final = self.v5.post("queued_records", content='{"queueLength":0,"data":[]}')
        assert final.json() == {"integrationStarted": True}
        self._wait(lambda: self.v5.get("site_status").json()["code"] == "idle")

    def pull_v6(self, *, initialised: bool = False) -> list[dict]:
        cursor = 0
        found: list[dict] = []
        while True:
            batch = self.ask_v6("pull", cursor=cursor, batchSize=20, isInitialised=initialised)
            found += [change["record"] for change in batch["records"]]
            assert batch["end_cursor"] >= cursor - 1
            cursor = batch["end_cursor"] + 1
            if batch["is_last_batch"]:
                return found

    def push_v6(self, *records: dict) -> None:
        changes = [{"cursor": n, "record": record} for n, record in enumerate(records, 1)]
        batch = {
            "end_cursor": len(changes),
            "total_records": len(changes),
            "is_last_batch": True,
            "records": changes,
        }
        assert self.ask_v6("push", batch=batch) == {"records_pushed": len(records)}
        self._wait(lambda: not self.ask_v6("site_status")["is_integrating"])

    def _wait(self, done) -> None:
        deadline = time.monotonic() + 30
        while not done():
            assert time.monotonic() < deadline, "the server does not become idle"
            time.sleep(0.1)


@pytest.fixture
def script(server):
    script = Script(server.url)
    yield script
    script.close()


def upsert(table: str, data: dict) -> dict:
    record_id = data.get("ID") or data.get("id")
    return {"tableName": table, "recordId": record_id, "action": "Update", "recordData": data}


def test_a_script_initialises_and_works_as_a_site(script):
    site = script.v5.get("site").json()
    assert site["name"] == "script"
    assert script.v5.post("initialise", content="{}").json()["queueLength"] >= 0

    central = script.pull_central()
    stores = [r["recordData"] for r in central if r["tableName"] == "store"]
    (own,) = [store for store in stores if store["sync_id_remote_site"] == site["siteId"]]
    tables = {record["tableName"] for record in central}
    assert tables >= {"currency", "unit", "name", "store", "options", "user"}
    script.pull_queue()
    script.pull_v6()

    location = {
        "ID": str(uuid.uuid4()),
        "Description": "Shelf",
        "code": "S1",
        "hold": False,
        "store_ID": own["ID"],
        "type_ID": None,
        "Volume": 0.0,
    }
    script.push(upsert("Location", location))
    # Its own change does not come back, unless it starts anew.
    assert script.pull_queue() == []
    script.v5.post("initialise", content="{}")
    assert location["ID"] in [entry["recordId"] for entry in script.pull_queue()]


def test_a_script_pushes_an_asset_with_a_photo_and_fetches_it(script, server):
    stores = [r["recordData"] for r in script.pull_central() if r["tableName"] == "store"]
    (store,) = [s["ID"] for s in stores if s["code"] == "SCR"]
    asset, file = str(uuid.uuid4()), str(uuid.uuid4())
    photo = bytes(range(256)) * 4_000
    script.push_v6(
        upsert(
            "asset",
            {
                "id": asset,
                "store_id": store,
                "created_datetime": "2025-03-01T08:15:00",
                "modified_datetime": "2025-03-02T09:00:00",
            },
        ),
        upsert(
            "sync_file_reference",
            {
                "id": file,
                "table_name": "asset",
                "record_id": asset,
                "file_name": "lamp.jpg",
                "mime_type": "image/jpeg",
                "total_bytes": len(photo),
                "created_datetime": "2025-06-10T11:05:00",
                "deleted_datetime": None,
            },
        ),
    )
    about = {"file_id": file, "sync_v5_settings": script.settings, "sync_v6_version": 5}
    form = {
        "json_part": (None, json.dumps(about), "application/json"),
        "file_part": ("lamp.jpg", photo),
    }
    assert script.v6.put("upload_file", files=form).json() == {"data": None}
    wanted = {"id": file, "tableName": "asset", "recordId": asset}
    answer = script.v6.post(
        "download_file",
        json=wanted | {"syncV5Settings": script.settings, "syncV6Version": 5},
    )
    assert answer.content == photo
    # The reference comes once more to everybody, the asset does not come back to its site.
    pulled = {record["recordId"] for record in script.pull_v6(initialised=True)}
    assert file in pulled
    assert asset not in pulled
    assert asset in {record["recordId"] for record in script.pull_v6()}


def test_a_body_without_announced_length_is_read(script):
    def chunks():
        yield b'{"queueLength":0,'
        yield b'"data":[]}'

    answer = script.v5.post("queued_records", content=chunks())
    assert answer.json() == {"integrationStarted": True}


def test_a_form_without_announced_length_is_read(script):
    about = {"file_id": "no", "sync_v5_settings": script.settings, "sync_v6_version": 5}
    request = script.v6.build_request(
        "PUT",
        "upload_file",
        files={"json_part": (None, json.dumps(about), "application/json"), "file_part": ("a", b"")},
    )
    body = request.read()
    kind = {"Content-Type": request.headers["Content-Type"]}
    answer = script.v6.put("upload_file", content=iter([body[:100], body[100:]]), headers=kind)
    assert answer.json() == {"error": {"syncFileNotFound": "no"}}


def test_bodies_are_compressed_both_ways(script):
    script.v5.headers["Accept-Encoding"] = "gzip"
    answer = script.v5.get("central_records", params={"cursor": 0})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["data"]
    answer = script.v5.post(
        "queued_records",
        content=gzip.compress(b'{"queueLength":0,"data":[]}'),
        headers={"Content-Encoding": "gzip"},
    )
    assert answer.json() == {"integrationStarted": True}


def test_a_refused_request_leaves_the_connection_usable(script):
    oversized = b" " * (65 * 1024 * 1024)
    answer = script.v5.post("queued_records", content=oversized)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"
    assert script.v5.get("site").status_code == 200


def test_of_machines_that_come_at_once_one_is_bound(server):
    scripts = [Script(server.url, "racer", f"machine-{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda script: script.v5.get("site"), scripts))
    for script in scripts:
        script.close()
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
