"""A stock remote site (app 2.20.0), played from the protocol references with nothing but HTTP.

It keeps what it received per table, as the app does after integrating, and remembers every entry
of its last cycle for tests to look at.
"""

import base64
import hashlib
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.blackbox import wire_rules

Record = dict[str, Any]
Tables = dict[str, list[Record]]

INT32 = 2**31


def wire_hash(password: str) -> str:
    """What a site keeps and sends of its password."""
    return hashlib.sha256(password.encode()).hexdigest()


@dataclass
class Received:
    """The entries of one cycle, in the order of arrival."""

    central: list[Record] = field(default_factory=list)
    queue: list[Record] = field(default_factory=list)
    modern: list[Record] = field(default_factory=list)

    def legacy(self) -> list[Record]:
        """Records by V5, without removals."""
        return [e for e in [*self.central, *self.queue] if e["action"] != "delete"]

    def of(self, table: str) -> list[str]:
        """Ids of this table's records, from any channel."""
        entries = [*self.central, *self.queue, *self.modern]
        return [entry["recordId"] for entry in entries if entry["tableName"] == table]

    def data(self, record_id: str) -> Record:
        """The one record of this id by V5."""
        entries = [e for e in [*self.central, *self.queue] if e["recordId"] == record_id]
        assert len(entries) == 1, f"{record_id}: {len(entries)} entries"
        return dict(entries[0]["recordData"])

    def modern_data(self, table: str, record_id: str) -> Record:
        """The one record of this id by V6."""
        entries = [e for e in self.modern if (e["tableName"], e["recordId"]) == (table, record_id)]
        assert len(entries) == 1, f"{table} {record_id}: {len(entries)} entries"
        return dict(entries[0]["recordData"])


