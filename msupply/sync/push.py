"""What this site has to tell its central servers: its own changes since the push cursors.

Pushed is what was changed here (not what came by sync) and belongs to a store that is active here,
or to no store (sync-v5.md 5.3).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import changelog, cursors, here, quarantine, routing
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.declare.wire import Direction
from msupply.sync.records import WireRecord, render
from msupply.sync.routing import Change

# Counting for the screens stops here.
COUNT_WINDOW = 100_000


@dataclass(frozen=True)
class Way:
    """One of the two ways up: its log, its cursor, and the form of its records."""

    channel: Channel
    cursor: str
    wire: Wire
    form: Form


V5 = Way(Channel.QUEUE, cursors.PUSH_V5, Wire.V5, Form.TO_CENTRAL)
V6 = Way(Channel.MODERN, cursors.PUSH_V6, Wire.V6, Form.MODERN)


@dataclass(frozen=True)
class PushBatch:
    """Changes to send: `waiting` counts those not yet sent, these included."""

    records: list[WireRecord]
    changes: int
    waiting: int
    end: int
    is_last: bool


def send(
    connection: BaseDatabaseWrapper,
    way: Way,
    site_id: int,
    limit: Callable[[], int],
    deliver: Callable[[PushBatch], None],
    report: Callable[[int, int], None],
) -> int:
    """Deliver the changes made up to now, batch by batch; return how many they were.

    The cursor moves when a batch has arrived. While one is on its way the next is being read.
    `limit` is asked before each batch: what a server takes at once is learnt from its answers.
    """
    up_to = changelog.head(connection, way.channel)
    own = _OwnChanges(connection, way, routing.active_stores(connection, site_id), up_to)
    done = 0

    def arrived(batch: PushBatch) -> None:
        nonlocal done
        _supersede(connection, batch.records)
        cursors.set_to(connection, way.cursor, batch.end)
        done += batch.changes
        report(done, done + batch.waiting - batch.changes)

    with ThreadPoolExecutor(1, "push") as carrier:
        on_its_way: tuple[PushBatch, Future[None]] | None = None
        for batch in _batches(own, limit):
            if on_its_way:
                on_its_way[1].result()
                arrived(on_its_way[0])
            else:
                report(0, batch.waiting)
            on_its_way = batch, carrier.submit(deliver, batch)
        if on_its_way:
            on_its_way[1].result()
            arrived(on_its_way[0])
    if up_to > cursors.get(connection, way.cursor):
        cursors.set_to(connection, way.cursor, up_to)
    return done


def _batches(own: "_OwnChanges", limit: Callable[[], int]) -> Iterator[PushBatch]:
    after = cursors.get(own.connection, own.way.cursor)
    waiting = own.count(after)
    is_last = not waiting
    while not is_last:
        most = limit()
        changes = own.read(after, most + 1)
        # A record that is changed again meanwhile moves on past `up_to`, to the next cycle.
        is_last = len(changes) <= most
        changes = changes[:most]
        if not changes:
            return
        size, after = len(changes), changes[-1].cursor
        records = render(own.connection, changes, own.way.wire, own.way.form, Direction.UP)
        total = size if is_last else max(waiting, size + 1)
        yield PushBatch(records, size, total, after, is_last)
        waiting -= size


def skip_everything(connection: BaseDatabaseWrapper) -> None:
    """Move both push cursors to the head: what a first cycle brought is not sent back."""
    for way in (V5, V6):
        cursors.set_to(connection, way.cursor, changelog.head(connection, way.channel))


def waiting_to_push(connection: BaseDatabaseWrapper) -> int:
    """Count the records that wait to be sent; one that goes both ways counts once."""
    instance = here.load(connection)
    if not instance.is_remote or not instance.initialised:
        return 0
    mine, parameters = _mine(routing.active_stores(connection, instance.site_id or 0))
    ways = (V5,) if instance.is_oms_central else (V5, V6)
    parts, values = [], []
    for way in ways:
        parts.append(
            f"SELECT record_type, record_id FROM {way.channel.value} WHERE cursor > %s AND {mine}"
        )
        values += [cursors.get(connection, way.cursor), *parameters]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({' UNION '.join(parts)}) w LIMIT %s) c",
            [*values, COUNT_WINDOW],
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class _OwnChanges:
    """The changes of one log, up to a cursor, that are this site's to push."""

    connection: BaseDatabaseWrapper
    way: Way
    stores: tuple[str, ...]
    up_to: int

    def count(self, after: int) -> int:
        rows = self._select("count(*)", after, "", [])
        return int(rows[0][0])

    def read(self, after: int, limit: int) -> list[Change]:
        columns = "cursor, record_type, record_id, deleted"
        rows = self._select(columns, after, "ORDER BY cursor LIMIT %s", [limit])
        return [Change(c, t, i, bool(d)) for c, t, i, d in rows]

    def _select(
        self, columns: str, after: int, ending: str, values: list[Any]
    ) -> list[tuple[Any, ...]]:
        mine, parameters = _mine(self.stores)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {self.way.channel.value}"
                f" WHERE cursor > %s AND cursor <= %s AND {mine} {ending}",
                [after, self.up_to, *parameters, *values],
            )
            return list(cursor.fetchall())


def _mine(stores: Sequence[str]) -> tuple[str, list[Any]]:
    tests, parameters = ["store_id IS NULL"], []
    if stores:
        marks = ", ".join(["%s"] * len(stores))
        # The partner of a message is the store that wrote it.
        tests += [f"store_id IN ({marks})", f"partner_id IN ({marks})"]
        parameters = [*stores, *stores]
    return f"source_site IS NULL AND ({' OR '.join(tests)})", list(parameters)


def _supersede(connection: BaseDatabaseWrapper, records: list[WireRecord]) -> None:
    # An older copy that was kept back must not come in over what has just been sent.
    by_table: dict[str, list[str]] = defaultdict(list)
    for record in records:
        by_table[record.table].append(record.record_id)
    for table, ids in by_table.items():
        quarantine.forget(connection, table, ids, None)
