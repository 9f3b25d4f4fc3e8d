"""The V5 client: what a site asks of its mSupply central server, verb by verb (sync-v5.md 3)."""

from collections.abc import Sequence
from typing import TypeVar

import httpx
import msgspec
from msgspec import UNSET

from msupply.sync import clock
from msupply.sync.buffer import Arrived
from msupply.sync.failure import FailureCode, StillIntegrating, SyncFailure
from msupply.sync.here import Here
from msupply.sync.peer import (
    CentralBatch,
    InitialisationStatus,
    QueuedBatch,
    ServerStatus,
    SiteInfo,
)
from msupply.sync.records import WireRecord
from msupply.sync.site_orders import NO_ORDERS
from msupply.wire import client_http, errors, messages
from msupply.wire.client_http import Session
from msupply.wire.elements import read_each
from msupply.wire.parts import Parts
from msupply.wire.taken_apart import value_at

Message = TypeVar("Message")

_CODES: dict[str, FailureCode] = {
    errors.Code.SITE_NAME_NOT_FOUND: FailureCode.SITE_NAME_NOT_FOUND,
    errors.Code.SITE_INCORRECT_PASSWORD: FailureCode.INCORRECT_PASSWORD,
    errors.Code.SITE_INCORRECT_HARDWARE_ID: FailureCode.HARDWARE_ID_MISMATCH,
    errors.Code.SITE_HAS_NO_STORE: FailureCode.SITE_HAS_NO_STORE,
    errors.Code.SITE_AUTH_TIMEOUT: FailureCode.SITE_AUTH_TIMEOUT,
    errors.Code.API_VERSION_INCOMPATIBLE: FailureCode.API_VERSION_INCOMPATIBLE,
    errors.Code.SERVER_BUSY: FailureCode.SERVER_UNAVAILABLE,
}
_BUSY = {"sync_is_running", "integration_in_progress", "initialisation_in_progress"}


