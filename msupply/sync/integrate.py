"""Integration: buffered chunks become rows, in dependency order, set by set.

Each chunk is decoded and checked before anything is locked, then written in one transaction:
the good rows, their changelog, the bad ones with their reasons, and the end of the chunk itself.
A crash between two chunks therefore loses and doubles nothing; integration goes on with the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import buffer, changelog, cursors, ownership, quarantine
from msupply.sync.buffer import Chunk
from msupply.sync.clock import now_text
from msupply.sync.declare.batch import DecodedBatch, TableCodec, table_codec
from msupply.sync.declare.record import HardDelete, SoftDelete
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.models import BufferChunk
from msupply.sync.quarantine import Problem
from msupply.sync.records import unsaid_removal
from msupply.sync.sql import dialect


@dataclass(frozen=True)
class Origin:
    """Where records come from, and what must be logged here.

    - `site_id`: the site that pushed them; None when they come from a central server.
    - `log_source`: the source site of the log rows that they make here.
    - `logs`: the logs that other sites read here; what goes nowhere needs no log row.
    - `trusted`: take everything as the central server's own data (an import), without asking
      which site owns it.
    """

    site_id: int | None
    log_source: int | None = None
    logs: frozenset[Channel] = frozenset()
    trusted: bool = False

    @property
    def is_site(self) -> bool:
        """True when what arrives must belong to the site that sent it."""
        return self.site_id is not None and not self.trusted


@dataclass
class Summary:
    """What an integration did."""

    taken: int = 0
    kept_back: int = 0
    by_type: dict[str, int] = field(default_factory=dict)


Progress = Callable[[int], None]


def integrate(
    connection: BaseDatabaseWrapper, origin: Origin, progress: Progress = lambda done: None
) -> Summary:
    """Integrate everything that a source has in the buffer; report records done as it goes."""
    summary = Summary()
    done = 0
    while True:
        for chunk, kind in _in_order(connection, origin.site_id):
            kept_back = _integrate_chunk(connection, kind, chunk, origin)
            done += chunk.records
            summary.kept_back += kept_back
            summary.taken += chunk.records - kept_back
            name = kind.name if kind else chunk.table
            summary.by_type[name] = summary.by_type.get(name, 0) + chunk.records - kept_back
            progress(done)
        sources = quarantine.requeue_ready(connection)
        if origin.site_id not in sources:
            return summary


def _in_order(
    connection: BaseDatabaseWrapper, source: int | None
) -> Iterator[tuple[Chunk, RecordType | None]]:
    """Yield chunks with their types: upserts parents first, deletes children first, then merges."""
    order = registry().types
    for action, types in (
        (BufferChunk.UPSERT, order),
        (BufferChunk.DELETE, order[::-1]),
        (BufferChunk.MERGE, order),
    ):
        present = buffer.tables(connection, source, action)
        for kind in types:
            for wire in Wire:
                table = kind.wire(wire)
                if table and (wire, table.name) in present:
                    present.discard((wire, table.name))
                    for chunk in buffer.chunks(connection, source, wire, table.name, action):
                        yield chunk, kind
        for wire, name in sorted(present, key=lambda item: (item[0].value, item[1])):
            for chunk in buffer.chunks(connection, source, wire, name, action):
                yield chunk, None


def _integrate_chunk(
    connection: BaseDatabaseWrapper, kind: RecordType | None, chunk: Chunk, origin: Origin
) -> int:
    """Integrate one chunk; return how many of its records were kept back."""
    if kind is None:
        reason = f"this version knows no {chunk.wire.value.upper()} table {chunk.table!r}"
        return _keep_all(connection, chunk, Problem(quarantine.UNKNOWN_TABLE, reason))
    if chunk.action == BufferChunk.UPSERT:
        return _integrate_upserts(connection, kind, chunk, origin)
    if chunk.action == BufferChunk.DELETE:
        return _integrate_deletes(connection, kind, chunk, origin)
    return _keep_all(
        connection, chunk, Problem(quarantine.UNSUPPORTED, "this version does not merge records")
    )


# --- upserts ------------------------------------------------------------------------------------


def _integrate_upserts(
    connection: BaseDatabaseWrapper, kind: RecordType, chunk: Chunk, origin: Origin
) -> int:
    codec = table_codec(kind, chunk.wire)
    batch = codec.decode(chunk.payload)
    problems = {place: Problem(quarantine.INVALID, text) for place, text in batch.errors.items()}
    if origin.is_site:
        problems |= ownership.refused_from_site(connection, kind, batch, origin.site_id)
    problems |= _missing_parents(connection, kind, batch, problems)
    from_central = origin.site_id is None and not origin.trusted
    passed_over = _changed_here(connection, kind, batch) if from_central else set()
    last = {record_id: place for place, record_id in enumerate(batch.ids) if place not in problems}
    good = [
        place
        for place, record_id in enumerate(batch.ids)
        if last.get(record_id) == place and record_id not in passed_over
    ]
    gone = [batch.ids[place] for place in good if place in batch.removed]
    good = [place for place in good if place not in batch.removed]
    with transaction.atomic(using=connection.alias):
        problems |= _write(connection, codec, chunk, batch, good, origin)
        if gone:
            _delete(connection, kind, gone, origin)
        quarantine.forget(connection, chunk.table, batch.ids)
        bad = [(batch.ids[p], batch.raw[p], problem) for p, problem in sorted(problems.items())]
        quarantine.keep(connection, chunk, bad)
        buffer.drop(connection, chunk)
    return len(problems)


def _missing_parents(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    batch: DecodedBatch,
    problems: dict[int, Problem],
) -> dict[int, Problem]:
    """Find the records whose parents are not here, with one query per reference."""
    missing: dict[int, Problem] = {}
    for parent in kind.parents:
        values = batch.columns.get(parent.column)
        if values is None:
            continue
        wanted = {value for value in values if value}
        known = set(ownership.lookup(connection, parent.table, "id", wanted)) if wanted else set()
        if parent.table == kind.table:
            known |= {i for place, i in enumerate(batch.ids) if place not in problems}
        if wanted <= known:
            continue
        for place, value in enumerate(values):
            if value and value not in known and place not in problems:
                missing[place] = quarantine.missing_parent(kind, parent.column, parent.table, value)
    return missing


def _changed_here(
    connection: BaseDatabaseWrapper, kind: RecordType, batch: DecodedBatch
) -> set[str]:
    """Return ids with a change of this site that the central server has not got yet.

    That newer change stays, and is pushed in the next cycle.
    """
    speak = dialect(connection)
    found: set[str] = set()
    pushed = {
        Channel.QUEUE: cursors.get(connection, cursors.PUSH_V5),
        Channel.MODERN: cursors.get(connection, cursors.PUSH_V6),
    }
    for channel, after in pushed.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT record_id FROM {channel.value} WHERE record_type = %s AND cursor > %s"
                f" AND source_site IS NULL AND {speak.in_ids('record_id')}",
                [kind.number, after, speak.ids_parameter(batch.ids)],
            )
            found |= {record_id for (record_id,) in cursor.fetchall()}
    return found


def _write(
    connection: BaseDatabaseWrapper,
    codec: TableCodec,
    chunk: Chunk,
    batch: DecodedBatch,
    good: list[int],
    origin: Origin,
) -> dict[int, Problem]:
    """Write the good rows and their log; return those that the database itself refused."""
    if not good:
        return {}
    writer = _Writer(connection, codec.kind, chunk.wire, batch, origin)
    try:
        with transaction.atomic(using=connection.alias):
            writer.write(good)
    except DatabaseError:
        # No check foresaw it: find the culprits one by one, so that they harm only themselves.
        return _write_one_by_one(connection, writer, good)
    return {}


def _write_one_by_one(
    connection: BaseDatabaseWrapper, writer: "_Writer", good: list[int]
) -> dict[int, Problem]:
    refused = {}
    for place in good:
        try:
            with transaction.atomic(using=connection.alias):
                writer.write([place])
        except DatabaseError as error:
            reason = str(error).splitlines()[0]
            refused[place] = Problem(quarantine.DATABASE, f"the database refused it: {reason}")
    return refused


class _Writer:
    """Writes rows of one batch, with the columns that the wire does not carry filled in."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        wire: Wire,
        batch: DecodedBatch,
        origin: Origin,
    ) -> None:
        self.connection, self.kind, self.batch, self.origin = connection, kind, batch, origin
        columns = dict(batch.columns)
        removal = unsaid_removal(kind, wire)
        if removal:
            # A record that comes again is in use again (sync-v5.md 13, `unit`).
            field_type = kind.columns[removal].get_internal_type()
            columns[removal] = [True if field_type == "BooleanField" else None] * len(batch)
        self.insert_only = [name for name in kind.columns if name not in columns]
        for name in self.insert_only:
            default = kind.columns[name].get_default()
            columns[name] = [_column_value(default)] * len(batch)
        self.columns = columns

    def write(self, places: Sequence[int]) -> None:
        """Upsert the rows at these places and move them to the head of the logs."""
        whole = len(places) == len(self.batch)
        values = self.columns.values()
        lists = list(values) if whole else [[v[p] for p in places] for v in values]
        ids = self.batch.ids if whole else [self.batch.ids[p] for p in places]
        speak = dialect(self.connection)
        speak.begin_bulk(self.connection)
        rows = list(zip(*lists, strict=True))
        speak.upsert(self.connection, self.kind, list(self.columns), rows, self.insert_only)
        log = (self.kind, ids, self.origin.log_source, self.origin.logs)
        changelog.log_upserts(self.connection, *log)
        self._tell_newly_visible(ids)
        speak.end_bulk(self.connection)

    def _tell_newly_visible(self, ids: Sequence[str]) -> None:
        visibility = self.kind.model.visibility
        if visibility and self.origin.logs:
            subjects = ownership.lookup(self.connection, self.kind.table, visibility.subject, ids)
            changelog.touch_visible(self.connection, list(set(subjects.values())), self.origin.logs)


