"""What the central servers have for this site, taken into the buffer batch by batch.

A batch and the cursor that it moves are committed together; a queue is acknowledged after that.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import buffer, cursors, quarantine
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.peer import LegacyServer, ModernBatch, ModernServer

# How many records a server gives at once when it did not say (sync-v5.md 3.4, sync-v6.md 6).
USUAL_LIMIT = 500

Report = Callable[[int, int], None]


def central(connection: BaseDatabaseWrapper, server: LegacyServer, report: Report) -> None:
    """Read the V5 central log to its end."""
    cursor = cursors.get(connection, cursors.PULL_CENTRAL)
    done = 0
    while True:
        batch = server.central_records(cursor, server.batch_limit or USUAL_LIMIT)
        if batch.last is None:
            if cursor >= batch.head:
                return
            # Rows that are not for this site lie before the head (sync-v5.md 3.4).
            cursor += 1
        else:
            cursor = _advanced(cursor, batch.last)
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V5, batch.records)
            cursors.set_to(connection, cursors.PULL_CENTRAL, cursor)
        done += len(batch.records)
        report(done, done + max(batch.head - cursor, 0))


def queue(connection: BaseDatabaseWrapper, server: LegacyServer, report: Report) -> None:
    """Empty this site's V5 queue."""
    done = 0
    while True:
        batch = server.queued_records(server.batch_limit or USUAL_LIMIT)
        if not batch.ids:
            return
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V5, batch.records)
        server.acknowledge(batch.ids)
        done += len(batch.ids)
        report(done, done + batch.length - len(batch.ids))


def modern(
    connection: BaseDatabaseWrapper, server: ModernServer, report: Report, *, initialised: bool
) -> None:
    """Read the V6 log to its end."""
    cursor = cursors.get(connection, cursors.PULL_V6)

    def keep(batch: ModernBatch, position: int) -> None:
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V6, batch.records)
            cursors.set_to(connection, cursors.PULL_V6, position)

    def ask(position: int) -> ModernBatch:
        limit = server.batch_limit or USUAL_LIMIT
        return server.pull(position, limit, initialised=initialised)

    _read_modern(cursor, ask, keep, report)


def patient(
    connection: BaseDatabaseWrapper, server: ModernServer, report: Report, patient_id: str
) -> None:
    """Read all that the V6 log holds about one patient; the site's own cursor stays."""

    def keep(batch: ModernBatch, position: int) -> None:
        with transaction.atomic(using=connection.alias):
            _store(connection, Wire.V6, batch.records)

    def ask(position: int) -> ModernBatch:
        return server.pull_patient(position, server.batch_limit or USUAL_LIMIT, patient_id)

    _read_modern(0, ask, keep, report)


def _read_modern(
    cursor: int,
    ask: Callable[[int], ModernBatch],
    keep: Callable[[ModernBatch, int], None],
    report: Report,
) -> None:
    done, total = 0, 0
    while True:
        batch = ask(cursor)
        # `end` is the last row of the batch; the cursor is the first row wanted.
        end = batch.end + 1
        position = max(cursor, end) if batch.is_last else _advanced(cursor, end)
        keep(batch, position)
        total = max(total, batch.total)
        done += len(batch.records)
        report(done, max(total, done))
        if batch.is_last:
            return
        cursor = position


def _advanced(cursor: int, position: int) -> int:
    if position <= cursor:
        raise SyncFailure(
            FailureCode.UNKNOWN,
            f"the server sent a batch that ends at {position}, and {cursor} was reached already",
        )
    return position


def _store(connection: BaseDatabaseWrapper, wire: Wire, records: list[Arrived]) -> None:
    """Buffer records of a central server; one with an action that no wire has is kept aside."""
    usual = [record for record in records if record.action.lower() in buffer.ACTIONS]
    buffer.store(connection, None, wire, usual)
    for record in records:
        if record.action.lower() not in buffer.ACTIONS:
            reason = f"no wire has the action {record.action!r}"
            problem = quarantine.Problem(quarantine.UNSUPPORTED, reason)
            chunk = buffer.Chunk(0, None, wire, record.table, record.action, 1, b"")
            quarantine.forget(connection, record.table, [record.record_id])
            quarantine.keep(connection, chunk, [(record.record_id, record.data, problem)])
