"""What this site has to tell its central servers: its own changes since the push cursors.

Pushed is what was changed here (not what came by sync) and belongs to a store that is active here,
or to no store (sync-v5.md 5.3).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import beside, changelog, cursors, here, placement, quarantine
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.declare.wire import Direction
from msupply.sync.here import Here
from msupply.sync.records import WireRecord, render
from msupply.sync.routing import Change
from msupply.sync.sql import dialect

# Counting for the screens stops here.
COUNT_WINDOW = 100_000


@dataclass(frozen=True)
class Way:
    """One of the ways up: its log, its cursor, and the form of its records."""

    channel: Channel
    cursor: str
    wire: Wire
    form: Form


V5 = Way(Channel.QUEUE, cursors.PUSH_V5, Wire.V5, Form.TO_CENTRAL)
# Central data go up from a primary server alone (domain.md D.12).
V5_CENTRAL = Way(Channel.CENTRAL, cursors.PUSH_V5_CENTRAL, Wire.V5, Form.TO_CENTRAL)
V6 = Way(Channel.MODERN, cursors.PUSH_V6, Wire.V6, Form.MODERN)
# What an Open mSupply central server tells of its own and its sites' records (sync-v5.md 13C).
REPORT = Way(Channel.MODERN, cursors.REPORT_V5, Wire.V5, Form.TO_CENTRAL)


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
    instance: Here,
    limit: Callable[[], int],
    deliver: Callable[[PushBatch], list[WireRecord]],
    report: Callable[[int, int], None],
) -> int:
    """Deliver the changes made up to now, batch by batch; return how many they were.

    The cursor moves when a batch has arrived. While one is on its way the next is being read.
    `deliver` returns the records that were refused: these go on waiting, for the next cycle.
    `limit` is asked before each batch: what a server takes at once is learnt from its answers.
    """
    up_to = changelog.head(connection, way.channel)
    wanted = _wanted(connection, way, instance)
    own = _OwnChanges(connection, way, wanted, instance.is_primary, up_to)
    done = 0

    def arrived(batch: PushBatch, refused: list[WireRecord]) -> None:
        nonlocal done
        _supersede(connection, batch.records)
        with transaction.atomic(using=connection.alias):
            if refused:
                changelog.touch_entries(connection, way.channel, [r.cursor for r in refused])
            cursors.set_to(connection, way.cursor, batch.end)
        done += batch.changes
        report(done, done + batch.waiting - batch.changes)

    with beside.worker("push") as carrier:
        on_its_way: tuple[PushBatch, Future[list[WireRecord]]] | None = None
        for batch in _batches(own, limit):
            if on_its_way:
                arrived(on_its_way[0], on_its_way[1].result())
            else:
                report(0, batch.waiting)
            on_its_way = batch, carrier.submit(deliver, batch)
        if on_its_way:
            arrived(on_its_way[0], on_its_way[1].result())
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
        going = Direction.BOTH if own.is_primary else Direction.UP
        way = own.way
        records = render(own.connection, way.channel, changes, way.wire, way.form, going)
        total = size if is_last else max(waiting, size + 1)
        yield PushBatch(records, size, total, after, is_last)
        waiting -= size


def legacy_ways(instance: Here) -> tuple[Way, ...]:
    """Return the ways to the mSupply central server that this instance uses, in their order."""
    central = (V5_CENTRAL,) if instance.is_primary else ()
    reports = (REPORT,) if instance.is_oms_central else ()
    return (*central, V5, *reports)


def skip_everything(connection: BaseDatabaseWrapper) -> None:
    """Move both push cursors to the head: what a first cycle brought is not sent back."""
    for way in (V5_CENTRAL, V5, V6):
        cursors.set_to(connection, way.cursor, changelog.head(connection, way.channel))


def waiting_to_push(connection: BaseDatabaseWrapper, window: int = COUNT_WINDOW) -> int:
    """Count the records that wait to be sent, up to `window`; one that goes both ways counts once."""
    instance = here.load(connection)
    if not instance.is_remote or not instance.initialised:
        return 0
    ways = legacy_ways(instance)
    if not instance.is_oms_central:
        ways += (V6,)
    parts: list[str] = []
    values: list[Any] = []
    for way in ways:
        wanted, parameters = _wanted(connection, way, instance)
        # A union is made as a whole before it is cut.
        parts.append(
            f"SELECT * FROM (SELECT record_type, record_id FROM {way.channel.value}"
            f" WHERE cursor > %s AND {wanted} LIMIT %s) w"
        )
        values += [cursors.get(connection, way.cursor), *parameters, window]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({' UNION '.join(parts)}) c", values)
        return min(int(cursor.fetchone()[0]), window)


@dataclass(frozen=True)
class _OwnChanges:
    """The changes of one log, up to a cursor, that are this site's to push."""

    connection: BaseDatabaseWrapper
    way: Way
    wanted: tuple[str, list[Any]]
    is_primary: bool
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
        wanted, parameters = self.wanted
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {self.way.channel.value}"
                f" WHERE cursor > %s AND cursor <= %s AND {wanted} {ending}",
                [after, self.up_to, *parameters, *values],
            )
            return list(cursor.fetchall())