def _column_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value


# --- deletes ------------------------------------------------------------------------------------


def _integrate_deletes(
    connection: BaseDatabaseWrapper, kind: RecordType, chunk: Chunk, origin: Origin
) -> int:
    ids = list(dict.fromkeys(msgspec.json.decode(chunk.payload, type=list[str])))
    if kind.removal is None:
        reason = f"{kind.name} records cannot be deleted"
        return _keep_all(connection, chunk, Problem(quarantine.UNSUPPORTED, reason))
    problems: dict[str, Problem] = {}
    if origin.is_site:
        problems = ownership.refused_deletes(connection, kind, ids, origin.site_id)
    with transaction.atomic(using=connection.alias):
        if isinstance(kind.removal, HardDelete):
            problems |= _still_referred_to(connection, kind, ids)
        good = [record_id for record_id in ids if record_id not in problems]
        _delete(connection, kind, good, origin)
        quarantine.forget(connection, chunk.table, ids)
        bad = [(record_id, b"null", problem) for record_id, problem in problems.items()]
        quarantine.keep(connection, chunk, bad)
        buffer.drop(connection, chunk)
    return len(problems)


def _delete(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str], origin: Origin
) -> None:
    speak = dialect(connection)
    speak.begin_bulk(connection)
    condition, parameter = speak.in_ids("id"), speak.ids_parameter(ids)
    with connection.cursor() as cursor:
        if isinstance(kind.removal, HardDelete):
            changelog.log_deletes(connection, kind, ids, origin.log_source, origin.logs)
            cursor.execute(f'DELETE FROM "{kind.table}" WHERE {condition}', [parameter])
        elif isinstance(kind.removal, SoftDelete):
            column = kind.removal.column
            boolean = kind.columns[column].get_internal_type() == "BooleanField"
            value = False if boolean else now_text()
            cursor.execute(
                f'UPDATE "{kind.table}" SET "{column}" = %s WHERE {condition}', [value, parameter]
            )
            changelog.log_upserts(connection, kind, ids, origin.log_source, origin.logs)
    speak.end_bulk(connection)


