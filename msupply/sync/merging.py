"""Merging records: what referred to the one lost refers to the one kept (domain.md D.11).

Every site merges for itself, so re-pointing moves nothing in the logs; only what now goes to other
sites than before does. Whatever the order of merges and records, the outcome is the same: chains
are followed, and among rows made alike the lowest id stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.sync import changelog
from msupply.sync.aliases import keyed_table, root
from msupply.sync.changelog import Selection
from msupply.sync.clock import now_text
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.declare.removal import HardDelete
from msupply.sync.duplicates import drop_duplicates, forget_rows
from msupply.sync.sql import dialect
from msupply.sync.sql.merged import references
from msupply.sync.sql.routing_columns import logged, partner

Logs = frozenset[Channel]
# Logs from which a remote site tells its central servers.
_UP: Logs = frozenset(Channel)


def merge(
    connection: BaseDatabaseWrapper, kind: RecordType, values: dict[str, Any], served: Logs
) -> None:
    """Make a merge here: write its row and do what it says. `kind` is the record type of merges.

    `values` are its columns; `served` are the logs that other sites read here. Who may do it, and
    whether it makes sense, has been checked.
    """
    with transaction.atomic(using=connection.alias):
        dialect(connection).hold_merges(connection, alone=True)
        QuerySet(kind.model, using=connection.alias).update_or_create(
            id=values["id"], defaults={k: v for k, v in values.items() if k != "id"}
        )
        apply(connection, kind, [values["id"]], served, made_here=True)


def apply(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    ids: Sequence[str],
    served: Logs,
    source: int | None = None,
    *,
    made_here: bool = False,
) -> None:
    """Do what the merges with these ids say, in the transaction that has written them.

    `source` is the site that pushed them.
    """
    speak = dialect(connection)
    speak.begin_bulk(connection)
    pairs = _follow_chains(connection, kind, ids)
    if pairs:
        _Run(connection, kind, pairs, served, source, made_here=made_here).run()
    speak.end_bulk(connection)


def count_references(connection: BaseDatabaseWrapper, table: str, record_id: str) -> dict[str, int]:
    """Count the rows that refer to a record, by the name of their type."""
    found: dict[str, int] = defaultdict(int)
    with connection.cursor() as cursor:
        for kind, column in _referring(table):
            cursor.execute(
                f'SELECT count(*) FROM "{kind.table}" WHERE "{column}" = %s', [record_id]
            )
            found[kind.name] += cursor.fetchone()[0]
    return {name: number for name, number in found.items() if number}


def tidy(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    met: Mapping[str, Iterable[str]],
    lost: Iterable[str],
    served: Logs,
) -> None:
    """Tidy up after records of a type that came with old ids have been written.

    `met` are by column the records kept that they refer to; `lost` came though they are lost.
    """
    speak = dialect(connection)
    speak.begin_bulk(connection)
    for column, kept in met.items():
        drop_duplicates(connection, kind, column, kept, served)
    _reroute(connection, kind, lost)
    speak.end_bulk(connection)


def _reroute(connection: BaseDatabaseWrapper, kind: RecordType, lost: Iterable[str]) -> None:
    """Let log rows about lost patients or prescribers go where the one kept is visible."""
    lost = list(lost)
    if not lost or not _is_subject(kind):
        return
    speak = dialect(connection)
    merges = registry().merges[kind.table].table
    for channel in (Channel.QUEUE, Channel.MODERN):
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {channel.value} SET visible_id = (SELECT m.kept_id FROM {merges} m"
                f" WHERE m.id = {channel.value}.visible_id)"
                f" WHERE visible_id IS NOT NULL AND {speak.in_ids('visible_id')}",
                [speak.ids_parameter(lost)],
            )


def _follow_chains(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str]
) -> dict[str, str]:
    """Let every merge name the record that is kept in the end; return those asked for."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, kept_id FROM {kind.table}")
        known: dict[str, str] = dict(cursor.fetchall())
        moved = [
            (kept, lost) for lost in known if (kept := root(known, known[lost])) != known[lost]
        ]
        cursor.executemany(f"UPDATE {kind.table} SET kept_id = %s WHERE id = %s", moved)
    return {lost: root(known, lost) for lost in ids if lost in known}


def _referring(table: str) -> list[tuple[RecordType, str]]:
    """Return the columns that refer to records of a table, merges of them left out."""
    merges = registry().merges[table]
    return [
        (kind, column)
        for kind in registry().types
        if kind is not merges
        for column, to in references(kind)
        if to == table
    ]


def _is_subject(kind: RecordType) -> bool:
    """True for patients and prescribers: records that are visible in stores, or are not."""
    return any(
        (join.model.visibility.subject, kind.table) in references(join)
        for join in registry().visibility
        if join.model.visibility
    )


