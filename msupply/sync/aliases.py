"""Ids of records that were merged into others, in what arrives.

The merges themselves are the dictionary: a row has the id of the record that was lost, and its
`kept_id` never is a lost one (see merging.py).
"""

from collections import defaultdict
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import acceptance, ownership, quarantine
from msupply.sync.acceptance import Sender
from msupply.sync.clock import now_text
from msupply.sync.declare.decoded import DecodedBatch
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import RecordType, registry
from msupply.sync.declare.removal import HardDelete
from msupply.sync.quarantine import Problem
from msupply.sync.sql import dialect
from msupply.sync.sql.dialect import stage_name
from msupply.sync.sql.merged import references


@cache
def keyed_table(kind: RecordType) -> str | None:
    """Return the table whose ids the rows of a type have, None for the usual type."""
    if kind.model.keyed_by is None:
        return None
    return next(
        table
        for table, merge in registry().merges.items()
        if registry().by_table[table].model._meta.label == kind.model.keyed_by
    )


@cache
def _tables(kind: RecordType) -> list[str]:
    """Return the tables whose merges matter to arriving records of a type."""
    tables = {table for _, table in references(kind)}
    own = {kind.table, keyed_table(kind)} & registry().merges.keys()
    return sorted(tables | {table for table in own if table})