def _still_referred_to(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str]
) -> dict[str, Problem]:
    """Find rows with children left: constraints are deferred, the commit would be too late."""
    speak = dialect(connection)
    refused = {}
    for child in registry().types:
        for parent in child.parents:
            if parent.table != kind.table:
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT DISTINCT "{parent.column}" FROM "{child.table}"'
                    f" WHERE {speak.in_ids(parent.column)}",
                    [speak.ids_parameter(ids)],
                )
                for (record_id,) in cursor.fetchall():
                    reason = f"{child.name} records still refer to it"
                    refused[record_id] = Problem(quarantine.DATABASE, reason)
    return refused


def _keep_all(connection: BaseDatabaseWrapper, chunk: Chunk, problem: Problem) -> int:
    """Keep every record of a chunk back for one reason."""
    if chunk.action == BufferChunk.DELETE:
        ids = msgspec.json.decode(chunk.payload, type=list[str])
        bad = [(record_id, b"null", problem) for record_id in ids]
    else:
        pairs = msgspec.json.decode(chunk.payload, type=list[tuple[str, msgspec.Raw]])
        bad = [(record_id, bytes(data), problem) for record_id, data in pairs]
    with transaction.atomic(using=connection.alias):
        quarantine.forget(connection, chunk.table, [record_id for record_id, _, _ in bad])
        quarantine.keep(connection, chunk, bad)
        buffer.drop(connection, chunk)
    return len(bad)