class LegacyClient:
    """The mSupply central server as a site sees it; implements `sync.peer.LegacyServer`."""

    def __init__(self, here: Here, transport: httpx.BaseTransport | None = None) -> None:
        url = client_http.server_url(here.central_url)
        # Paths are absolute: a path in the configured address is dropped.
        self._root = httpx.URL(url).copy_with(path="/", query=None, fragment=None)
        self.session = Session(
            str(self._root),
            {
                "msupply-site-uuid": here.hardware_id,
                "app-version": client_http.APP_VERSION,
                "app-name": client_http.APP_NAME,
                "version": str(client_http.V5_VERSION),
                client_http.ORDERS_HEADER: "1",
            },
            client_http.basic_credentials(here),
            transport,
        )
        self._parts = Parts()

    @property
    def batch_limit(self) -> int | None:
        """How many records the server takes and gives at once, None where it did not say."""
        return self.session.batch_limit

    def close(self) -> None:
        """Close the connection."""
        self.session.close()

    def site_info(self) -> SiteInfo:
        """Ask who this site is. A server that knows no such question is no central server."""
        # By the second: what is left of the way here is less than clocks may differ.
        response = self._send("GET", "site", headers={client_http.CLOCK_HEADER: clock.now_text()})
        speaks_v5 = response.is_success or errors.read_v5(response.content)
        is_away = client_http.code_of(response) is FailureCode.SERVER_UNAVAILABLE
        if not (speaks_v5 or is_away) and response.status_code < 500:
            text = client_http.excerpt(response)
            raise SyncFailure(FailureCode.NOT_A_CENTRAL_SERVER, text)
        _refuse_errors(response)
        try:
            info = client_http.decode(response, messages.SiteInfo)
        except SyncFailure as failure:
            raise SyncFailure(FailureCode.NOT_A_CENTRAL_SERVER, failure.detail) from None
        return SiteInfo(
            uuid=info.id,
            site_id=info.site_id,
            initialisation_status=InitialisationStatus(info.initialisation_status),
            is_oms_central=info.is_om_supply_central_server,
            oms_central_url=info.om_supply_central_server_url,
            central_site_id=info.m_supply_central_site_id,
            orders=info.msupply or NO_ORDERS,
            clock_ahead=client_http.clock_ahead(response),
        )

    def status(self) -> ServerStatus:
        """Ask whether the server is done; one of our own tells in `data` how much is left."""
        status = self._ask("GET", "site_status", messages.SiteStatus)
        left = status.data or ""
        remaining = int(left) if left.isascii() and left.isdigit() else None
        return ServerStatus(status.code == "idle", remaining)

    def initialise(self) -> int:
        """Have the queue filled with everything of this site; return its length."""
        return self._ask("POST", "initialise", messages.QueueLength, b"{}").queue_length

    def central_records(self, after: int, limit: int) -> CentralBatch:
        """Read the central log."""
        params = {"cursor": str(after), "limit": str(limit)} | self._additions()
        answer, elements = self._list("central_records", messages.CentralRecords, params)
        if not elements:
            last = answer.data[-1].id if answer.data else None
            return CentralBatch([_arrived(r) for r in answer.data], last, answer.max_cursor)
        found = read_each(elements, lambda raw: [_arrived(_read(raw, messages.CentralRecord))])
        ids = (value_at(element, ("ID",)) for element in elements)
        last = max((place for place in ids if isinstance(place, int)), default=None)
        return CentralBatch(found.records, last, answer.max_cursor, found.unreadable)

    def queued_records(self, limit: int, after: str | None = None) -> QueuedBatch:
        """Read the head of this site's queue, or what stands behind the entry `after`."""
        params = {"limit": str(limit)} | self._additions()
        if after is not None:
            params["after"] = after
        answer, elements = self._list("queued_records", messages.QueuedRecords, params)
        if not elements:
            ids = [record.sync_out_id for record in answer.data]
            return QueuedBatch([_arrived(r) for r in answer.data], ids, answer.queue_length)
        found = read_each(elements, lambda raw: [_arrived(_read(raw, messages.QueuedRecord))])
        places = (value_at(element, ("syncOutId",)) for element in elements)
        ids = [str(place) for place in places if place is not None]
        return QueuedBatch(found.records, ids, answer.queue_length, found.unreadable)

    def _additions(self) -> dict[str, str]:
        """Return what is said to servers of this kind alone (docs/protocol/v5.md 4.3)."""
        return {"deletes": "apart"} if self.batch_limit else {}

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Have records removed from the queue."""

        def send(part: list[bytes], _: bool) -> None:
            body = b'{"syncIDs":[%b]}' % b",".join(part)
            _refuse_errors(self._send("POST", "acknowledged_records", body))

        self._parts.send([messages.encode(sync_id) for sync_id in ids], send)

    def push(self, waiting: int, records: Sequence[WireRecord]) -> list[WireRecord]:
        """Send records, in more than one request where one would be too large.

        Returns those that are too large even alone.
        """
        if not records:
            # Of a whole batch nothing can be said; nothing at all would be the end of the push.
            return []

        def send(part: list[bytes], _: bool) -> None:
            nonlocal waiting
            self._push(waiting, part)
            waiting = max(waiting - len(part), 0)

        refused = self._parts.send([_record(record) for record in records], send)
        return [records[place] for place in refused]

    def end_push(self, unsent: int) -> None:
        """Have everything pushed integrated; `unsent` records could not be sent in this cycle."""
        headers = {client_http.UNSENT_HEADER: str(unsent)} if unsent else {}
        if not self._push(0, [], headers).integration_started:
            text = "queued_records: the server did not start to integrate (IntegrationNotStarted)"
            raise SyncFailure(FailureCode.UNKNOWN, text)

    def _push(
        self, waiting: int, part: list[bytes], headers: dict[str, str] | None = None
    ) -> messages.PushAnswer:
        body = b'{"queueLength":%d,"data":[%b]}' % (waiting, b",".join(part))
        response = self._send("POST", "queued_records", body, headers=headers)
        _refuse_errors(response)
        return client_http.decode(response, messages.PushAnswer)

    def _ask(
        self,
        method: str,
        verb: str,
        kind: type[Message],
        body: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> Message:
        response = self._send(method, verb, body, params)
        _refuse_errors(response)
        return client_http.decode(response, kind)

    def _list(
        self, verb: str, kind: type[Message], params: dict[str, str]
    ) -> tuple[Message, list[bytes]]:
        response = self._send("GET", verb, params=params)
        _refuse_errors(response)
        return client_http.decode_list(response, kind, ("data",))

    def _send(
        self,
        method: str,
        verb: str,
        body: bytes | None = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        url = str(self._root.join(f"/sync/v5/{verb}"))
        return self.session.request(method, url, body=body, params=params, headers=headers)


def failure_code(code: str | None) -> FailureCode:
    """Return what a legacy server's error code means to a site."""
    return _CODES.get(code or "", FailureCode.UNKNOWN)


def _record(record: WireRecord) -> bytes:
    return msgspec.json.encode(
        {
            "syncOutId": str(record.cursor),
            "tableName": record.table,
            "recordId": record.record_id,
            "action": _action(record),
            "recordData": record.data,
        }
    )


def _action(record: WireRecord) -> str:
    if record.is_merge:
        return "Merge"
    return "Delete" if record.data is None else "Update"


def _read(raw: bytes, kind: type[Message]) -> Message:
    return msgspec.json.decode(raw, type=kind)


def _arrived(record: messages.CentralRecord | messages.QueuedRecord) -> Arrived:
    data = record.record_data
    raw = b"{}" if data is UNSET else bytes(data)
    return Arrived(record.table_name, record.record_id, record.action, raw)


def _refuse_errors(response: httpx.Response) -> None:
    if response.is_success:
        return
    client_http.refuse_size(response)
    error = errors.read_v5(response.content)
    if error is None:
        raise SyncFailure(client_http.code_of(response), client_http.excerpt(response))
    if error.code in _BUSY:
        raise StillIntegrating(FailureCode.UNKNOWN, error.message)
    raise SyncFailure(failure_code(error.code), f"{error.message} ({error.code})")
