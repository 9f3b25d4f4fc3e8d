"""Integration: buffered chunks become rows, in dependency order, set by set.

Each transaction ends the chunks whose rows it writes. A crash between two therefore loses and
doubles nothing; integration goes on with the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import buffer, quarantine
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
    source = origin.site_id
    order = registry().types
    for kind, wire, table in _present(connection, source, BufferChunk.UPSERT, order):
        chunks = buffer.chunks(connection, source, wire, table, BufferChunk.UPSERT)
        if kind is None:
            yield from _unknown(connection, chunks)
        else:
            for records, kept_back in integrate_upserts(connection, kind, wire, chunks, origin):
                yield kind.name, records, kept_back
    for kind, wire, table in _present(connection, source, BufferChunk.DELETE, order[::-1]):
        chunks = buffer.chunks(connection, source, wire, table, BufferChunk.DELETE)
        if kind is None:
            yield from _unknown(connection, chunks)
        else:
            for chunk in chunks:
                kept_back = integrate_deletes(connection, kind, chunk, origin)
                yield kind.name, chunk.records, kept_back
    yield from _merges(connection, origin)


def _merges(connection: BaseDatabaseWrapper, origin: Origin) -> Iterator[tuple[str, int, int]]:
    source, order = origin.site_id, registry().types
    for kind, wire, table in _present(connection, source, BufferChunk.MERGE, order):
        chunks = buffer.chunks(connection, source, wire, table, BufferChunk.MERGE)
        if kind is None:
            reason = Message(_("records of “{table}” cannot be merged"), {"table": table})
            problem = Problem(quarantine.UNSUPPORTED, reason)
            for chunk in chunks:
                yield table, chunk.records, _keep_all(connection, chunk, problem)
        else:
            for records, kept_back in integrate_upserts(connection, kind, wire, chunks, origin):
                yield kind.name, records, kept_back


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


def _unknown(
    connection: BaseDatabaseWrapper, chunks: Iterator[Chunk]
) -> Iterator[tuple[str, int, int]]:
    for chunk in chunks:
        text = _("this version knows no {wire} table “{table}”")
        values = {"wire": chunk.wire.value.upper(), "table": chunk.table}
        problem = Problem(quarantine.UNKNOWN_TABLE, Message(text, values))
        yield chunk.table, chunk.records, _keep_all(connection, chunk, problem)


def _keep_all(connection: BaseDatabaseWrapper, chunk: Chunk, problem: Problem) -> int:
    """Keep every record of a chunk back for one reason."""
    if chunk.action == BufferChunk.DELETE:
        ids = msgspec.json.decode(chunk.payload, type=list[str])
        bad = [(record_id, b"null", problem) for record_id in ids]
    else:
        pairs = msgspec.json.decode(chunk.payload, type=list[tuple[str, msgspec.Raw]])
        bad = [(record_id, bytes(data), problem) for record_id, data in pairs]
    with transaction.atomic(using=connection.alias):
        ids, merges = [i for i, _, _ in bad], chunk.action == BufferChunk.MERGE
        quarantine.forget(connection, chunk.table, ids, chunk.source_site, merges=merges)
        quarantine.keep(connection, chunk, bad)
        buffer.drop(connection, chunk)
    return len(bad)
