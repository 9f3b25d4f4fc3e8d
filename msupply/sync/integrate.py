"""Integration: buffered chunks become rows, in dependency order, set by set.

Each transaction ends the chunks whose rows it writes. A crash between two therefore loses and
doubles nothing; integration goes on with the next. A record that makes it fail is found by taking
ever smaller parts (narrowing.py).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import buffer, narrowing, quarantine
from msupply.sync.buffer import Chunk
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import RecordType, Wire, registry
from msupply.sync.deletes import integrate_deletes
from msupply.sync.models import BufferChunk
from msupply.sync.origin import Origin
from msupply.sync.quarantine import Problem
from msupply.sync.sql import dialect
from msupply.sync.upserts import integrate_upserts

__all__ = ["Origin", "Summary", "integrate"]


@dataclass
class Summary:
    """What an integration did; `requeued` are other sources whose records can be taken now."""

    taken: int = 0
    kept_back: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    requeued: set[int | None] = field(default_factory=set)


Progress = Callable[[int], None]


def integrate(
    connection: BaseDatabaseWrapper, origin: Origin, progress: Progress = lambda done: None
) -> Summary:
    """Integrate everything that a source has in the buffer; report records done as it goes."""
    summary = Summary()
    done = 0
    with dialect(connection).integrating(connection, alone=origin.alone):
        while True:
            for name, records, kept_back in _steps(connection, origin):
                done += records
                summary.kept_back += kept_back
                summary.taken += records - kept_back
                summary.by_type[name] = summary.by_type.get(name, 0) + records - kept_back
                progress(done)
            sources = quarantine.requeue_ready(connection)
            summary.requeued |= sources
            if origin.site_id not in sources:
                return summary


def _steps(connection: BaseDatabaseWrapper, origin: Origin) -> Iterator[tuple[str, int, int]]:
    """Integrate upserts parents first, deletes children first, then merges.

    Yield (type, records looked at, records kept back).
    """
    order = registry().types
    yield from _of_action(connection, origin, BufferChunk.UPSERT, order)
    yield from _of_action(connection, origin, BufferChunk.DELETE, order[::-1])
    yield from _of_action(connection, origin, BufferChunk.MERGE, order)


def _of_action(
    connection: BaseDatabaseWrapper, origin: Origin, action: str, order: list[RecordType]
) -> Iterator[tuple[str, int, int]]:
    source = origin.site_id
    for kind, wire, table in _present(connection, source, action, order):
        waiting = partial(buffer.chunks, connection, source, wire, table, action)
        if kind is None:
            take = partial(_keep, connection, _unknown(wire, table, action))
        elif action == BufferChunk.DELETE:
            take = partial(_delete, connection, kind, origin)
        else:
            take = partial(_upsert, connection, kind, wire, origin)
        name = kind.name if kind else table
        for records, kept_back in narrowing.taken(connection, waiting, take):
            yield name, records, kept_back


def _upsert(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    wire: Wire,
    origin: Origin,
    chunks: Iterable[Chunk],
) -> Iterator[tuple[int, int]]:
    return integrate_upserts(connection, kind, wire, chunks, origin)


def _delete(
    connection: BaseDatabaseWrapper, kind: RecordType, origin: Origin, chunks: Iterable[Chunk]
) -> Iterator[tuple[int, int]]:
    for chunk in chunks:
        yield chunk.records, integrate_deletes(connection, kind, chunk, origin)


def _keep(
    connection: BaseDatabaseWrapper, problem: Problem, chunks: Iterable[Chunk]
) -> Iterator[tuple[int, int]]:
    for chunk in chunks:
        yield chunk.records, narrowing.keep_all(connection, chunk, problem)


def _unknown(wire: Wire, table: str, action: str) -> Problem:
    if action == BufferChunk.MERGE:
        reason = Message(_("records of “{table}” cannot be merged"), {"table": table})
        return Problem(quarantine.UNSUPPORTED, reason)
    text = _("this version knows no {wire} table “{table}”")
    values = {"wire": wire.value.upper(), "table": table}
    return Problem(quarantine.UNKNOWN_TABLE, Message(text, values))


def _present(
    connection: BaseDatabaseWrapper, source: int | None, action: str, order: list[RecordType]
) -> Iterator[tuple[RecordType | None, Wire, str]]:
    """Yield the wire tables with waiting chunks: known types in order, then unknown tables."""
    waiting = buffer.tables(connection, source, action)
    for kind in order:
        for wire in Wire:
            table = kind.wire(wire)
            if not table or table.is_merge is not (action == BufferChunk.MERGE):
                continue
            if (wire, table.name) in waiting:
                waiting.discard((wire, table.name))
                yield kind, wire, table.name
    for wire, name in sorted(waiting, key=lambda item: (item[0].value, item[1])):
        yield None, wire, name
