"""SQLite: row triggers, executemany upserts, one writer at a time."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from django.db import DatabaseError, DataError, Error, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.sql import merged
from msupply.sync.sql.dialect import on_conflict_update, stage_name
from msupply.sync.sql.routing_columns import (
    LOG_COLUMNS,
    condition,
    log_values,
    logged,
    tombstone_values,
)

_QUIET = '(SELECT "on" FROM sync_bulk_switch WHERE id = 1)'

# All other codes tell of the file, of locks, or of a statement that is wrong itself.
_OF_THE_DATA = frozenset(
    {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}
)


def _merge_extra(own: str, new: str) -> str:
    """Merge two JSON objects key by key; json_patch would drop the keys that are null."""
    return msgspec.json.encode(_raw_object(own) | _raw_object(new)).decode()


_raw_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class SQLite:
    """See `Dialect`."""

    @contextmanager
    def integrating(self, connection: BaseDatabaseWrapper, *, alone: bool) -> Iterator[None]:
        """Write without a flush per transaction: what is lost is still in the buffer.

        Alone, constraints need not be checked row by row either: integration has just looked
        every parent up, and nobody could have removed it since.
        """
        if connection.in_atomic_block:
            yield  # Neither can be changed inside a transaction.
            return
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")
            if alone:
                cursor.execute("PRAGMA foreign_keys = OFF")
            try:
                yield
            finally:
                cursor.execute("PRAGMA foreign_keys = ON")
                cursor.execute("PRAGMA synchronous = FULL")

    def clear_stage(self, connection: BaseDatabaseWrapper, kind: RecordType) -> None:
        """A temporary table has a file of its own, outside the lock of the database."""
        names = ", ".join(f'"{name}"' for name in kind.columns)
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{stage_name(kind)}" ({names})')
            cursor.execute(f'DELETE FROM temp."{stage_name(kind)}"')

    def stage(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        columns: Mapping[str, Sequence[Any]],
    ) -> None:
        """Insert with executemany; columns that are null throughout are not even bound."""
        length = len(columns["id"])
        bound = [
            name
            for name, values in columns.items()
            # The first value settles most: comparing numbers with None is slow.
            if values[0] is not None or values.count(None) < length
        ]
        names = ", ".join(f'"{name}"' for name in bound)
        marks = ", ".join("?" * len(bound))
        sql = f'INSERT INTO temp."{stage_name(kind)}" ({names}) VALUES ({marks})'
        # A transaction that touches the temporary file only: Django's would lock the database.
        own = not connection.in_atomic_block
        connection.ensure_connection()
        rows = zip(*(columns[name] for name in bound), strict=True)
        with connection.wrap_database_errors:
            if own:
                connection.connection.execute("BEGIN")
            try:
                connection.connection.executemany(sql, rows)
            except BaseException:
                if own and connection.connection.in_transaction:
                    connection.connection.execute("ROLLBACK")
                raise
            if own:
                connection.connection.execute("COMMIT")

    def upsert_staged(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        insert_only: Sequence[str],
        only_id: str | None = None,
    ) -> None:
        """Neighbours in the index of ids are written together, each page once."""
        names = ", ".join(f'"{name}"' for name in kind.columns)
        update = on_conflict_update(kind, insert_only, "merge_extra({own}, {new})")
        only = "TRUE" if only_id is None else "id = %s"
        connection.ensure_connection()
        connection.connection.create_function("merge_extra", 2, _merge_extra, deterministic=True)
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{kind.table}" ({names})'
                f' SELECT {names} FROM temp."{stage_name(kind)}" WHERE {only} ORDER BY id, rowid'
                f" {update}",
                None if only_id is None else [only_id],
            )

    def blames_data(self, error: DatabaseError) -> bool:
        """By the primary error code; what Python itself cannot bind has none, and is a DataError."""
        code = getattr(error.__cause__, "sqlite_errorcode", None)
        return isinstance(error, DataError) if code is None else code & 0xFF in _OF_THE_DATA

    def is_away(self, error: Error) -> bool:
        """A file that may only be read is among these."""
        if isinstance(error, OperationalError):
            return not self.blames_data(error)
        return isinstance(error, InterfaceError)

    def in_ids(self, column: str) -> str:
        """A JSON list stands for any number of ids."""
        return f"{column} IN (SELECT value FROM json_each(%s))"

    def ids_parameter(self, ids: Iterable[str]) -> Any:
        """See `in_ids`."""
        return json.dumps(list(ids))

    def text_column(self, name: str, internal_type: str) -> str:
        """An expression has no declared type, so Django's converters leave its value alone."""
        typed = internal_type in ("BooleanField", "DateField", "DateTimeField")
        return f"+{name}" if typed else name

    def log_rows(self, channel: Channel, select: str) -> list[str]:
        """REPLACE gives the row a new cursor at the head."""
        return [f"INSERT OR REPLACE INTO {channel.value} ({LOG_COLUMNS}) {select}"]

    def triggers(self, kind: RecordType) -> list[str]:
        """One trigger per table, event and log."""
        statements = []
        table = f'"{kind.table}"'
        for number, (channel, test, policy) in enumerate(logged(kind)):
            log = channel.value
            same = f"record_type = {kind.number} AND record_id"
            # Not INSERT OR REPLACE: the statement that fires a trigger overrules its OR clauses.
            insert = f"DELETE FROM {log} WHERE {same} = NEW.id; INSERT INTO {log} ({LOG_COLUMNS})"
            row, source = "NEW", ""
            if merged.follows(kind):
                # What is logged is the row as it is then; a trigger does not fire itself.
                insert = f"{merged.repoint(kind, f'{table}.id = NEW.id')}; {insert}"
                row, source = "now", f" FROM {table} now WHERE now.id = NEW.id"
            bodies = {
                "insert": f"{insert} SELECT {log_values(kind, policy, row)}{source}",
                "update": f"{insert} SELECT {log_values(kind, policy, row, former='OLD')}{source}",
                # A DELETE statement has no OR clause that could overrule this one.
                "delete": (
                    f"INSERT OR REPLACE INTO {log} ({LOG_COLUMNS})"
                    f" SELECT {tombstone_values(kind, policy, 'OLD', 'former')} FROM (SELECT 1)"
                    f" LEFT JOIN {log} former ON {same.replace('record_', 'former.record_')} = OLD.id"
                ),
            }
            for event, body in bodies.items():
                name = f"changelog_{kind.table}_{event}_{number}"
                changed = "OLD" if event == "delete" else "NEW"
                statements.append(f"DROP TRIGGER IF EXISTS {name}")
                statements.append(
                    f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table}"
                    f" WHEN NOT {_QUIET} AND {condition(test, changed)} BEGIN {body}; END"
                )
        return statements + _children_triggers(kind)

    def setup(self) -> list[str]:
        """The switch has one row."""
        return ['INSERT OR IGNORE INTO sync_bulk_switch (id, "on") VALUES (1, 0)']

    def installed_triggers(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Read them from the schema."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                " AND name LIKE 'changelog\\_%%' ESCAPE '\\'"
            )
            return {name for (name,) in cursor.fetchall()}

    def begin_bulk(self, connection: BaseDatabaseWrapper) -> None:
        """Only this transaction sees the switch: SQLite has one writer."""
        with connection.cursor() as cursor:
            cursor.execute('UPDATE sync_bulk_switch SET "on" = 1 WHERE id = 1')

    def end_bulk(self, connection: BaseDatabaseWrapper) -> None:
        """Back to 0 before anybody else can see it."""
        with connection.cursor() as cursor:
            cursor.execute('UPDATE sync_bulk_switch SET "on" = 0 WHERE id = 1')

    def hold_merges(self, connection: BaseDatabaseWrapper, *, alone: bool) -> None:
        """There is one writer."""

    def safe_head(self, connection: BaseDatabaseWrapper, channel: Channel) -> int:
        """With one writer at a time, rows commit in the order of their cursors."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(cursor) FROM {channel.value}")
            (head,) = cursor.fetchone()
        return head or 0


def _children_triggers(kind: RecordType) -> list[str]:
    """Return the triggers that move the children of a row whose other party has changed."""
    statements = []
    for child in registry().routed_through(kind):
        for channel in child.kind.channels(child.policy):
            log, own = channel.value, f'"{child.kind.table}" c WHERE c.{child.reference} = NEW.id'
            values = log_values(child.kind, child.policy, "c")
            name = f"changelog_{kind.table}_{child.kind.table}_{log}"
            statements.append(f"DROP TRIGGER IF EXISTS {name}")
            statements.append(
                f'CREATE TRIGGER {name} AFTER UPDATE OF {child.target} ON "{kind.table}"'
                f" WHEN NOT {_QUIET} AND OLD.{child.target} IS NOT NEW.{child.target} BEGIN"
                f" DELETE FROM {log} WHERE record_type = {child.kind.number}"
                f" AND record_id IN (SELECT c.id FROM {own});"
                f" INSERT INTO {log} ({LOG_COLUMNS}) SELECT {values} FROM {own}"
                f" AND {condition(child.test, 'c')}; END"
            )
    return statements


DIALECT = SQLite()