class _Run:
    """Some merges of one type, done together."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        merges: RecordType,
        pairs: dict[str, str],
        served: Logs,
        source: int | None,
        *,
        made_here: bool,
    ) -> None:
        self.source = source
        assert merges.merged_table is not None
        self.connection, self.merges, self.pairs, self.served = connection, merges, pairs, served
        self.kind = registry().by_table[merges.merged_table]
        merging = self.kind.model.merging
        assert merging is not None
        self.merging = merging
        self.lost, self.kept = sorted(pairs), sorted(set(pairs.values()))
        # Where the changed rows themselves must be told, because some sites know no such merge.
        self.told: Logs = frozenset()
        if not merging.known_to_all:
            self.told = served or (_UP if made_here else frozenset())

    def run(self) -> None:
        newly_visible = self._newly_visible()
        for kind, column in _referring(self.kind.table):
            self._repoint(kind, column)
        self._rekey()
        self._lose()
        self._wait_for_the_kept()
        _reroute(self.connection, self.kind, self.lost)
        self._route_to_partners()
        if newly_visible:
            changelog.touch_visible(self.connection, newly_visible, self.served, None)

    def _in(self, column: str, ids: Sequence[str]) -> tuple[str, Any]:
        speak = dialect(self.connection)
        return speak.in_ids(column), speak.ids_parameter(ids)

    def _repoint(self, kind: RecordType, column: str) -> None:
        condition, lost = self._in(f'"{column}"', self.lost)
        with self.connection.cursor() as cursor:
            changed = []
            if self.told:
                cursor.execute(f'SELECT id FROM "{kind.table}" WHERE {condition}', [lost])
                changed = [row_id for (row_id,) in cursor.fetchall()]
            cursor.execute(
                f'UPDATE "{kind.table}" SET "{column}" = (SELECT m.kept_id'
                f' FROM {self.merges.table} m WHERE m.id = "{kind.table}"."{column}")'
                f" WHERE {condition}",
                [lost],
            )
        if changed:
            rows = changelog.by_ids(self.connection, changed)
            changelog.log_upserts(self.connection, kind, rows, self.source, self.told)
        drop_duplicates(self.connection, kind, column, self.kept, self.served)

    def _rekey(self) -> None:
        """Give rows that have the id of a lost record that of the one kept, unless that has one."""
        for kind in registry().types:
            if keyed_table(kind) != self.kind.table:
                continue
            condition, ids = self._in("id", [*self.lost, *self.kept])
            with self.connection.cursor() as cursor:
                cursor.execute(f'SELECT id FROM "{kind.table}" WHERE {condition}', [ids])
                present = {row_id for (row_id,) in cursor.fetchall()}
                taken = present - set(self.lost)
                renamed = []
                for lost in self.lost:
                    kept = self.pairs[lost]
                    if lost in present and kept not in taken:
                        taken.add(kept)
                        renamed.append((kept, lost))
                cursor.executemany(f'UPDATE "{kind.table}" SET id = %s WHERE id = %s', renamed)
            forget_rows(self.connection, kind, self.lost)
            rows = changelog.by_ids(self.connection, [kept for kept, _ in renamed])
            changelog.log_upserts(self.connection, kind, rows, None, self.served or _UP)

    def _lose(self) -> None:
        """Mark or remove the records that are lost."""
        kind, lost = self.kind, self.merging.lost
        rows = changelog.by_ids(self.connection, self.lost)
        if isinstance(lost, HardDelete):
            changelog.log_deletes(self.connection, kind, rows, self.source, self.told)
            forget_rows(self.connection, kind, self.lost, keep_log=bool(self.told))
            return
        boolean = kind.columns[lost.column].get_internal_type() == "BooleanField"
        value = "FALSE" if boolean else f'COALESCE("{lost.column}", %s)'
        condition, ids = self._in("id", self.lost)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{kind.table}" SET "{lost.column}" = {value} WHERE {condition}',
                [ids] if boolean else [now_text(), ids],
            )
        # Other makes re-point what refers to an item, and would go on showing the item itself.
        told = self.told | (self.served & {Channel.CENTRAL})
        changelog.log_upserts(self.connection, kind, rows, self.source, told)

    def _wait_for_the_kept(self) -> None:
        """Records kept back for want of a lost record are tried again with the one kept."""
        condition, ids = self._in("waits_id", self.lost)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE sync_quarantine SET waits_id = (SELECT m.kept_id FROM {self.merges.table}"
                " m WHERE m.id = sync_quarantine.waits_id)"
                f" WHERE waits_table = %s AND {condition}",
                [self.kind.table, ids],
            )

    def _newly_visible(self) -> list[str]:
        """Return the kept patients or prescribers that other stores see than saw those lost."""
        if not self.served or not _is_subject(self.kind):
            return []
        stores: dict[str, set[str]] = defaultdict(set)
        for join in registry().visibility:
            visibility = join.model.visibility
            if not visibility or (visibility.subject, self.kind.table) not in references(join):
                continue
            condition, ids = self._in(visibility.subject, [*self.lost, *self.kept])
            with self.connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT {visibility.subject}, {visibility.store} FROM "{join.table}"'
                    f" WHERE {condition}",
                    [ids],
                )
                for subject, store in cursor.fetchall():
                    stores[subject].add(store)
        return sorted({kept for lost, kept in self.pairs.items() if stores[lost] != stores[kept]})

    def _route_to_partners(self) -> None:
        """Documents whose other party has become a store's name go to that store's site now."""
        column = registry().store_columns.name
        stores = registry().stores
        if not self.served or (column, self.kind.table) not in references(stores):
            return
        condition, kept = self._in(f'"{column}"', self.kept)
        with self.connection.cursor() as cursor:
            cursor.execute(f'SELECT 1 FROM "{stores.table}" WHERE {condition} LIMIT 1', [kept])
            if cursor.fetchone() is None:
                return
        for kind in registry().types:
            for channel, _, policy in logged(kind):
                path = policy.other_party
                if channel not in self.served or not path or "." in path:
                    continue
                condition, kept = self._in(f"t.{path}", self.kept)
                moved = (
                    f"{condition} AND EXISTS (SELECT 1 FROM {channel.value} l"
                    f" WHERE l.record_type = {kind.number} AND l.record_id = t.id"
                    f" AND COALESCE(l.partner_id, '') <> COALESCE({partner(kind, policy, 't')}, ''))"
                )
                changelog.log_upserts(
                    self.connection, kind, Selection(moved, (kept,)), None, (channel,)
                )
                rows = Selection(condition, (kept,))
                changelog.follow_parents(self.connection, kind, rows, None, (channel,))