class StockSite:
    """A stock app of one site. `close` it at the end."""

    def __init__(self, base: str, name: str, password: str, hardware_id: str) -> None:
        self.base, self.name, self.password, self.hardware_id = base, name, password, hardware_id
        self.http = httpx.Client(base_url=base, timeout=120)
        self._install()

    def _install(self) -> None:
        self.central_cursor = self.modern_cursor = self.push_cursor = 0
        self.initialised = False
        self.tables: dict[str, dict[str, Record]] = defaultdict(dict)
        self.last = Received()

    def close(self) -> None:
        self.http.close()

    # Requests, letter by letter.

    def headers(self, **changed: str) -> dict[str, str]:
        pair = f"{self.name}:{wire_hash(self.password)}"
        headers = {
            "authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "msupply-site-uuid": self.hardware_id,
            "app-version": "2.20.0",
            "app-name": "Open mSupply Desktop",
            "version": "14",
            "accept-encoding": "gzip",
        }
        return headers | changed

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(f"/sync/v5/{path}", params=query or None, headers=self.headers())

    def post(self, path: str, body: Any) -> httpx.Response:
        """POST JSON text without any content type, as the app does."""
        text = json.dumps(body).encode()
        return self.http.post(f"/sync/v5/{path}", content=text, headers=self.headers())

    def settings(self, **changed: str) -> dict[str, str]:
        settings = {
            "serverUrl": self.base,
            "username": self.name,
            "passwordSha256": wire_hash(self.password),
            "siteUuid": self.hardware_id,
            "appVersion": "2.20.0",
            "appName": "Open mSupply Desktop",
            "syncVersion": "14",
        }
        return settings | changed

    def modern(self, endpoint: str, **body: Any) -> httpx.Response:
        """POST to the V6 server; what is given replaces the usual envelope's keys."""
        envelope = {"syncV6Version": 5, "syncV5Settings": self.settings()} | body
        return self.http.post(f"/central/sync/{endpoint}", json=envelope)

    def upload(self, file_id: str, file_name: str, content: bytes) -> httpx.Response:
        described = {
            "file_id": file_id,
            "sync_v5_settings": self.settings(),
            "sync_v6_version": 5,
        }
        parts: Any = {
            "json_part": (None, json.dumps(described), "application/json"),
            "file_part": (file_name, content),
        }
        return self.http.put("/central/sync/upload_file", files=parts)

    def download(self, file_id: str, table: str, record_id: str) -> httpx.Response:
        return self.modern("download_file", id=file_id, tableName=table, recordId=record_id)

    # The cycle.

    def initialise(self) -> Received:
        """The first cycle, or the one of a re-installed site."""
        self._install()
        assert self.get("site").status_code == 200
        answer = self.post("initialise", {})
        assert answer.status_code == 200, answer.text
        assert isinstance(answer.json()["queueLength"], int)
        return self._pull()

    def cycle(self, push: Tables | None = None, push_modern: Tables | None = None) -> Received:
        """An ordinary cycle; records to push are given in pushed form."""
        assert self.get("site").status_code == 200
        if push_modern:
            self.push_modern(entries_of(push_modern, "Update"))
        self.wait_modern()
        self.push(entries_of(push or {}, "Update"))
        return self._pull()

    def delete(self, table: str, record_id: str) -> Received:
        """A cycle that pushes a removal by V5."""
        self.push([entry(table, record_id, "Delete", None)])
        return self._pull()

    def push(self, entries: list[Record], batch_size: int = 1024) -> None:
        """Push by V5, end with the empty request and wait until the server is idle."""
        left = len(entries)
        for start in range(0, len(entries), batch_size):
            batch = entries[start : start + batch_size]
            self._push_batch(left, batch)
            left -= len(batch)
        final = self._push_batch(0, [])
        assert final["integrationStarted"] is True
        self._wait(lambda: self.get("site_status").json()["code"] == "idle")

    def push_raw(self, data: Tables, **raw: str) -> None:
        """Push by V5, with some texts replaced by what is no text, letter by letter."""
        entries = entries_of(data, "Update")
        numbered = [{"syncOutId": str(n), **one} for n, one in enumerate(entries, 1)]
        body = {"queueLength": len(entries), "data": numbered}
        answer = self.http.post(
            "/sync/v5/queued_records", content=_replaced(body, raw), headers=self.headers()
        )
        assert answer.status_code == 200, answer.text
        self.push([])

    def push_modern_raw(self, data: Tables, **raw: str) -> None:
        """Push by V6 likewise."""
        entries = entries_of(data, "Update")
        records = [{"cursor": n, "record": one} for n, one in enumerate(entries, 1)]
        batch = {"end_cursor": len(records), "total_records": len(records), "is_last_batch": True}
        envelope = {"syncV6Version": 5, "syncV5Settings": self.settings()}
        content = _replaced(envelope | {"batch": batch | {"records": records}}, raw)
        headers = {"content-type": "application/json"}
        answer = self.http.post("/central/sync/push", content=content, headers=headers)
        assert answer.json() == {"data": {"records_pushed": len(records)}}, answer.text
        self.wait_modern()

    def _push_batch(self, left: int, batch: list[Record]) -> Record:
        numbered = []
        for record in batch:
            self.push_cursor += 1
            numbered.append({"syncOutId": str(self.push_cursor), **record})
        answer = self.post("queued_records", {"queueLength": left, "data": numbered})
        assert answer.status_code == 200, answer.text
        body: Record = answer.json()
        assert isinstance(body["integrationStarted"], bool)
        return body

    def push_modern(self, entries: list[Record]) -> None:
        """Push by V6 in one last batch."""
        records = []
        for record in entries:
            self.push_cursor += 1
            records.append({"cursor": self.push_cursor, "record": record})
        batch = {
            "end_cursor": self.push_cursor,
            "total_records": len(records),
            "is_last_batch": True,
            "records": records,
        }
        answer = self.modern("push", batch=batch)
        assert answer.json() == {"data": {"records_pushed": len(records)}}, answer.text
        self.wait_modern()

    def wait_modern(self) -> None:
        """Wait until the V6 server has integrated what this site pushed."""

        def idle() -> bool:
            answer = self.modern("site_status")
            return not answer.json()["data"]["is_integrating"]

        self._wait(idle)

    @staticmethod
    def _wait(idle: Any) -> None:
        deadline = time.monotonic() + 30
        while not idle():
            assert time.monotonic() < deadline, "still integrating after 30 s"
            time.sleep(0.05)

    def _pull(self) -> Received:
        self.last = Received()
        self._pull_central()
        self._pull_queue()
        self._pull_modern()
        self._integrate()
        self.initialised = True
        return self.last

    def _pull_central(self) -> None:
        for _ in range(1000):
            answer = self.get("central_records", cursor=self.central_cursor, limit=500)
            assert answer.status_code == 200, answer.text
            body = wire_rules.read(answer.content)
            assert self.central_cursor <= body["maxCursor"] < INT32
            entries = body.get("data", [])
            assert len(entries) <= 500
            ids = [entry["ID"] for entry in entries]
            assert ids == sorted(set(ids))
            assert all(self.central_cursor < i < INT32 for i in ids)
            self.last.central += entries
            if entries:
                self.central_cursor = ids[-1]
            elif self.central_cursor >= body["maxCursor"]:
                return
            else:
                raise AssertionError("a stock site would crawl to maxCursor one by one")
        raise AssertionError("central_records never ends")

    def _pull_queue(self) -> None:
        for _ in range(1000):
            answer = self.get("queued_records", limit=500)
            assert answer.status_code == 200, answer.text
            body = wire_rules.read(answer.content)
            entries = body.get("data", [])
            assert body["queueLength"] >= len(entries) <= 500
            if not entries:
                return
            self.last.queue += entries
            ids = [entry["syncOutId"] for entry in entries]
            assert all(isinstance(one, str) for one in ids)
            assert self.post("acknowledged_records", {"syncIDs": ids}).is_success
        raise AssertionError("queued_records never ends")

    def _pull_modern(self) -> None:
        for _ in range(1000):
            body = {"cursor": self.modern_cursor, "batchSize": 500}
            answer = self.modern("pull", **body, isInitialised=self.initialised)
            assert answer.status_code == 200, answer.text
            batch = wire_rules.read(answer.content)["data"]
            check_batch(batch, self.modern_cursor)
            self.last.modern += [one["record"] for one in batch["records"]]
            self.modern_cursor = batch["end_cursor"] + 1
            if batch["is_last_batch"]:
                return
        raise AssertionError("pull never ends")

    def _integrate(self) -> None:
        for one in [*self.last.central, *self.last.queue, *self.last.modern]:
            table = self.tables[one["tableName"]]
            if one["action"].lower() == "delete":
                table.pop(one["recordId"], None)
            else:
                table[one["recordId"]] = one["recordData"]


