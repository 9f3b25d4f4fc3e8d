"""The V5 queue of a site: not stored, but read from the log above what the site acknowledged.

`syncOutId` is the cursor of the log row (sync-v5.md 3.5).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import changelog, routing
from msupply.sync import here as instance
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.declare.wire import Direction
from msupply.sync.models import SiteState
from msupply.sync.records import WireRecord, render
from msupply.sync.routing import Change, Reader

# Counting stops here: beyond it the length of a queue is an estimate from cursors.
COUNT_WINDOW = 10_000
# An idle site's cursor is moved past this many rows of other sites before it is written.
IDLE_STEP = 1_000


@dataclass(frozen=True)
class QueueBatch:
    """What a site gets: the first unacknowledged records, and how many wait in all."""

    records: list[WireRecord]
    length: int


def first(
    connection: BaseDatabaseWrapper,
    site_id: int,
    limit: int,
    read_up_to: int = 0,
    *,
    deletes_apart: bool = True,
) -> QueueBatch:
    """Return the head of a site's queue without removing it.

    With `read_up_to` it is the part behind that cursor: the site stores what it has read before,
    and has not acknowledged it yet. Without `deletes_apart` the site keeps one word per record,
    see `render`.
    """
    up_to = changelog.head(connection, Channel.QUEUE)
    state = site_state(connection, site_id)
    reader = _reader(connection, state)
    after = max(state.queue_cursor, read_up_to)
    ahead = set(msgspec.json.decode(state.acknowledged_ahead, type=list[int]))
    new_up_to = None if deletes_apart else state.resend_up_to
    while True:
        changes = routing.read(connection, Channel.QUEUE, reader, after, up_to, limit + len(ahead))
        wanted = [change for change in changes if change.cursor not in ahead][:limit]
        records = _render(connection, wanted, new_up_to)
        if records or not changes:
            break
        # Nothing to say about these rows: the site could never acknowledge them.
        after = changes[-1].cursor
    if not records:
        passed = after > state.queue_cursor or up_to - state.queue_cursor > IDLE_STEP
        if passed and not read_up_to:
            _move(connection, site_id, up_to, [])
        return QueueBatch([], 0)
    waiting = routing.count(connection, Channel.QUEUE, reader, after, up_to, COUNT_WINDOW)
    silent = len(wanted) - len({record.cursor for record in records})
    return QueueBatch(records, max(waiting - len(ahead) - silent, len(records)))


def length(connection: BaseDatabaseWrapper, site_id: int) -> int:
    """Return how many records wait for a site: exact in an ordinary cycle."""
    return lengths(connection, [site_id])[site_id]


def lengths(connection: BaseDatabaseWrapper, site_ids: Collection[int]) -> dict[int, int]:
    """Return how many records wait for each of some sites."""
    up_to = changelog.head(connection, Channel.QUEUE)
    here = instance.load(connection)
    states = SiteState.objects.using(connection.alias).in_bulk(site_ids)
    found = {}
    for site_id in site_ids:
        state = states.get(site_id) or SiteState(site_id=site_id)
        reader = routing.reader_for(connection, here, site_id, state.resend_up_to)
        found[site_id] = routing.count(
            connection, Channel.QUEUE, reader, state.queue_cursor, up_to, COUNT_WINDOW
        )
    return found


def acknowledge(connection: BaseDatabaseWrapper, site_id: int, ids: Iterable[str]) -> None:
    """Remove entries from a site's queue; ids that it does not hold are ignored."""
    up_to = changelog.head(connection, Channel.QUEUE)
    with transaction.atomic(using=connection.alias):
        state = site_state(connection, site_id, lock=True)
        known = set(msgspec.json.decode(state.acknowledged_ahead, type=list[int]))
        known |= {int(i) for i in ids if i.isascii() and i.isdigit() and len(i) < 19}
        known = {cursor for cursor in known if state.queue_cursor < cursor <= up_to}
        if not known:
            return
        last = max(known)
        reader = _reader(connection, state)
        after = state.queue_cursor
        while after < last:
            changes = routing.read(connection, Channel.QUEUE, reader, after, last, 10_000)
            left = [change for change in changes if change.cursor not in known]
            # Rows that there is nothing to say about were never sent.
            still_waiting = _render(connection, left)
            if still_waiting:
                after = still_waiting[0].cursor - 1
                break
            after = changes[-1].cursor if len(changes) == 10_000 else last
        _move(connection, site_id, after, sorted(c for c in known if c > after))


def initialise(connection: BaseDatabaseWrapper, site_id: int) -> int:
    """Queue everything that a site owns or must see; return the queue's length."""
    up_to = changelog.head(connection, Channel.QUEUE)
    with transaction.atomic(using=connection.alias):
        state = site_state(connection, site_id, lock=True)
        state.queue_cursor, state.acknowledged_ahead, state.resend_up_to = 0, "[]", up_to
        state.central_up_to = changelog.head(connection, Channel.CENTRAL)
        state.save(using=connection.alias)
    return length(connection, site_id)


def site_state(connection: BaseDatabaseWrapper, site_id: int, *, lock: bool = False) -> SiteState:
    """Return what is remembered of a site; a site that was never seen has a fresh state."""
    states = SiteState.objects.using(connection.alias)
    if lock:
        states.get_or_create(site_id=site_id)
        return states.select_for_update().get(site_id=site_id)
    return states.filter(site_id=site_id).first() or SiteState(site_id=site_id)


def _reader(connection: BaseDatabaseWrapper, state: SiteState) -> Reader:
    here = instance.load(connection)
    return routing.reader_for(connection, here, state.site_id, state.resend_up_to)


def _render(
    connection: BaseDatabaseWrapper, changes: list[Change], new_up_to: int | None = None
) -> list[WireRecord]:
    way = Wire.V5, Form.TO_SITE, Direction.DOWN
    return render(connection, Channel.QUEUE, changes, *way, new_up_to)


def _move(connection: BaseDatabaseWrapper, site_id: int, cursor: int, ahead: list[int]) -> None:
    SiteState.objects.using(connection.alias).update_or_create(
        site_id=site_id,
        defaults={
            "queue_cursor": cursor,
            "acknowledged_ahead": msgspec.json.encode(ahead).decode(),
        },
    )
