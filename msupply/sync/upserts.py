"""Integrating upserts: check and stage chunk by chunk, then write many chunks at once.

Decoding, checking and staging need no lock. The transaction that follows is short: one upsert in
the order of ids, one statement per log, the bad records with their reasons, and the end of the
chunks themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import (
    acceptance,
    buffer,
    changelog,
    cursors,
    deletes,
    merging,
    ownership,
    quarantine,
)
from msupply.sync import here as instance
from msupply.sync.aliases import Aliases
from msupply.sync.buffer import Chunk
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.failure import told
from msupply.sync.origin import Origin
from msupply.sync.quarantine import Problem
from msupply.sync.records import unsaid_removal
from msupply.sync.sql import dialect
from msupply.sync.sql.dialect import stage_name

# Rows that one transaction writes while people work: it holds SQLite's lock for less than a second.
ROWS_PER_TRANSACTION = 20_000
# Ids of parents that are known to be here, for each table; beyond that they are asked for anew.
PARENTS_REMEMBERED = 50_000
# Bad records are held in memory until they are written.
BAD_PER_TRANSACTION = 5_000

Bad = list[tuple[str, bytes, Problem]]


@dataclass
class _Checked:
    """A chunk that is staged: what must still be said of it when its rows are written."""

    chunk: Chunk
    ids: list[str]
    bad: Bad
    gone: list[str]
    corrected: list[str]


@dataclass
class _Stage:
    """The chunks whose good rows are in the staging table."""

    rows: int = 0
    checked: list[_Checked] = field(default_factory=list)

    @property
    def records(self) -> int:
        return sum(checked.chunk.records for checked in self.checked)

    @property
    def bad(self) -> int:
        return sum(len(checked.bad) for checked in self.checked)


def integrate_upserts(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    wire: Wire,
    chunks: Iterable[Chunk],
    origin: Origin,
) -> Iterator[tuple[int, int]]:
    """Integrate chunks of one wire table; yield (records looked at, records kept back) as written."""
    aliases = Aliases(connection, kind)
    writer = _Writer(connection, kind, wire, origin, aliases)
    stage = _Stage()
    present: dict[str, set[str]] = defaultdict(set)
    dialect(connection).clear_stage(connection, kind)
    for chunk in chunks:
        checked, good = _check(connection, kind, chunk, origin, present, aliases)
        stage.checked.append(checked)
        if good["id"]:
            writer.stage(good)
            stage.rows += len(good["id"])
        if stage.rows >= ROWS_PER_TRANSACTION or stage.bad >= BAD_PER_TRANSACTION:
            refused = writer.write(stage.checked)
            yield stage.records, stage.bad + refused
            stage = _Stage()
    if stage.checked:
        refused = writer.write(stage.checked)
        yield stage.records, stage.bad + refused


def _check(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    chunk: Chunk,
    origin: Origin,
    present: dict[str, set[str]],
    aliases: Aliases,
) -> tuple[_Checked, Columns]:
    """Decode a chunk and sort out what cannot be taken; return the columns of the good rows."""
    batch = table_codec(kind, chunk.wire).decode(chunk.payload)
    arrived = batch.ids
    merged_away = aliases.repoint(batch)
    problems = {place: Problem(quarantine.INVALID, why) for place, why in batch.errors.items()}
    if origin.is_site:
        here = instance.load(connection)
        sender = acceptance.sender(connection, here, origin.site_id)
        problems |= acceptance.refused_from_site(connection, kind, batch, sender)
        problems |= aliases.refused_from_site(batch, sender)
    corrected = _keep_active_sites(connection, kind, batch) if origin.is_site else []
    problems |= aliases.refused(batch, problems)
    problems |= _missing_parents(connection, kind, batch, problems, present)
    gone = [batch.ids[place] for place in batch.removed if place not in problems]
    left_out = problems.keys() | batch.removed | merged_away
    columns = batch.columns
    if left_out:
        good = [place for place in range(len(batch)) if place not in left_out]
        columns = {name: [values[p] for p in good] for name, values in columns.items()}
    bad = [(arrived[p], batch.raw[p], problem) for p, problem in sorted(problems.items())]
    return _Checked(chunk, arrived, bad, gone, corrected), columns


def _keep_active_sites(
    connection: BaseDatabaseWrapper, kind: RecordType, batch: DecodedBatch
) -> list[str]:
    """Let stores be active where they are here; return those that came with another site.

    Only the central server moves a store. A primary server may not have heard of that yet.
    """
    if kind is not registry().stores:
        return []
    column = registry().store_columns.site
    known = ownership.lookup(connection, kind.table, column, batch.ids)
    arriving = batch.columns[column]
    batch.columns[column] = [
        known.get(i, site) for i, site in zip(batch.ids, arriving, strict=True)
    ]
    return [i for i, site in zip(batch.ids, arriving, strict=True) if known.get(i, site) != site]


def _missing_parents(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    batch: DecodedBatch,
    problems: dict[int, Problem],
    present: dict[str, set[str]],
) -> dict[int, Problem]:
    """Find the records whose parents are not here, with one query per reference.

    `present` remembers by table the parents that earlier chunks have found.
    """
    missing: dict[int, Problem] = {}
    for parent in kind.parents:
        values = batch.columns.get(parent.column)
        if values is None:
            continue
        wanted = {value for value in values if value}
        known = present[parent.table]
        if len(known) > PARENTS_REMEMBERED:
            known.clear()
        if not wanted <= known:
            known.update(ownership.lookup(connection, parent.table, "id", wanted - known))
        if parent.table == kind.table:
            known = known | {i for place, i in enumerate(batch.ids) if place not in problems}
        if wanted <= known:
            continue
        for place, value in enumerate(values):
            if value and value not in known and place not in problems:
                missing[place] = quarantine.missing_parent(parent.column, parent.table, value)
    return missing


class _Writer:
    """Stages and writes rows of one type, with the columns that the wire does not carry."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        wire: Wire,
        origin: Origin,
        aliases: Aliases,
    ) -> None:
        self.connection, self.kind, self.origin = connection, kind, origin
        self.aliases = aliases
        self.removal = unsaid_removal(kind, wire)
        self.insert_only: list[str] = []

    def stage(self, columns: Columns) -> None:
        """Add rows to the staging table."""
        length = len(columns["id"])
        columns = dict(columns)
        if self.removal and self.removal not in columns:
            # A record that comes again is in use again (sync-v5.md 13, `unit`).
            field_type = self.kind.columns[self.removal].get_internal_type()
            columns[self.removal] = [True if field_type == "BooleanField" else None] * length
        self.insert_only = [name for name in self.kind.columns if name not in columns]
        for name in self.insert_only:
            default = self.kind.columns[name].get_default()
            columns[name] = [_column_value(default)] * length
        dialect(self.connection).stage(self.connection, self.kind, columns)

    def write(self, group: Sequence[_Checked]) -> int:
        """Write the staged rows and what else a group of chunks leaves; return rows refused."""
        connection, kind = self.connection, self.kind
        with transaction.atomic(using=connection.alias):
            refused = self._write_staged(group)
            self._see_to_merges()
            for checked in group:
                if checked.gone:
                    deletes.delete(connection, kind, checked.gone, self.origin)
                chunk = checked.chunk
                merges = kind.merged_table is not None
                source = chunk.source_site
                quarantine.forget(connection, chunk.table, checked.ids, source, merges=merges)
                quarantine.keep(connection, checked.chunk, checked.bad)
                buffer.drop(connection, checked.chunk)
            for chunk, bad in refused:
                quarantine.keep(connection, chunk, bad)
            self._send_back([checked.bad for checked in group] + [bad for _, bad in refused])
            self._correct(group)
        dialect(connection).clear_stage(connection, kind)
        return sum(len(bad) for _, bad in refused)

    def _write_staged(self, group: Sequence[_Checked]) -> list[tuple[Chunk, Bad]]:
        """Write the staged rows; return those that the database itself refused."""
        speak = dialect(self.connection)
        refused: dict[str, Problem] = {}
        speak.begin_bulk(self.connection)
        self.aliases.settle()
        if self.origin.is_central:
            _pass_over_changed_here(self.connection, self.kind)
        refused |= self._keep_fixed()
        moving = self._moving_stores()
        try:
            with transaction.atomic(using=self.connection.alias):
                speak.upsert_staged(self.connection, self.kind, self.insert_only)
        except DatabaseError as error:
            if not speak.blames_data(error):
                raise
            # No check foresaw it: find the culprits one by one, so that they harm only themselves.
            refused |= self._write_one_by_one()
        rows = changelog.staged(self.kind)
        origin = self.origin
        changelog.log_upserts(self.connection, self.kind, rows, origin.log_source, origin.logs)
        changelog.follow_parents(self.connection, self.kind, rows, None, origin.logs)
        self._tell_newly_visible()
        if moving:
            changelog.touch_stores(self.connection, moving, origin.logs)
        speak.end_bulk(self.connection)
        return [(c.chunk, _raw_of(self.kind, c.chunk, refused)) for c in group if refused]

    def _keep_fixed(self) -> dict[str, Problem]:
        """Leave out what a site says anew of what stays as it was written; return why."""
        kind = self.kind
        columns = [column for column in kind.fixed if column not in self.insert_only]
        if not columns or not self.origin.is_site or self._is_centres_to_change():
            return {}
        # NULL is like NULL, and unlike everything else.
        same = " AND ".join(
            f'(s."{c}" = t."{c}" OR (s."{c}" IS NULL AND t."{c}" IS NULL)) IS TRUE' for c in columns
        )
        with self.connection.cursor() as cursor:
            cursor.execute(
                f'SELECT t.id, MIN(CASE WHEN {same} THEN 1 ELSE 0 END) FROM "{stage_name(kind)}" s'
                f' JOIN "{kind.table}" t ON t.id = s.id GROUP BY t.id'
            )
            present = dict(cursor.fetchall())
        changed = [record_id for record_id, is_same in present.items() if not is_same]
        left_out = list(present) if kind.model.written_once else changed
        if left_out:
            _unstage(self.connection, kind, left_out)
        return dict.fromkeys(changed, acceptance.fixed(kind))

    def _is_centres_to_change(self) -> bool:
        if self.kind.model.written_once:
            return False
        here = instance.load(self.connection)
        return acceptance.is_centre(self.kind, here, self.origin.site_id)

    def _moving_stores(self) -> list[str]:
        """Return the stores that are on another site from now on: that site needs all of them.

        The mSupply central server sees to that itself; an Open mSupply central server apart from it
        only hears where a store has gone.
        """
        if self.kind is not registry().stores or not self.origin.logs:
            return []
        site = registry().store_columns.site
        with self.connection.cursor() as cursor:
            cursor.execute(
                f'SELECT DISTINCT t.id FROM "{stage_name(self.kind)}" s'
                f' JOIN "{self.kind.table}" t ON t.id = s.id WHERE s.{site} <> t.{site}'
            )
            return [store for (store,) in cursor.fetchall()]

    def _write_one_by_one(self) -> dict[str, Problem]:
        refused = {}
        for record_id in self._staged_ids():
            try:
                with transaction.atomic(using=self.connection.alias):
                    dialect(self.connection).upsert_staged(
                        self.connection, self.kind, self.insert_only, record_id
                    )
            except DatabaseError as error:
                if not dialect(self.connection).blames_data(error):
                    raise
                reason = Message(_("the database refused it: {detail}"), {"detail": told(error)})
                refused[record_id] = Problem(quarantine.DATABASE, reason)
        _unstage(self.connection, self.kind, list(refused))
        return refused

    def _see_to_merges(self) -> None:
        """Do what arriving merges say, and tidy up after records that came with old ids."""
        connection, kind, served = self.connection, self.kind, self.origin.logs
        if kind.merged_table is not None:
            merging.apply(connection, kind, self._staged_ids(), served, self.origin.log_source)
        elif self.aliases.met or self.aliases.lost:
            merging.tidy(connection, kind, self.aliases.met, self.aliases.lost, served)
        self.aliases.written()

    def _staged_ids(self) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(f'SELECT DISTINCT id FROM "{stage_name(self.kind)}"')
            return [record_id for (record_id,) in cursor.fetchall()]

    def _send_back(self, kept_back: Iterable[Bad]) -> None:
        """Let a site that changed what is not its own have the true value back."""
        not_owned = [
            record_id
            for bad in kept_back
            for record_id, _, problem in bad
            if problem.code == quarantine.NOT_OWNER
        ]
        if not_owned:
            logs = self.origin.logs - {Channel.CENTRAL}
            changelog.touch_records(self.connection, self.kind, not_owned, logs)

    def _correct(self, group: Sequence[_Checked]) -> None:
        """Let a site know where the stores that it has sent are active."""
        corrected = [record_id for checked in group for record_id in checked.corrected]
        if corrected:
            changelog.touch_records(self.connection, self.kind, corrected, self.origin.logs)

    def _tell_newly_visible(self) -> None:
        visibility = self.kind.model.visibility
        if not visibility or not self.origin.logs:
            return
        with self.connection.cursor() as cursor:
            cursor.execute(f'SELECT DISTINCT {visibility.subject} FROM "{stage_name(self.kind)}"')
            subjects = [subject for (subject,) in cursor.fetchall()]
        origin = self.origin
        changelog.touch_visible(self.connection, subjects, origin.logs, origin.log_source)


