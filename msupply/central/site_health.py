"""What the central server knows of one site: its queue, its last cycles, its refused records."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, QuerySet

from msupply.central import failing, log_marks
from msupply.records.site_cycles import SiteCycle
from msupply.records.stores import Store
from msupply.sync import changelog, placement, quarantine, routing
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.models import Quarantined
from msupply.sync.placement import SyncType
from msupply.sync.queue import site_state
from msupply.wire import site_cycles

# Waiting changes are looked at one by one up to here; beyond it the length is an estimate.
LOOKED_AT = 10_000


@dataclass(frozen=True)
class QueueState:
    """What waits for a site. `by_type` is about the first `LOOKED_AT` changes.

    `oldest_before` is a moment at which the oldest waiting change was already there.
    """

    length: int = 0
    is_exact: bool = True
    by_type: list[tuple[RecordType, int]] = field(default_factory=list)
    oldest: tuple[RecordType, str] | None = None
    oldest_before: datetime | None = None


@dataclass(frozen=True)
class PlacedStore:
    """A store that a site has, and as what."""

    store: Store
    sync_type: SyncType


def queue_state(connection: BaseDatabaseWrapper, site_id: int) -> QueueState:
    """Return what waits for a site in the V5 queue, by record type."""
    state = site_state(connection, site_id)
    head = changelog.head(connection, Channel.QUEUE)
    here = instance.load(connection)
    reader = routing.reader_for(connection, here, site_id, state.resend_up_to)
    ahead = set(msgspec.json.decode(state.acknowledged_ahead, type=list[int]))
    after = state.queue_cursor
    changes = routing.read(
        connection, Channel.QUEUE, reader, after, head, LOOKED_AT + len(ahead) + 1
    )
    waiting = [change for change in changes if change.cursor not in ahead]
    types = {kind.number: kind for kind in registry().types}
    counted = Counter(c.record_type for c in waiting[:LOOKED_AT] if c.record_type in types)
    if not waiting:
        return QueueState()
    is_exact = len(waiting) <= LOOKED_AT
    length = len(waiting)
    if not is_exact:
        length = routing.count(connection, Channel.QUEUE, reader, after, head, LOOKED_AT)
    first = waiting[0]
    kind = types.get(first.record_type)
    return QueueState(
        length,
        is_exact,
        [(types[number], n) for number, n in counted.most_common()],
        (kind, first.record_id) if kind else None,
        log_marks.changed_before(connection, Channel.QUEUE, first.cursor),
    )


def stores(connection: BaseDatabaseWrapper, site_id: int) -> list[PlacedStore]:
    """Return the stores that a site has: active ones first, then copies, then transfers."""
    placed = placement.of_site(connection, site_id)
    order = (
        (SyncType.ACTIVE, placed.active),
        (SyncType.COLLECTOR, placed.collected),
        (SyncType.TRANSFER, placed.transfer),
    )
    ids = [store for _kind, group in order for store in group]
    rows = Store.objects.using(connection.alias).select_related("name").in_bulk(ids)
    return [
        PlacedStore(rows[store], sync_type)
        for sync_type, group in order
        for store in group
        if store in rows
    ]


def cycles(connection: BaseDatabaseWrapper, site_id: int) -> "QuerySet[SiteCycle]":
    """Return the latest cycles of a site, the newest first."""
    rows = SiteCycle.objects.using(connection.alias).filter(site_id=site_id)
    return site_cycles.latest_first(rows)


def refused_records(connection: BaseDatabaseWrapper, site_id: int) -> "QuerySet[Quarantined]":
    """Return the records of a site that could not be taken, the newest first."""
    return Quarantined.objects.using(connection.alias).filter(source_site=site_id).order_by("-id")


def refusal_counts(connection: BaseDatabaseWrapper, site_id: int) -> list[tuple[str, int]]:
    """Return how many records of a site are kept back, by reason code."""
    rows = refused_records(connection, site_id).order_by().values("code").annotate(n=Count("id"))
    return list(rows.order_by("-n").values_list("code", "n"))


def retry(connection: BaseDatabaseWrapper, site_id: int, record: int | None = None) -> int:
    """Let the worker try records of a site again: one, or all. Return how many there were."""
    rows = refused_records(connection, site_id)
    if record is not None:
        rows = rows.filter(pk=record)
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    if ids:
        quarantine.requeue(connection, ids)
        failing.try_now(connection, site_id)
    return len(ids)
