"""The buffer: what arrived, kept as it came until it is integrated.

A message is stored as a few chunks, one per wire table and action; its receipt is acknowledged only
after that is committed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.clock import now_text
from msupply.sync.declare.registry import Wire
from msupply.sync.models import BufferChunk

# Records in one chunk: the unit of decoding, of one transaction, and so of memory.
CHUNK_RECORDS = 5_000

ACTIONS = {
    "insert": BufferChunk.UPSERT,
    "update": BufferChunk.UPSERT,
    "upsert": BufferChunk.UPSERT,
    "delete": BufferChunk.DELETE,
    "merge": BufferChunk.MERGE,
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """One record of a message: its action in any case, its data as raw JSON."""

    table: str
    record_id: str
    action: str
    data: bytes


@dataclass(frozen=True)
class Chunk:
    """One stored chunk, see `BufferChunk`."""

    id: int
    source_site: int | None
    wire: Wire
    table: str
    action: str
    records: int
    payload: bytes


def store(
    connection: BaseDatabaseWrapper,
    source_site: int | None,
    wire: Wire,
    records: Iterable[Arrived],
) -> int:
    """Store the records of one message. Raises ValueError for an unknown action.

    Call it inside the transaction that also stores the cursor that the message moves.
    """
    groups: dict[tuple[str, str], list[Arrived]] = defaultdict(list)
    total = 0
    for record in records:
        action = ACTIONS.get(record.action.lower())
        if action is None:
            raise ValueError(
                f"unknown action {record.action!r}: use insert, update, delete or merge"
            )
        groups[record.table, action].append(record)
        total += 1
    received = now_text()
    for (table, action), members in groups.items():
        if action == BufferChunk.UPSERT:
            _forget_deletes(connection, source_site, wire, table, {r.record_id for r in members})
    with connection.cursor() as cursor:
        for (table, action), members in groups.items():
            for start in range(0, len(members), CHUNK_RECORDS):
                part = members[start : start + CHUNK_RECORDS]
                cursor.execute(
                    "INSERT INTO sync_buffer (source_site, wire, table_name, action, records,"
                    " payload, received_at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    [
                        source_site,
                        wire.value,
                        table,
                        action,
                        len(part),
                        _payload(action, part),
                        received,
                    ],
                )
    return total


def _forget_deletes(
    connection: BaseDatabaseWrapper,
    source_site: int | None,
    wire: Wire,
    table: str,
    ids: set[str],
) -> None:
    """Drop the waiting deletes of records that come again: the last word about a record holds.

    Integration does all deletes after all upserts, whichever came first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, payload FROM sync_buffer"
            f" WHERE table_name = %s AND wire = %s AND action = %s AND {_from(source_site)}",
            [table, wire.value, BufferChunk.DELETE],
        )
        for chunk_id, payload in cursor.fetchall():
            waiting = msgspec.json.decode(bytes(payload), type=list[str])
            left = [record_id for record_id in waiting if record_id not in ids]
            if len(left) < len(waiting):
                cursor.execute(
                    "UPDATE sync_buffer SET payload = %s, records = %s WHERE id = %s",
                    [msgspec.json.encode(left), len(left), chunk_id],
                )


def _payload(action: str, records: list[Arrived]) -> bytes:
    if action == BufferChunk.DELETE:
        return msgspec.json.encode([record.record_id for record in records])
    return msgspec.json.encode([(r.record_id, msgspec.Raw(r.data)) for r in records])


def waiting(connection: BaseDatabaseWrapper, source_site: int | None) -> int:
    """Count the records of a source that wait for integration."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COALESCE(sum(records), 0) FROM sync_buffer WHERE {_from(source_site)}"
        )
        return int(cursor.fetchone()[0])


def tables(
    connection: BaseDatabaseWrapper, source_site: int | None, action: str
) -> set[tuple[Wire, str]]:
    """Return the wire tables that a source's waiting chunks of one action belong to."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT wire, table_name FROM sync_buffer"
            f" WHERE {_from(source_site)} AND action = %s",
            [action],
        )
        return {(Wire(wire), table) for wire, table in cursor.fetchall()}


def chunks(
    connection: BaseDatabaseWrapper,
    source_site: int | None,
    wire: Wire,
    table: str,
    action: str,
) -> Iterator[Chunk]:
    """Yield waiting chunks in the order in which they came; one is in memory at a time."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, records, payload FROM sync_buffer WHERE table_name = %s AND id > %s"
                f" AND wire = %s AND action = %s AND {_from(source_site)} ORDER BY id LIMIT 1",
                [table, after, wire.value, action],
            )
            row = cursor.fetchone()
        if row is None:
            return
        after, records, payload = row
        yield Chunk(after, source_site, wire, table, action, records, bytes(payload))


def members(chunk: Chunk) -> list[msgspec.Raw]:
    """Return the records of a chunk, each as its payload has it."""
    return msgspec.json.decode(chunk.payload, type=list[msgspec.Raw])


def with_members(chunk: Chunk, records: list[msgspec.Raw]) -> Chunk:
    """Return a chunk with these records alone; what is in the buffer stays as it is."""
    return replace(chunk, records=len(records), payload=msgspec.json.encode(records))


def leave(connection: BaseDatabaseWrapper, chunk: Chunk) -> None:
    """Leave in the buffer what this chunk still has, in the transaction that took the rest."""
    if not chunk.records:
        drop(connection, chunk)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_buffer SET payload = %s, records = %s WHERE id = %s",
            [chunk.payload, chunk.records, chunk.id],
        )


def drop(connection: BaseDatabaseWrapper, chunk: Chunk) -> None:
    """Remove a chunk, in the transaction that integrated it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sync_buffer WHERE id = %s", [chunk.id])


def _from(source_site: int | None) -> str:
    return "source_site IS NULL" if source_site is None else f"source_site = {int(source_site)}"