def _pass_over_changed_here(connection: BaseDatabaseWrapper, kind: RecordType) -> None:
    """Leave out records with a change of this site that the central server has not got yet.

    That newer change stays, and is pushed in the next cycle.
    """
    pushed = {
        Channel.QUEUE: cursors.get(connection, cursors.PUSH_V5),
        Channel.MODERN: cursors.get(connection, cursors.PUSH_V6),
    }
    for channel, after in pushed.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f'DELETE FROM "{stage_name(kind)}" WHERE id IN (SELECT record_id'
                f" FROM {channel.value} WHERE record_type = %s AND cursor > %s"
                " AND source_site IS NULL)",
                [kind.number, after],
            )


def _unstage(connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str]) -> None:
    speak = dialect(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{stage_name(kind)}" WHERE {speak.in_ids("id")}',
            [speak.ids_parameter(ids)],
        )


def _raw_of(kind: RecordType, chunk: Chunk, refused: dict[str, Problem]) -> Bad:
    """Return the records of a chunk that the database refused, as they came."""
    batch = table_codec(kind, chunk.wire).decode(chunk.payload)
    return [
        (record_id, batch.raw[place], refused[record_id])
        for place, record_id in enumerate(batch.ids)
        if record_id in refused and place not in batch.errors
    ]


def _column_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value