class Aliases:
    """The merges that matter to one record type, while its records are integrated."""

    def __init__(self, connection: BaseDatabaseWrapper, kind: RecordType) -> None:
        self.connection, self.kind = connection, kind
        self.by_table: dict[str, dict[str, str]] = {}
        # By column, the records kept that have been met since the last write.
        self.met: dict[str, set[str]] = defaultdict(set)
        self.lost: set[str] = set()
        self._survivors: dict[str, set[str]] = {}
        self._known = 0
        self._load()

    def _load(self) -> None:
        tables = _tables(self.kind)
        self.by_table.clear()
        if not tables:
            return
        parts = [
            f"SELECT '{table}', id, kept_id FROM {registry().merges[table].table}"
            for table in tables
        ]
        with self.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts))
            rows = cursor.fetchall()
        self._known = len(rows)
        for table, lost, kept in rows:
            self.by_table.setdefault(table, {})[lost] = kept
        self._survivors = {table: set(known.values()) for table, known in self.by_table.items()}

    def repoint(self, batch: DecodedBatch) -> set[int]:
        """Put the ids of the records kept for those lost; return the places to leave out."""
        if not self.by_table:
            return set()
        unaware: set[int] = set()
        for column, table in references(self.kind):
            values, known = batch.columns.get(column), self.by_table.get(table)
            if not known or values is None:
                continue
            if not known.keys().isdisjoint(values):
                unaware |= {place for place, value in enumerate(values) if value in known}
                values = batch.columns[column] = [known.get(value, value) for value in values]
            if self.kind.model.once and column in self.kind.model.once.columns:
                self.met[column] |= self._survivors[table].intersection(values)
        self._combine(batch, unaware)
        return self._lose(batch) | self._rekey(batch)

    def _combine(self, batch: DecodedBatch, unaware: set[int]) -> None:
        """Keep the combined columns of rows whose sender does not know of the merge yet."""
        once = self.kind.model.once
        if not unaware or once is None:
            return
        ids = [batch.ids[place] for place in unaware]
        for column in once.combined:
            present = ownership.lookup(self.connection, self.kind.table, column, ids)
            values = batch.columns[column]
            batch.columns[column] = [
                value or (place in unaware and present.get(batch.ids[place])) or value
                for place, value in enumerate(values)
            ]

    def _lose(self, batch: DecodedBatch) -> set[int]:
        """See to it that records that are lost stay so."""
        known = self.by_table.get(self.kind.table)
        merging = self.kind.model.merging
        if not known or merging is None or known.keys().isdisjoint(batch.ids):
            return set()
        lost = {place for place, record_id in enumerate(batch.ids) if record_id in known}
        if isinstance(merging.lost, HardDelete):
            return lost
        ids = [batch.ids[place] for place in lost]
        self.lost.update(ids)
        column = merging.lost.column
        used: bool | None
        gone: dict[str, Any]
        field = self.kind.columns[column]
        if field.get_internal_type() == "BooleanField":
            used, gone = True, dict.fromkeys(ids, False)
        else:
            used, now = None, now_text()
            since = ownership.lookup(self.connection, self.kind.table, column, ids)
            gone = {record_id: since.get(record_id) or now for record_id in ids}
        values = batch.columns.get(column) or [used] * len(batch)
        batch.columns[column] = [
            gone[batch.ids[place]] if place in lost else value for place, value in enumerate(values)
        ]
        return set()

    def _rekey(self, batch: DecodedBatch) -> set[int]:
        """Give rows that have the id of a lost record the id of the one kept, unless that has one."""
        known = self.by_table.get(keyed_table(self.kind) or "")
        if not known or known.keys().isdisjoint(batch.ids):
            return set()
        lost = {place for place, record_id in enumerate(batch.ids) if record_id in known}
        kept = {known[batch.ids[place]] for place in lost}
        taken = set(ownership.lookup(self.connection, self.kind.table, "id", kept))
        taken |= set(batch.ids)
        left_out = {place for place in lost if known[batch.ids[place]] in taken}
        batch.ids = batch.columns["id"] = [
            known.get(record_id, record_id) if place in lost - left_out else record_id
            for place, record_id in enumerate(batch.ids)
        ]
        return left_out

    def refused(self, batch: DecodedBatch, problems: dict[int, Problem]) -> dict[int, Problem]:
        """Follow the chains among arriving merges; return those that would close a circle."""
        if self.kind.merged_table is None:
            return {}
        known = self.by_table.setdefault(self.kind.merged_table, {})
        refused = {}
        kept = batch.columns["kept_id"] = list(batch.columns["kept_id"])
        good = [place for place in range(len(batch)) if place not in problems]
        for place in good:
            lost = batch.ids[place]
            before = known.pop(lost, None)
            if root(known, kept[place]) != lost:
                known[lost] = kept[place]
                continue
            if before is not None:
                known[lost] = before
            reason = Message(_("“{id}” cannot be merged into itself"), {"id": lost})
            refused[place] = Problem(quarantine.INVALID, reason)
        for place in good:
            kept[place] = root(known, kept[place])
        return refused

    def refused_from_site(self, batch: DecodedBatch, sender: Sender) -> dict[int, Problem]:
        """Return the pushed merges of records that the sender may not take away or change."""
        if self.kind.merged_table is None:
            return {}
        merged = registry().by_table[self.kind.merged_table]
        kept = batch.columns["kept_id"]
        ids = list({record_id for record_id in (*batch.ids, *kept) if record_id})
        refused = acceptance.not_owned(self.connection, merged, ids, sender)
        return {
            place: refused.get(lost) or refused[kept[place]]
            for place, lost in enumerate(batch.ids)
            if place not in batch.errors and (lost in refused or kept[place] in refused)
        }

    def settle(self) -> None:
        """Re-point what is staged if somebody has merged since; no merge can come in between now."""
        tables = _tables(self.kind)
        if not tables:
            return
        speak = dialect(self.connection)
        speak.hold_merges(self.connection, alone=self.kind.merged_table is not None)
        merges = {table: registry().merges[table].table for table in tables}
        counts = " + ".join(f"(SELECT count(*) FROM {name})" for name in merges.values())
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {counts}")
            if cursor.fetchone()[0] == self._known:
                return
            stage = stage_name(self.kind)
            for column, table in references(self.kind):
                cursor.execute(
                    f'UPDATE "{stage}" SET "{column}" = (SELECT m.kept_id FROM {merges[table]} m'
                    f' WHERE m.id = "{stage}"."{column}")'
                    f' WHERE "{column}" IN (SELECT id FROM {merges[table]})'
                )
        self._load()

    def written(self) -> None:
        """Forget what was met: it has been seen to."""
        self.met.clear()
        self.lost.clear()
        if self.kind.merged_table is not None:
            self._load()


def root(known: dict[str, str], record_id: str) -> str:
    """Return the record that an id stands for."""
    while record_id in known:
        record_id = known[record_id]
    return record_id
