"""The V5 API of the mSupply central server (sync-v5.md 3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import msgspec
from django.db import connection as default_connection
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from msgspec import UNSET

from msupply.records.sites import InitialisationStatus, Site
from msupply.sync import buffer, changelog, orders, queue, routing
from msupply.sync import here as instance
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, Wire, registry
from msupply.sync.declare.wire import Direction
from msupply.sync.here import Here
from msupply.sync.models import ChangelogCentral
from msupply.sync.records import WireRecord, render
from msupply.sync.routing import Change, Reader
from msupply.wire import credentials, messages, move_marks, pushed, site_cycles, waiting
from msupply.wire.client_http import (
    BATCH_LIMIT_HEADER,
    CLOCK_HEADER,
    ORDERS_HEADER,
    UNSENT_HEADER,
)
from msupply.wire.elements import UNREADABLE
from msupply.wire.errors import Code, ModernError, WireError
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

# What stock clients ask for, and the most that anybody gets.
USUAL_LIMIT, HIGHEST_LIMIT = 500, 5_000
_LARGEST_CURSOR = 2**63 - 1


@dataclass(frozen=True)
class Exchange:
    """One authenticated request of a site."""

    request: HttpRequest
    connection: BaseDatabaseWrapper
    here: Here
    site: Site

    def answer(self, message: object) -> HttpResponse:
        """Answer with a message."""
        return respond(self.request, messages.encode(message))

    def number(self, name: str, default: int, lowest: int) -> int:
        """Read a number from the query. Raises WireError."""
        text = self.request.GET.get(name, str(default))
        known = text.isascii() and text.isdigit() and len(text) < 20
        if not known or not lowest <= int(text) <= _LARGEST_CURSOR:
            raise WireError(Code.BAD_REQUEST, f"{name} must be a whole number from {lowest} on")
        return int(text)

    @property
    def limit(self) -> int:
        """How many records the site wants at once."""
        return min(self.number("limit", USUAL_LIMIT, 1), HIGHEST_LIMIT)

    @property
    def deletes_apart(self) -> bool:
        """True for our own clients: what is out of use comes as its update and then its delete."""
        return self.request.GET.get("deletes") == "apart"


Handler = Callable[[Exchange], HttpResponseBase]


def endpoint(**handlers: Handler) -> View:
    """Return the view that serves one path: a handler for each method."""

    def view(request: HttpRequest) -> HttpResponseBase:
        connection: BaseDatabaseWrapper = default_connection
        here = instance.load(connection)
        if not here.is_central:
            return not_served_here("This is not an mSupply central server.")
        handler = handlers.get(request.method or "")
        if handler is None:
            raise WireError(Code.METHOD_NOT_ALLOWED, f"use {' or '.join(handlers)}")
        site = credentials.verify_site(connection, _claim(request))
        return handler(Exchange(request, connection, here, site))

    def refuse(request: HttpRequest, error: WireError | ModernError) -> HttpResponseBase:
        assert isinstance(error, WireError)
        response = respond(request, error.v5(), error.status)
        if error.status == 401:
            response["WWW-Authenticate"] = 'Basic realm="msupply"'
        if error.code is Code.METHOD_NOT_ALLOWED:
            response["Allow"] = ", ".join(handlers)
        return response

    return guard(view, refuse)


def _claim(request: HttpRequest) -> credentials.Claim:
    headers = request.headers
    return credentials.basic_claim(
        headers.get("Authorization", ""),
        address(request),
        headers.get("msupply-site-uuid", ""),
        headers.get("version", ""),
        headers.get("app-version", ""),
        headers.get("app-name", ""),
        headers.get(CLOCK_HEADER, ""),
    )


def _site_info(exchange: Exchange) -> HttpResponseBase:
    here, site = exchange.here, exchange.site
    decided = orders.for_site(exchange.connection, here, site.site_id)
    decided = msgspec.structs.replace(
        decided, primary_name=_primary_name(exchange.connection, here)
    )
    decided = move_marks.with_left_stores(exchange.connection, site.site_id, decided)
    if credentials.ON_BEHALF_HEADER not in exchange.request.headers:
        takes_orders = ORDERS_HEADER in exchange.request.headers
        move_marks.told(exchange.connection, site.site_id, decided, takes_orders=takes_orders)
    response = exchange.answer(
        messages.SiteInfo(
            id=site.id,
            site_id=site.site_id,
            code=site.code,
            name=site.name,
            initialisation_status=cast(messages.Initialisation, site.initialisation_status),
            is_om_supply_central_server=site.is_oms_central,
            om_supply_central_server_url=_oms_central_url(exchange.connection, here),
            m_supply_central_site_id=here.site_id or 0,
            msupply=decided,
        )
    )
    response[BATCH_LIMIT_HEADER] = str(HIGHEST_LIMIT)
    return response


def _primary_name(connection: BaseDatabaseWrapper, here: Here) -> str:
    if here.is_primary:
        return ""
    site = Site.objects.using(connection.alias).filter(site_id=here.primary_site_id)
    return site.values_list("name", flat=True).first() or ""


def _oms_central_url(connection: BaseDatabaseWrapper, here: Here) -> str:
    if here.is_oms_central:
        return here.own_url
    ticked = Site.objects.using(connection.alias).filter(is_oms_central=True)
    return ticked.values_list("url", flat=True).first() or ""


def _site_status(exchange: Exchange) -> HttpResponseBase:
    if waiting.since(exchange.connection, exchange.site.site_id):
        left = buffer.waiting(exchange.connection, exchange.site.site_id)
        status = messages.SiteStatus(
            "integration_in_progress", "The records of this site are being integrated", str(left)
        )
    else:
        status = messages.SiteStatus("idle", "Site is idle")
    return exchange.answer(status)


def _initialise(exchange: Exchange) -> HttpResponseBase:
    """Build the site's queue anew.

    The queue is read from the log, so building it is moving a cursor: it is done at once, and
    nobody ever sees it `started`.
    """
    read_body(exchange.request)
    connection, site = exchange.connection, exchange.site
    waiting.finish_leftovers(connection, site.site_id)
    with transaction.atomic(using=connection.alias):
        length = queue.initialise(connection, site.site_id)
        _note_in_use(connection, site)
    return exchange.answer(messages.QueueLength(length))


def _central_records(exchange: Exchange) -> HttpResponseBase:
    connection, limit = exchange.connection, exchange.limit
    cursor = exchange.number("cursor", 0, 0)
    head = changelog.head(connection, Channel.CENTRAL)
    site_id = exchange.site.site_id
    move_marks.fetched(connection, site_id, cursor)
    reader = routing.reader_for(connection, exchange.here, site_id)
    new_up_to = None
    if not exchange.deletes_apart:
        new_up_to = queue.site_state(connection, site_id).central_up_to
    records: list[WireRecord] = []
    changes: list[Change] = []
    after = cursor
    while not records:
        changes = routing.read(connection, Channel.CENTRAL, reader, after, head, limit)
        if not changes:
            # Past what this site has seen there is nothing for it: it must not crawl on.
            return exchange.answer(messages.CentralRecords(cursor))
        way = Wire.V5, Form.TO_SITE, Direction.DOWN
        records = render(connection, Channel.CENTRAL, changes, *way, new_up_to)
        after = changes[-1].cursor
    site_cycles.exchanged(connection, site_id, pulled=len(records))
    last = records[-1].cursor
    if len(changes) == limit:
        last = max(last, _last_visible(connection, reader, head))
    return exchange.answer(messages.CentralRecords(last, [_central(r) for r in records]))


def _last_visible(connection: BaseDatabaseWrapper, reader: Reader, head: int) -> int:
    rows = ChangelogCentral.objects.using(connection.alias)
    rows = rows.filter(everywhere=True, cursor__lte=head).exclude(source_site=reader.site_id)
    if not reader.dispensary:
        rows = rows.exclude(record_type__in=[k.number for k in registry().dispensary_only])
    return rows.order_by("-cursor").values_list("cursor", flat=True).first() or 0


def _central(record: WireRecord) -> messages.CentralRecord:
    return messages.CentralRecord(
        record.cursor, record.table, record.record_id, _action(record), _data(record)
    )


def _queued_records(exchange: Exchange) -> HttpResponseBase:
    # Our own clients read on while they store what they have got (see docs/protocol/v5.md).
    after = exchange.number("after", 0, 0)
    batch = queue.first(
        exchange.connection,
        exchange.site.site_id,
        exchange.limit,
        after,
        deletes_apart=exchange.deletes_apart,
    )
    entries = [
        messages.QueuedRecord(str(r.cursor), r.table, r.record_id, _action(r), _data(r))
        for r in batch.records
    ]
    return exchange.answer(messages.QueuedRecords(batch.length, entries))


def _acknowledge(exchange: Exchange) -> HttpResponseBase:
    body = decode(_read_list(exchange), messages.Acknowledgement)
    queue.acknowledge(exchange.connection, exchange.site.site_id, body.sync_ids)
    site_cycles.exchanged(exchange.connection, exchange.site.site_id, pulled=len(body.sync_ids))
    return HttpResponse(status=204)


def _read_list(exchange: Exchange) -> bytes:
    body = read_body(exchange.request, BODY_LIMIT)
    refuse_crowds(body)
    return body


def _action(record: WireRecord) -> str:
    if record.is_merge:
        return "merge"
    return "delete" if record.data is None else "update"


def _data(record: WireRecord) -> messages.RecordData:
    return UNSET if record.data is None else record.data


def _push(exchange: Exchange) -> HttpResponseBase:
    connection, site_id = exchange.connection, exchange.site.site_id
    queue_length, batch = _read_push(_read_list(exchange))
    if batch.records or batch.unreadable:
        pushed.store(connection, site_id, Wire.V5, batch)
        site_cycles.exchanged(connection, site_id, pushed=len(batch.records))
        return exchange.answer(messages.PushAnswer(integration_started=False))
    complete = queue_length <= 0
    if complete:
        # Also an installation that works on although its site was freed: it is no unused site.
        _note_in_use(connection, exchange.site)
        if UNSENT_HEADER not in exchange.request.headers:
            move_marks.pushed(connection, site_id)
        if buffer.waiting(connection, site_id):
            waiting.mark(connection, site_id)
    return exchange.answer(messages.PushAnswer(integration_started=complete))


def _note_in_use(connection: BaseDatabaseWrapper, site: Site) -> None:
    completed = InitialisationStatus.COMPLETED
    if site.initialisation_status != completed:
        sites = Site.objects.using(connection.alias).filter(pk=site.pk)
        sites.update(initialisation_status=completed)


def _read_push(body: bytes) -> tuple[int, pushed.Sorted]:
    try:
        message = msgspec.json.decode(body, type=messages.QueuedRecords)
    except UNREADABLE as error:
        apart = apart_or_refuse(body, ("data",), error)
        frame = decode(apart.frame, messages.QueuedRecords)
        return frame.queue_length, pushed.one_by_one(apart.elements, _read_one)
    return message.queue_length, pushed.sort_out(pushed.legacy(message.data))


def _read_one(raw: bytes) -> list[buffer.Arrived]:
    return pushed.legacy([msgspec.json.decode(raw, type=messages.QueuedRecord)])


def _nowhere(exchange: Exchange) -> HttpResponseBase:
    raise WireError(Code.NOT_FOUND, "there is no such path in V5")


site = endpoint(GET=_site_info)
site_status = endpoint(GET=_site_status)
initialise = endpoint(POST=_initialise)
central_records = endpoint(GET=_central_records)
queued_records = endpoint(GET=_queued_records, POST=_push)
acknowledged_records = endpoint(POST=_acknowledge)
unknown = endpoint(GET=_nowhere, POST=_nowhere, PUT=_nowhere, DELETE=_nowhere)
