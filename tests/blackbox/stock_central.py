"""A stock legacy central server and Open mSupply central in one, played from the references.

It answers with small batches, plain bodies and no header beyond the usual ones, and remembers
every request. Tests change its answers by path.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.blackbox import country, modern_country

Record = dict[str, Any]

SITE_NUMBER = 12
SITE_NAME = "clinic-north"
PASSWORD = "tide-42"
WIRE_HASH = hashlib.sha256(PASSWORD.encode()).hexdigest()


@dataclass(frozen=True)
class Request:
    """What our client sent."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Answer:
    """What it gets; None as status drops the connection without a word."""

    status: int | None
    content: bytes

    @classmethod
    def of(cls, body: Any, status: int = 200) -> "Answer":
        return cls(status, json.dumps(body).encode())


DROPPED = Answer(None, b"")


def error(code: str, status: int = 401) -> Answer:
    """A V5 error."""
    return Answer.of({"error": {"code": code, "message": f"told {code}", "data": None}}, status)


@dataclass
class StockCentral:
    """The state of both servers."""

    url: str
    site: Record = field(default_factory=dict)
    central: list[Record] = field(default_factory=list)
    queue: list[Record] = field(default_factory=list)
    modern: list[Record] = field(default_factory=list)
    pushed: list[Record] = field(default_factory=list)
    pushed_modern: list[Record] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    changed: dict[str, Callable[[Request], Answer | None]] = field(default_factory=dict)
    status_codes: list[str] = field(default_factory=list)

    def reset(self) -> None:
        """A server with the country's data for one site that is new to it."""
        self.site = {
            "id": "0C9D7A31F2",
            "siteId": SITE_NUMBER,
            "code": "CN",
            "name": SITE_NAME,
            "initialisationStatus": "new",
            "isOmSupplyCentralServer": False,
            "omSupplyCentralServerUrl": self.url,
            "mSupplyCentralSiteId": 1,
        }
        self.central, self.queue, self.modern = [], [], []
        self.add_central(central_data())
        self.add_modern(modern_country.CENTRAL)
        remote = modern_country.remote_data("old", "ST-NOR", "OLD-LOC", "OLD-PAT")
        self.add_modern({t: r for t, r in remote.items() if t != "plugin_data"})
        self.forget()

    def forget(self) -> None:
        """Let what was sent so far be history."""
        self.pushed, self.pushed_modern, self.requests = [], [], []
        self.changed, self.status_codes, self.files = {}, [], {}

    def add_central(self, tables: dict[str, list[Record]]) -> None:
        for table, record in flat(tables):
            number = self.central[-1]["ID"] + 2 if self.central else 7
            self.central.append({"ID": number, **wrapped(table, record, "update")})

    def add_queue(self, tables: dict[str, list[Record]], action: str = "insert") -> None:
        for table, record in flat(tables):
            number = f"Q-{len(self.queue) + 9000}"
            self.queue.append({"syncOutId": number, **wrapped(table, record, action)})

    def add_modern(self, tables: dict[str, list[Record]]) -> None:
        for table, record in flat(tables):
            number = self.modern[-1]["cursor"] + 3 if self.modern else 1
            self.modern.append({"cursor": number, "record": wrapped(table, record, "Update")})

    def paths(self) -> list[str]:
        """Paths of the requests so far."""
        return [request.path for request in self.requests]

    def to(self, path: str, method: str | None = None) -> list[Request]:
        """Requests to one path."""
        asked = [r for r in self.requests if r.path == path]
        return [r for r in asked if method in (None, r.method)]

    # Answers.

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        change = self.changed.get(request.path)
        changed = change(request) if change else None
        if changed is not None:
            return changed
        name = request.path.strip("/").replace("/", "_").replace("-", "_")
        known = getattr(self, f"_{request.method.lower()}_{name}", None)
        return known(request) if known else Answer(404, b"unknown")

    def _get_sync_v5_site(self, request: Request) -> Answer:
        return self._authenticated(request, self.site)

    def _get_sync_v5_site_status(self, request: Request) -> Answer:
        code = self.status_codes.pop(0) if self.status_codes else "idle"
        return self._authenticated(request, {"code": code, "message": "told", "data": None})

    def _post_sync_v5_initialise(self, request: Request) -> Answer:
        self.queue = []
        self.add_queue(country.remote_data("OLD", "ST-NOR", "NM-SUP"))
        self.add_queue({"item_store_join": [country.item_in_store("ISJ-1", "ST-NOR", "OLD-LOC")]})
        self.site["initialisationStatus"] = "completed"
        return self._authenticated(request, {"queueLength": len(self.queue)})

    def _get_sync_v5_central_records(self, request: Request) -> Answer:
        cursor, limit = int(request.query["cursor"]), min(int(request.query["limit"]), 500)
        waiting = [one for one in self.central if one["ID"] > cursor]
        highest = max(self.central[-1]["ID"], cursor)
        return self._authenticated(request, {"maxCursor": highest, "data": waiting[:limit]})

    def _get_sync_v5_queued_records(self, request: Request) -> Answer:
        limit = min(int(request.query["limit"]), 500)
        body = {"queueLength": len(self.queue), "data": self.queue[:limit]}
        return self._authenticated(request, body)

    def _post_sync_v5_acknowledged_records(self, request: Request) -> Answer:
        seen = set(request.json["syncIDs"])
        self.queue = [one for one in self.queue if one["syncOutId"] not in seen]
        return Answer(204, b"")

    def _post_sync_v5_queued_records(self, request: Request) -> Answer:
        self.pushed += request.json["data"]
        return self._authenticated(
            request, {"integrationStarted": request.json["queueLength"] == 0}
        )

    def _post_central_sync_pull(self, request: Request) -> Answer:
        cursor, size = request.json["cursor"], min(request.json["batchSize"], 500)
        waiting = [one for one in self.modern if one["cursor"] >= cursor]
        batch = waiting[:size]
        last = batch[-1] if batch else self.modern[-1]
        return Answer.of(
            {
                "data": {
                    "end_cursor": max(last["cursor"], cursor - 1),
                    "total_records": len(waiting),
                    "is_last_batch": len(waiting) <= size,
                    "records": batch,
                }
            }
        )

    def _post_central_sync_push(self, request: Request) -> Answer:
        records = request.json["batch"]["records"]
        self.pushed_modern += records
        return Answer.of({"data": {"records_pushed": len(records)}})

    def _post_central_sync_site_status(self, request: Request) -> Answer:
        return Answer.of({"data": {"is_integrating": False}})

    def _authenticated(self, request: Request, body: Record) -> Answer:
        pair = base64.b64encode(f"{SITE_NAME}:{WIRE_HASH}".encode()).decode()
        if request.headers["authorization"] != f"Basic {pair}":
            return error("site_incorrect_password")
        return Answer.of(body)