def _replaced(body: Record, raw: dict[str, str]) -> bytes:
    text = json.dumps(body)
    for name, value in raw.items():
        text = text.replace(json.dumps(name), value)
    return text.encode()


def check_batch(batch: Record, cursor: int) -> None:
    """The rules of a V6 batch that keep a stock site from looping or skipping."""
    assert set(batch) >= {"end_cursor", "total_records", "is_last_batch", "records"}
    cursors = [one["cursor"] for one in batch["records"]]
    assert cursors == sorted(set(cursors))
    assert len(cursors) <= 500
    assert batch["end_cursor"] >= max([cursor - 1, *cursors])
    assert all(cursor <= one for one in cursors)
    assert batch["end_cursor"] < INT32
    assert batch["total_records"] >= len(cursors)
    assert batch["is_last_batch"] is (batch["total_records"] <= 500)
    assert all(one["record"]["action"] in ("Update", "Delete") for one in batch["records"])


def entry(table: str, record_id: str, action: str, data: Record | None) -> Record:
    """A record on its way to the server."""
    return {"tableName": table, "recordId": record_id, "action": action, "recordData": data}


def entries_of(tables: Tables, action: str) -> list[Record]:
    """The records of these tables as entries to push."""
    return [
        entry(table, record.get("ID") or record["id"], action, record)
        for table, records in tables.items()
        for record in records
    ]


def pushed_form(tables: Tables) -> Tables:
    """V5 records as a stock app pushes them."""
    return {
        table: [wire_rules.pushed(table, record) for record in records]
        for table, records in tables.items()
    }
