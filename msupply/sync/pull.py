"""What the central servers have for this site, taken into the buffer batch by batch.

A batch and the cursor that it moves are committed together; a queue is acknowledged after that.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import beside, cursors, door
from msupply.sync.declare.registry import Wire
from msupply.sync.failure import FailureCode, SyncFailure, Unreachable
from msupply.sync.peer import (
    CentralBatch,
    LegacyServer,
    ModernBatch,
    ModernServer,
    QueuedBatch,
)

# How many records a server gives at once when it did not say (sync-v5.md 3.4, sync-v6.md 6).
USUAL_LIMIT = 500
# A line that breaks under a large batch may carry a smaller one, down to this.
SMALLEST_LIMIT = 50

Report = Callable[[int, int], None]
Place = TypeVar("Place")
Batch = TypeVar("Batch")


def central(connection: BaseDatabaseWrapper, server: LegacyServer, report: Report) -> None:
    """Read the V5 central log to its end."""
    start = cursors.get(connection, cursors.PULL_CENTRAL)

    size = _Size(server)

    def ask(after: int) -> CentralBatch:
        return size.fitting(lambda limit: server.central_records(after, limit))

    def following(after: int, batch: CentralBatch) -> int | None:
        if batch.last is not None:
            return _advanced(after, batch.last)
        # Rows that are not for this site may lie before the head (sync-v5.md 3.4).
        return after + 1 if after < batch.head else None

    done = 0
    for batch, cursor in _read_ahead(ask, start, following):
        if cursor is None:
            return
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V5, batch)
            cursors.set_to(connection, cursors.PULL_CENTRAL, cursor)
        done += len(batch.records)
        report(done, done + max(batch.head - cursor, 0))


def queue(connection: BaseDatabaseWrapper, server: LegacyServer, report: Report) -> None:
    """Empty this site's V5 queue."""
    done = 0
    for batch in _queue_batches(server):
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V5, batch)
        server.acknowledge(batch.ids)
        done += len(batch.ids)
        report(done, done + max(batch.length - len(batch.ids), 0))


def _queue_batches(server: LegacyServer) -> Iterator[QueuedBatch]:
    """Yield the batches of the queue; the next one is asked for when the last is acknowledged.

    A server of our own is asked for the next one while this one is being stored.
    """
    size = _Size(server)
    if server.batch_limit is None:
        while (batch := size.fitting(server.queued_records)).ids:
            yield batch
        return

    def ask(after: str | None) -> QueuedBatch:
        return size.fitting(lambda limit: server.queued_records(limit, after))

    def following(_: str | None, batch: QueuedBatch) -> str | None:
        return batch.ids[-1] if batch.ids else None

    for batch, after in _read_ahead(ask, None, following):
        if after is None:
            return
        yield batch


def modern(
    connection: BaseDatabaseWrapper, server: ModernServer, report: Report, *, initialised: bool
) -> None:
    """Read the V6 log to its end."""

    def keep(batch: ModernBatch, position: int) -> None:
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V6, batch)
            cursors.set_to(connection, cursors.PULL_V6, position)

    size = _Size(server)

    def ask(position: int) -> ModernBatch:
        return size.fitting(lambda limit: server.pull(position, limit, initialised=initialised))

    _read_modern(cursors.get(connection, cursors.PULL_V6), ask, keep, report)


def patient(
    connection: BaseDatabaseWrapper, server: ModernServer, report: Report, patient_id: str
) -> None:
    """Read all that the V6 log holds about one patient; the site's own cursor stays."""

    def keep(batch: ModernBatch, position: int) -> None:
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V6, batch)

    size = _Size(server)

    def ask(position: int) -> ModernBatch:
        return size.fitting(lambda limit: server.pull_patient(position, limit, patient_id))

    _read_modern(0, ask, keep, report)


class _Size:
    """How many records are asked for at once: what the server gives, less on a line that breaks."""

    def __init__(self, server: LegacyServer | ModernServer) -> None:
        self._server = server
        self._most: int | None = None

    def fitting(self, ask: Callable[[int], Batch]) -> Batch:
        """Ask for a batch, and for smaller ones while none arrives."""
        while True:
            limit = self._most or self._server.batch_limit or USUAL_LIMIT
            try:
                return ask(limit)
            except Unreachable:
                if limit <= SMALLEST_LIMIT:
                    raise
                self._most = max(limit // 8, SMALLEST_LIMIT)


def _read_modern(
    cursor: int,
    ask: Callable[[int], ModernBatch],
    keep: Callable[[ModernBatch, int], None],
    report: Report,
) -> None:
    def following(position: int, batch: ModernBatch) -> int | None:
        # `end` is the last row of the batch; the cursor is the first row wanted.
        return None if batch.is_last else _advanced(position, batch.end + 1)

    done, total = 0, 0
    for batch, position in _read_ahead(ask, cursor, following):
        cursor = max(cursor, batch.end + 1) if position is None else position
        keep(batch, cursor)
        total = max(total, batch.total)
        done += len(batch.records)
        # A server counts what there is nothing to say about as well.
        report(done, done if position is None else max(total, done))


def _read_ahead(
    ask: Callable[[Place], Batch],
    start: Place,
    following: Callable[[Place, Batch], Place | None],
) -> Iterator[tuple[Batch, Place | None]]:
    """Yield each batch with the place after it, None after the last.

    The next batch travels while this one is being stored; never more than these two are held.
    """
    with beside.worker("read-ahead") as reader:
        place: Place | None = start
        coming = reader.submit(ask, start)
        while True:
            batch = coming.result()
            place = following(cast(Place, place), batch)
            if place is not None:
                coming = reader.submit(ask, place)
            yield batch, place
            if place is None:
                return


def _advanced(cursor: int, position: int) -> int:
    if position <= cursor:
        raise SyncFailure(
            FailureCode.UNKNOWN,
            f"the server sent a batch that ends at {position}, and {cursor} was reached already",
        )
    return position


def _store(
    connection: BaseDatabaseWrapper, wire: Wire, batch: CentralBatch | QueuedBatch | ModernBatch
) -> None:
    """Buffer records of a central server; what the buffer could not hold is kept aside."""
    found = door.sort_out(batch.records)
    found.unreadable += batch.unreadable
    door.store(connection, None, wire, found)