def central_data() -> dict[str, list[Record]]:
    """The country, with what each central server brings by itself."""
    home = country.CENTRAL["currency"][0] | {"ID": "CUR-H", "is_home_currency": True, "rate": 1}
    system = [country.name(f"NM-{c}", c, c, code=c) for c in ("invad", "repack", "build")]
    stores = [store | {"sync_id_remote_site": 13} for store in country.CENTRAL["store"]]
    stores[0]["sync_id_remote_site"] = SITE_NUMBER
    return country.CENTRAL | {
        "currency": [home, *country.CENTRAL["currency"]],
        "name": [*system, *country.CENTRAL["name"]],
        "store": stores,
    }


def flat(tables: dict[str, list[Record]]) -> Iterator[tuple[str, Record]]:
    for table, records in tables.items():
        for record in records:
            yield table, record


def wrapped(table: str, record: Record, action: str) -> Record:
    record_id = record.get("ID") or record["id"]
    wrapper = {"tableName": table, "recordId": record_id, "action": action}
    return wrapper if action == "delete" else wrapper | {"recordData": record}


@contextmanager
def playing(port: int) -> Iterator[StockCentral]:
    """Serve while the block runs."""
    central = StockCentral(f"http://127.0.0.1:{port}")
    central.reset()
    server = ThreadingHTTPServer(("127.0.0.1", port), handler_of(central))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield central
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def handler_of(central: StockCentral) -> type[BaseHTTPRequestHandler]:
    """A request handler that asks this server for answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            url = urlsplit(self.path)
            query = {key: values[-1] for key, values in parse_qs(url.query).items()}
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            if "chunked" in self.headers.get("transfer-encoding", ""):
                content = b"".join(self._chunks())
            request = Request(self.command, url.path, query, self.headers, content)
            answer = central.answer(request)
            if answer.status is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = respond  # noqa: N815

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def log_message(self, *arguments: Any) -> None:
            """Keep the test's output clean."""

    return Handler