def _wanted(connection: BaseDatabaseWrapper, way: Way, instance: Here) -> tuple[str, list[Any]]:
    """Return the condition of the changes that go a way, with its parameters."""
    if way is REPORT:
        # Whoever made them: sites tell them to the Open mSupply central server alone.
        return _among(registry().reported), []
    return _mine(connection, instance)


def _mine(connection: BaseDatabaseWrapper, instance: Here) -> tuple[str, list[Any]]:
    """Return the condition of the changes that are this site's to push, with its parameters."""
    speak = dialect(connection)
    stores = placement.active_stores(connection, instance.site_id)
    own = speak.ids_parameter(stores)
    # The partner of a message is the store that wrote it.
    tests = ["store_id IS NULL", speak.in_ids("store_id"), speak.in_ids("partner_id")]
    # Whatever any site may write, whosever stores it names.
    tests.append(_among(_written_anywhere()))
    parameters = [own, own]
    if instance.is_primary:
        tests.append(_among(registry().central_store))
    condition = f"source_site IS NULL AND ({' OR '.join(tests)})"
    if not instance.orders.takes_our_tables:
        condition += f" AND ({_among(registry().own)}) IS NOT TRUE"
    for stays, kinds in _staying(instance):
        # A transfer goes up all the same: its other half is at another site.
        condition += f" AND (partner_id IS NULL AND {speak.in_ids('store_id')}{kinds}) IS NOT TRUE"
        parameters.append(speak.ids_parameter(stays))
    return condition, parameters


def _staying(instance: Here) -> list[tuple[tuple[str, ...], str]]:
    """Return the stores whose changes stay here, each with the record types that do."""
    orders = instance.orders
    staying = []
    if orders.kept_home_stores:
        staying.append((orders.kept_home_stores, ""))
    if orders.stores_without_transactions:
        kinds = f" AND {_among(registry().suppressible)}"
        staying.append((orders.stores_without_transactions, kinds))
    return staying


def _written_anywhere() -> list[RecordType]:
    return [
        kind
        for kind in registry().synced
        if kind.policies_where(lambda policy: policy.editor is Editor.ANYWHERE and policy.goes_up)
    ]


def _among(kinds: list[RecordType]) -> str:
    return f"record_type IN ({', '.join(str(kind.number) for kind in kinds) or 'NULL'})"


def _supersede(connection: BaseDatabaseWrapper, records: list[WireRecord]) -> None:
    # An older copy that was kept back must not come in over what has just been sent.
    by_table: dict[str, list[str]] = defaultdict(list)
    for record in records:
        if not record.is_merge:
            by_table[record.table].append(record.record_id)
    for table, ids in by_table.items():
        quarantine.forget(connection, table, ids, None)
