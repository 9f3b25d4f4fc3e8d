"""The V6 client: what a site asks of the Open mSupply central server (sync-v6.md 5 to 9)."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urljoin

import httpx
import msgspec

from msupply.sync.buffer import Arrived
from msupply.sync.failure import FailureCode, StillIntegrating, SyncFailure
from msupply.sync.here import Here
from msupply.sync.peer import ModernBatch, ServerStatus
from msupply.sync.records import WireRecord
from msupply.wire import client_http, errors, messages
from msupply.wire.client_http import V6_VERSION, Session
from msupply.wire.elements import UNREADABLE, read_each
from msupply.wire.parts import Parts
from msupply.wire.taken_apart import NotTakenApart, take_apart
from msupply.wire.v5_client import failure_code

Message = TypeVar("Message")

_TAGS = {
    "notACentralServer": FailureCode.NOT_A_CENTRAL_SERVER,
    "syncVersionMismatch": FailureCode.V6_API_VERSION_INCOMPATIBLE,
}
JSON_HEADERS = {"Content-Type": "application/json"}


class UnknownFile(SyncFailure):
    """The server does not know a file, or not yet."""


class ModernClient:
    """The Open mSupply central server as a site sees it; implements `sync.peer.ModernServer`."""

    def __init__(self, here: Here, url: str, transport: httpx.BaseTransport | None = None) -> None:
        try:
            base = client_http.server_url(url)
        except SyncFailure:
            text = f"the mSupply central server names the address {url!r}"
            raise SyncFailure(FailureCode.CENTRAL_V6_NOT_CONFIGURED, text) from None
        self.root = urljoin(base, "central/sync/")
        self.join_url = urljoin(base, "/central/name-store-join")
        self.session = Session(base, transport=transport)
        self.settings = site_settings(here)
        self._parts = Parts()

    @property
    def batch_limit(self) -> int | None:
        """How many records the server takes and gives at once, None where it did not say."""
        return self.session.batch_limit

    def close(self) -> None:
        """Close the connection."""
        self.session.close()

    def status(self) -> ServerStatus:
        """Ask whether the server is done with what this site pushed."""
        request = messages.StatusRequest(self.settings, V6_VERSION)
        status = self._ask("site_status", messages.encode(request), messages.Integrating)
        return ServerStatus(not status.is_integrating, status.remaining)

    def push(
        self, waiting: int, end: int, records: Sequence[WireRecord], *, last: bool
    ) -> list[WireRecord]:
        """Send records, in more than one request where one would be too large.

        Returns those that are too large even alone.
        """
        settings = messages.encode(self.settings)

        def send(part: list[bytes], is_last: bool) -> None:
            nonlocal waiting
            body = (
                b'{"batch":{"end_cursor":%d,"total_records":%d,"is_last_batch":%b,"records":[%b]},'
                b'"syncV6Version":%d,"syncV5Settings":%b}'
            ) % (
                end,
                max(waiting, len(part)),
                b"true" if last and is_last else b"false",
                b",".join(part),
                V6_VERSION,
                settings,
            )
            self._ask("push", body, messages.PushedRecords)
            waiting -= len(part)

        refused = self._parts.send([_change(record) for record in records], send)
        return [records[place] for place in refused]

    def pull(self, cursor: int, limit: int, *, initialised: bool) -> ModernBatch:
        """Read the V6 log from `cursor` on."""
        request = messages.PullRequest(cursor, limit, self.settings, initialised, V6_VERSION)
        return self._batch("pull", messages.encode(request))

    def pull_patient(self, cursor: int, limit: int, patient_id: str) -> ModernBatch:
        """Read what the V6 log holds about one patient from `cursor` on."""
        request = messages.PatientPullRequest(cursor, limit, patient_id, self.settings, V6_VERSION)
        return self._batch("patient-pull", messages.encode(request))

    def join_name_to_store(self, join_id: str, name_id: str, store_id: str) -> None:
        """Tell the server that a patient is visible in a store now (sync-v6.md 9)."""
        body = messages.NameStoreJoinRequest(join_id, name_id, store_id, self.settings)
        response = self.session.request(
            "POST", self.join_url, body=messages.encode(body), headers=JSON_HEADERS
        )
        if response.status_code == httpx.codes.METHOD_NOT_ALLOWED:
            raise _not_central(response)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise SyncFailure(FailureCode.INCORRECT_PASSWORD, client_http.excerpt(response))
        if not response.is_success:
            raise SyncFailure(FailureCode.UNKNOWN, client_http.excerpt(response))

    def _batch(self, verb: str, body: bytes) -> ModernBatch:
        response = self.session.request(
            "POST", urljoin(self.root, verb), body=body, headers=JSON_HEADERS
        )
        return read_batch(response)

    def _ask(self, verb: str, body: bytes, kind: type[Message]) -> Message:
        response = self.session.request(
            "POST", urljoin(self.root, verb), body=body, headers=JSON_HEADERS
        )
        return read_answer(response, kind)


def site_settings(here: Here) -> messages.SiteSettings:
    """Return the block by which this site says who it is (sync-v6.md 3)."""
    return messages.SiteSettings(
        server_url=here.central_url,
        username=here.site_name,
        password_sha256=here.password_hash,
        site_uuid=here.hardware_id,
        app_version=client_http.APP_VERSION,
        app_name=client_http.APP_NAME,
        sync_version=str(client_http.V5_VERSION),
    )


def read_answer(response: httpx.Response, kind: type[Message]) -> Message:
    """Return the data of an answer. Raises SyncFailure for an error, whatever the status."""
    _refuse(response)
    try:
        return _data(response, response.content, kind)
    except UNREADABLE as error:
        raise _unreadable(response, error) from None


def read_batch(response: httpx.Response) -> ModernBatch:
    """Return the batch of an answer. Raises SyncFailure as `read_answer` does."""
    _refuse(response)
    try:
        return _whole(_data(response, response.content, messages.Batch))
    except UNREADABLE as error:
        try:
            apart = take_apart(response.content, ("data", "records"))
            frame = _data(response, apart.frame, messages.Batch)
        except (NotTakenApart, *UNREADABLE):
            raise _unreadable(response, error) from None
    found = read_each(apart.elements, _read)
    return ModernBatch(
        found.records, frame.end_cursor, frame.total_records, frame.is_last_batch, found.unreadable
    )


def _refuse(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.METHOD_NOT_ALLOWED:
        raise _not_central(response)
    client_http.refuse_size(response)


def _data(response: httpx.Response, content: bytes, kind: type[Message]) -> Message:
    answer = msgspec.json.decode(content, type=messages.ModernAnswer)
    if isinstance(answer.error, msgspec.Raw):
        raise read_error(bytes(answer.error), client_http.code_of(response))
    if isinstance(answer.data, msgspec.Raw):
        return msgspec.json.decode(answer.data, type=kind)
    raise SyncFailure(FailureCode.UNKNOWN, client_http.excerpt(response))


def _unreadable(response: httpx.Response, error: Exception) -> SyncFailure:
    text = f"{client_http.excerpt(response)}: the answer cannot be read: {error}"
    return SyncFailure(client_http.code_of(response), text)


def read_error(body: bytes, usual: FailureCode = FailureCode.UNKNOWN) -> SyncFailure:
    """Return the failure that a V6 error means (sync-v6.md 5, 13); `usual` if it says nothing."""
    error = errors.read_v6(body)
    if error is None:
        return SyncFailure(FailureCode.UNKNOWN, f"unknown error {body[:300]!r}")
    if error.tag == "integrationInProgress":
        return StillIntegrating(FailureCode.UNKNOWN, "the server still integrates what was sent")
    if error.tag == "syncFileNotFound":
        return UnknownFile(FailureCode.UNKNOWN, f"the server knows no file {error.text} yet")
    if error.tag == "legacyServerError":
        return SyncFailure(failure_code(error.code), f"{error.text} ({error.code})")
    text = f"{error.text} ({error.tag})"
    if error.tag == "syncVersionMismatch":
        text = f"versions accepted there (from, to) and this site's: {error.text}"
    return SyncFailure(_TAGS.get(error.tag, usual), text)


def _not_central(response: httpx.Response) -> SyncFailure:
    return SyncFailure(FailureCode.NOT_A_CENTRAL_SERVER, client_http.excerpt(response))


def _change(record: WireRecord) -> bytes:
    return msgspec.json.encode(
        {
            "cursor": record.cursor,
            "record": {
                "tableName": record.table,
                "recordId": record.record_id,
                "action": "Delete" if record.data is None else "Update",
                "recordData": record.data,
            },
        }
    )


def _whole(batch: messages.Batch) -> ModernBatch:
    records = [_arrived(change.record) for change in batch.records]
    return ModernBatch(records, batch.end_cursor, batch.total_records, batch.is_last_batch)


def _read(raw: bytes) -> list[Arrived]:
    return [_arrived(msgspec.json.decode(raw, type=messages.ModernChange).record)]


def _arrived(record: messages.ModernRecord) -> Arrived:
    return Arrived(record.table_name, record.record_id, record.action, bytes(record.record_data))
