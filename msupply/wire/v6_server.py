"""The V6 API of the Open mSupply central server (sync-v6.md 5 to 9); files are in v6_files.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection as default_connection
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from msgspec import Raw

from msupply.sync import buffer, changelog, cursors, routing
from msupply.sync import here as instance
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.declare.wire import Direction
from msupply.sync.here import Here
from msupply.sync.records import WireRecord, render
from msupply.sync.routing import Change
from msupply.wire import credentials, messages, pushed, site_cycles, waiting
from msupply.wire.client_http import BATCH_LIMIT_HEADER
from msupply.wire.elements import UNREADABLE
from msupply.wire.errors import Code, ModernError, WireError
from msupply.wire.messages import Batch, ModernChange, ModernRecord
from msupply.wire.server_http import (
    BODY_LIMIT,
    View,
    address,
    apart_or_refuse,
    decode,
    guard,
    not_served_here,
    read_body,
    refuse_crowds,
    respond,
)
from msupply.wire.taken_apart import MOST_MARKS_OF_STRANGERS
from msupply.wire.v5_server import HIGHEST_LIMIT

# Counting stops here: beyond it what is left is an estimate from cursors.
COUNT_WINDOW = 10_000
# A site that nothing is for is led past this many changes of others at once.
IDLE_STEP = 1_000
_LARGEST_CURSOR = 2**62

# These answer with their HTTP status as well; every other handled error is a 200.
_BY_STATUS = frozenset(
    {
        Code.BAD_REQUEST,
        Code.BODY_TOO_LARGE,
        Code.METHOD_NOT_ALLOWED,
        Code.NOT_FOUND,
        Code.SERVER_BUSY,
        Code.INTERNAL_ERROR,
    }
)


@dataclass(frozen=True)
class Call:
    """One authenticated request of a site."""

    request: HttpRequest
    connection: BaseDatabaseWrapper
    here: Here
    site_id: int

    def answer(self, data: object) -> HttpResponse:
        """Answer with data."""
        response = respond(self.request, messages.encode({"data": data}))
        response[BATCH_LIMIT_HEADER] = str(HIGHEST_LIMIT)
        return response

    def refuse_while_integrating(self) -> None:
        """Raise ModernError while records that this site pushed are being integrated."""
        if waiting.since(self.connection, self.site_id):
            raise ModernError("integrationInProgress")


def endpoint(method: str, serve: Callable[[HttpRequest, Here], HttpResponseBase]) -> View:
    """Return the view of one path."""

    def view(request: HttpRequest) -> HttpResponseBase:
        here = instance.load(default_connection)
        if not here.is_oms_central:
            return not_served_here("This is not an Open mSupply central server.")
        if request.method != method:
            raise WireError(Code.METHOD_NOT_ALLOWED, f"use {method}")
        return serve(request, here)

    def refuse(request: HttpRequest, error: WireError | ModernError) -> HttpResponseBase:
        by_status = isinstance(error, WireError) and error.code in _BY_STATUS
        status = error.status if by_status and isinstance(error, WireError) else 200
        response = respond(request, messages.encode({"error": error.v6()}), status)
        if status == 405:
            response["Allow"] = method
        return response

    return guard(view, refuse)


def authenticate(
    request: HttpRequest, here: Here, settings: messages.SiteSettings, version: int | None
) -> Call:
    """Check the version, then who is calling. Raises ModernError or WireError."""
    lowest, highest = credentials.V6_VERSIONS
    if version is not None and not lowest <= version <= highest:
        raise ModernError("syncVersionMismatch", [lowest, highest, version])
    claim = credentials.settings_claim(settings, address(request))
    connection: BaseDatabaseWrapper = default_connection
    return Call(request, connection, here, credentials.verify_caller(connection, here, claim))


def _json(kind: Any, handler: Callable[[Call, Any], HttpResponseBase]) -> View:
    """Return the view of a path that takes one kind of message."""

    def serve(request: HttpRequest, here: Here) -> HttpResponseBase:
        message = decode(read_body(request), kind)
        call = authenticate(request, here, message.sync_v5_settings, message.sync_v6_version)
        return handler(call, message)

    return endpoint("POST", serve)


def _pull(call: Call, wanted: messages.PullRequest) -> HttpResponseBase:
    call.refuse_while_integrating()
    after, size = _start(wanted.cursor), _size(wanted.batch_size)
    if after < 0 and not wanted.is_initialised:
        waiting.finish_leftovers(call.connection, call.site_id)
    head = changelog.head(call.connection, Channel.MODERN)
    # A site that starts anew gets back what it once sent; later never again.
    resend_up_to = 0 if wanted.is_initialised else head
    reader = routing.reader_for(call.connection, call.here, call.site_id, resend_up_to)
    changes = routing.read(call.connection, Channel.MODERN, reader, after, head, size + 1)
    total = len(changes)
    if total > size:
        total = routing.count(call.connection, Channel.MODERN, reader, after, head, COUNT_WINDOW)
    return call.answer(_batch(call, changes[:size], max(total, len(changes)), after, head))


def _patient_pull(call: Call, wanted: messages.PatientPullRequest) -> HttpResponseBase:
    call.refuse_while_integrating()
    if "\0" in wanted.fetch_patient_id:
        raise WireError(Code.BAD_REQUEST, "fetchPatientId has no NUL character")
    after, size = _start(wanted.cursor), _size(wanted.batch_size)
    head = changelog.head(call.connection, Channel.MODERN)
    changes = routing.about_patient(
        call.connection,
        Channel.MODERN,
        routing.reader_for(call.connection, call.here, call.site_id),
        wanted.fetch_patient_id,
        after,
        head,
        COUNT_WINDOW,
    )
    return call.answer(_batch(call, changes[:size], len(changes), after, head))


def _start(cursor: int) -> int:
    """Return the cursor after which to read; the wire names the first one wanted."""
    if cursor < 0:
        raise WireError(Code.BAD_REQUEST, "cursor must not be negative")
    return min(cursor, _LARGEST_CURSOR) - 1


def _size(batch_size: int) -> int:
    if batch_size < 1:
        raise WireError(Code.BAD_REQUEST, "batchSize must be 1 or more")
    return min(batch_size, HIGHEST_LIMIT)


def _batch(call: Call, changes: list[Change], total: int, after: int, head: int) -> Batch:
    is_last = total <= len(changes)
    way = Wire.V6, Form.MODERN, Direction.DOWN
    records = render(call.connection, Channel.MODERN, changes, *way)
    site_cycles.exchanged(call.connection, call.site_id, pulled=len(records))
    if not is_last:
        end = changes[-1].cursor
    elif changes:
        end = _end(call, after, head, noted=bool(records))
    else:
        end = _passed_by(call, after, head)
    return Batch(end, total, is_last, [_change(record) for record in records])


def _end(call: Call, after: int, head: int, *, noted: bool) -> int:
    """Return how far the log has been looked at with a last batch, so that the site skips that.

    Integration does not wait for the disk: after a power cut the last cursors are given anew, and
    a site that was told of them would skip other changes. A write of ours does wait, and brings all
    that is older to the disk; `noted` says that there has been one: records given were counted.
    """
    if not noted:
        cursors.set_to(call.connection, cursors.TOLD_V6, head)
    return max(head, after)


def _passed_by(call: Call, after: int, head: int) -> int:
    """Return the end of a batch for which there was nothing to look at.

    The site stays where it was: who has nothing to tell writes nothing, until much has been passed.
    """
    return max(after, 0) if head - after <= IDLE_STEP else _end(call, after, head, noted=False)


def _change(record: WireRecord) -> ModernChange:
    if record.data is None:
        wrapped = ModernRecord(record.table, record.record_id, "Delete")
    else:
        wrapped = ModernRecord(record.table, record.record_id, "Update", record.data)
    return ModernChange(record.cursor, wrapped)


class _Push(msgspec.Struct, rename="camel"):
    """A push whose batch is not looked into before it is known who sends it."""

    batch: Raw
    sync_v5_settings: messages.SiteSettings
    sync_v6_version: int = 0


def _push(request: HttpRequest, here: Here) -> HttpResponseBase:
    body = read_body(request, BODY_LIMIT)
    try:
        message = msgspec.json.decode(body, type=_Push)
        elements = None
    except UNREADABLE as error:
        # So little is looked at that it costs no more when a stranger has sent it.
        apart = apart_or_refuse(body, ("batch", "records"), error, MOST_MARKS_OF_STRANGERS)
        message, elements = decode(apart.frame, _Push), apart.elements
    call = authenticate(request, here, message.sync_v5_settings, message.sync_v6_version)
    call.refuse_while_integrating()
    refuse_crowds(body)
    frame, batch = _read_batch(message.batch, elements)
    with transaction.atomic(using=call.connection.alias):
        pushed.store(call.connection, call.site_id, Wire.V6, batch)
        if frame.is_last_batch and buffer.waiting(call.connection, call.site_id):
            waiting.mark(call.connection, call.site_id)
    count = len(batch.records) + len(batch.unreadable)
    site_cycles.exchanged(call.connection, call.site_id, pushed=count)
    return call.answer(messages.PushedRecords(count))


def _read_batch(raw: Raw, elements: list[bytes] | None) -> tuple[Batch, pushed.Sorted]:
    """Read a batch; of one that was taken apart already the elements are given."""
    if elements is None:
        try:
            batch = msgspec.json.decode(raw, type=Batch)
        except UNREADABLE as error:
            apart = apart_or_refuse(bytes(raw), ("records",), error)
            raw, elements = Raw(apart.frame), apart.elements
        else:
            return batch, pushed.sort_out(pushed.modern(batch.records))
    return decode(raw, Batch), pushed.one_by_one(elements, _read_one)


def _read_one(raw: bytes) -> list[buffer.Arrived]:
    return pushed.modern([msgspec.json.decode(raw, type=ModernChange)])


def _site_status(call: Call, _: messages.StatusRequest) -> HttpResponseBase:
    if waiting.since(call.connection, call.site_id) is None:
        return call.answer(messages.Integrating(is_integrating=False))
    left = buffer.waiting(call.connection, call.site_id)
    return call.answer(messages.Integrating(is_integrating=True, remaining=left))


def _nowhere(request: HttpRequest, here: Here) -> HttpResponseBase:
    raise WireError(Code.NOT_FOUND, "there is no such path in V6")


pull = _json(messages.PullRequest, _pull)
patient_pull = _json(messages.PatientPullRequest, _patient_pull)
site_status = _json(messages.StatusRequest, _site_status)
push = endpoint("POST", _push)
unknown = endpoint("POST", _nowhere)
