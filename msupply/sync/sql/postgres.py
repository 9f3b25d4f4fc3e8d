"""PostgreSQL: statement triggers with transition tables, COPY upserts, cursors in commit order.

Commit order: a transaction takes its cursors before it commits, so a reader could see cursor 12
while 11 is still open, and would never come back for 11. Every writer therefore holds a shared
advisory lock that names the log's last cursor when it began to write; readers stop there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, DataError, Error, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import Channel, RecordType, RoutedChild, registry
from msupply.sync.sql import merged
from msupply.sync.sql.dialect import on_conflict_update, stage_name
from msupply.sync.sql.routing_columns import (
    LOG_COLUMNS,
    condition,
    log_values,
    logged,
    tombstone_values,
)

# The advisory lock of a writer is LOCK_BASE * (its channel's number) + cursor.
LOCK_BASE = 2**48
# The advisory lock of merges; no writer has the number 0.
_MERGES = 1
_NUMBERS = {channel: number for number, channel in enumerate(Channel, start=1)}

# The classes of SQLSTATE that blame what was to be written: values, constraints, and limits such as
# the size of an index entry. All others tell of the server: its settings, rights and tables, its
# connections, locks and disk.
_OF_THE_DATA = frozenset({"22", "23", "54"})
# "Invalid transaction state": nothing may be written, or not any more.
_READ_ONLY = "25006"

# Unlike jsonb, json leaves each value as it was written.
_MERGED = (
    "(SELECT json_object_agg(key, value)::text FROM (SELECT DISTINCT ON (key) key, value FROM"
    " (SELECT 1 AS age, o.* FROM json_each({own}::json) o"
    " UNION ALL SELECT 0, n.* FROM json_each({new}::json) n) both_of ORDER BY key, age) m)"
)

_MOVE_TO_HEAD = (
    "ON CONFLICT (record_type, record_id) DO UPDATE SET cursor = EXCLUDED.cursor,"
    " deleted = EXCLUDED.deleted, store_id = EXCLUDED.store_id, partner_id = EXCLUDED.partner_id,"
    " visible_id = EXCLUDED.visible_id, everywhere = EXCLUDED.everywhere,"
    " source_site = EXCLUDED.source_site"
)


class Postgres:
    """See `Dialect`."""

    @contextmanager
    def integrating(self, connection: BaseDatabaseWrapper, *, alone: bool) -> Iterator[None]:
        """Write without a flush per transaction: what is lost is still in the buffer."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            try:
                yield
            finally:
                cursor.execute("RESET synchronous_commit")

    def clear_stage(self, connection: BaseDatabaseWrapper, kind: RecordType) -> None:
        """A temporary table belongs to the session; `staged` keeps the order of arrival."""
        stage = stage_name(kind)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f'pg_temp."{stage}"'])
            if cursor.fetchone()[0]:
                cursor.execute(f'TRUNCATE pg_temp."{stage}"')
                return
            cursor.execute(f'CREATE TEMPORARY TABLE "{stage}" (LIKE "{kind.table}")')
            for name in kind.columns:
                cursor.execute(f'ALTER TABLE pg_temp."{stage}" ALTER "{name}" DROP NOT NULL')
            cursor.execute(f'ALTER TABLE pg_temp."{stage}" ADD staged serial')

    def stage(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        columns: Mapping[str, Sequence[Any]],
    ) -> None:
        """COPY."""
        names = ", ".join(f'"{name}"' for name in columns)
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f'COPY pg_temp."{stage_name(kind)}" ({names}) FROM STDIN') as copy,
        ):
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)

    def upsert_staged(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        insert_only: Sequence[str],
        only_id: str | None = None,
    ) -> None:
        """In the order of ids, so that two integrations cannot lock each other out."""
        names = ", ".join(f'"{name}"' for name in kind.columns)
        update = on_conflict_update(kind, insert_only, _MERGED)
        only = "TRUE" if only_id is None else "id = %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{kind.table}" ({names}) SELECT DISTINCT ON (id) {names}'
                f' FROM pg_temp."{stage_name(kind)}" WHERE {only} ORDER BY id, staged DESC'
                f" {update}",
                None if only_id is None else [only_id],
            )

    def blames_data(self, error: DatabaseError) -> bool:
        """By the class of SQLSTATE; what psycopg itself cannot send has none, and is a DataError."""
        code = getattr(error.__cause__, "sqlstate", None)
        return isinstance(error, DataError) if code is None else code[:2] in _OF_THE_DATA

    def is_away(self, error: Error) -> bool:
        """A server that only reads answers with an "internal error"."""
        if getattr(error.__cause__, "sqlstate", None) == _READ_ONLY:
            return True
        if isinstance(error, OperationalError):
            return not self.blames_data(error)
        return isinstance(error, InterfaceError)

    def in_ids(self, column: str) -> str:
        """An array stands for any number of ids."""
        return f"{column} = ANY(%s)"

    def ids_parameter(self, ids: Iterable[str]) -> Any:
        """See `in_ids`."""
        return list(ids)

    def text_column(self, name: str, internal_type: str) -> str:
        """Dates and datetimes as ISO text, without zone."""
        if internal_type == "DateTimeField":
            # Django's columns have a zone here, whatever USE_TZ says.
            return f"({name} AT TIME ZONE 'UTC')::text"
        return f"{name}::text" if internal_type == "DateField" else name

    def log_rows(self, channel: Channel, select: str) -> list[str]:
        """Hold the place of this transaction, then move the rows."""
        return [
            f"SELECT changelog_hold('{channel.value}')",
            f"INSERT INTO {channel.value} ({LOG_COLUMNS}) {select} {_MOVE_TO_HEAD}",
        ]

    def triggers(self, kind: RecordType) -> list[str]:
        """One function and one statement trigger per table and event."""
        statements = []
        for event in ("insert", "update", "delete"):
            name = f"changelog_{kind.table}_{event}"
            body = _follow_merges(kind) if event != "delete" and merged.follows(kind) else ""
            body += "".join(
                _trigger_body(kind, event, channel, test, policy)
                for channel, test, policy in logged(kind)
            )
            if event == "update":
                body += "".join(map(_children_body, registry().routed_through(kind)))
            tables = {
                "insert": "NEW TABLE AS new_rows",
                "update": "NEW TABLE AS new_rows OLD TABLE AS old_rows",
                "delete": "OLD TABLE AS old_rows",
            }[event]
            statements.append(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF current_setting('msupply.bulk', true) = 'on' THEN RETURN NULL; END IF;"
                f" {body} RETURN NULL; END $$"
            )
            statements.append(f'DROP TRIGGER IF EXISTS {name} ON "{kind.table}"')
            statements.append(
                f'CREATE TRIGGER {name} AFTER {event.upper()} ON "{kind.table}"'
                f" REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
        return statements

    def setup(self) -> list[str]:
        """The function by which a writer says where it began."""
        cases = " ".join(
            f"WHEN '{channel.value}' THEN"
            f" {number} * {LOCK_BASE} + (SELECT CASE WHEN is_called THEN last_value ELSE 0 END"
            f" FROM {channel.value}_cursor_seq)"
            for channel, number in _NUMBERS.items()
        )
        return [
            (
                "CREATE OR REPLACE FUNCTION changelog_hold(log text) RETURNS void LANGUAGE plpgsql"
                " AS $$ DECLARE held text := 'msupply.hold_' || log; BEGIN"
                # Once per transaction: the first place is the lowest.
                " IF current_setting(held, true) = 'on' THEN RETURN; END IF;"
                f" PERFORM pg_advisory_xact_lock_shared(CASE log {cases} END);"
                " PERFORM set_config(held, 'on', true); END $$"
            )
        ]

    def installed_triggers(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Read them from the catalogue."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
                " WHERE NOT tgisinternal AND tgname LIKE 'changelog\\_%%'"
                " AND pg_table_is_visible(c.oid)"
            )
            return {name for (name,) in cursor.fetchall()}

    def begin_bulk(self, connection: BaseDatabaseWrapper) -> None:
        """The setting ends with the transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('msupply.bulk', 'on', true)")

    def end_bulk(self, connection: BaseDatabaseWrapper) -> None:
        """Back to normal for what else the transaction does."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('msupply.bulk', '', true)")

    def hold_merges(self, connection: BaseDatabaseWrapper, *, alone: bool) -> None:
        """An advisory lock of this transaction; call it before anything is locked by writing."""
        shared = "" if alone else "_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{shared}({_MERGES})")

    def safe_head(self, connection: BaseDatabaseWrapper, channel: Channel) -> int:
        """Return the log's last cursor, or the place of its earliest open writer.

        The order matters: a writer that took a cursor at or below the last one holds its lock
        when the locks are read, or has committed and is visible to every later statement.
        """
        sequence = f"{channel.value}_cursor_seq"
        low = _NUMBERS[channel] * LOCK_BASE
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
            (last,) = cursor.fetchone()
            cursor.execute(
                "SELECT min((classid::bigint << 32) | objid::bigint) FROM pg_locks"
                " WHERE locktype = 'advisory' AND objsubid = 1"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                " AND (classid::bigint << 32) | objid::bigint BETWEEN %s AND %s",
                [low, low + LOCK_BASE - 1],
            )
            (lowest,) = cursor.fetchone()
        head: int = last if lowest is None else min(last, lowest - low)
        return head


def _trigger_body(
    kind: RecordType, event: str, channel: Channel, test: str | None, policy: Any
) -> str:
    log = channel.value
    hold = f"PERFORM changelog_hold('{log}'); "
    insert = f"INSERT INTO {log} ({LOG_COLUMNS}) SELECT "
    new = "new_rows n"
    if merged.follows(kind):
        # As they are then: they may have been re-pointed.
        new = f'new_rows w JOIN "{kind.table}" n ON n.id = w.id'
    if event == "insert":
        rows = f"{log_values(kind, policy, 'n')} FROM {new} WHERE {condition(test, 'n')}"
    elif event == "update":
        rows = (
            f"{log_values(kind, policy, 'n', former='o')} FROM {new}"
            f" JOIN old_rows o ON o.id = n.id WHERE {condition(test, 'n')}"
        )
    else:
        rows = (
            f"{tombstone_values(kind, policy, 'o', 'former')} FROM old_rows o"
            f" LEFT JOIN {log} former ON former.record_type = {kind.number}"
            f" AND former.record_id = o.id WHERE {condition(test, 'o')}"
        )
    return f"{hold}{insert}{rows} {_MOVE_TO_HEAD}; "


def _follow_merges(kind: RecordType) -> str:
    """Return the statements that re-point what was written with the id of a record lost.

    They fire the trigger again, for rows that name none any more.
    """
    written = f'"{kind.table}".id IN (SELECT id FROM new_rows)'
    return (
        f"IF EXISTS (SELECT 1 FROM new_rows n WHERE {merged.names_lost(kind, 'n')}) THEN"
        f" {merged.repoint(kind, written)}; END IF; "
    )


def _children_body(child: RoutedChild) -> str:
    """Return the statements that move the children of rows whose other party has changed."""
    statements = ""
    for channel in child.kind.channels(child.policy):
        log = channel.value
        statements += (
            f"PERFORM changelog_hold('{log}'); INSERT INTO {log} ({LOG_COLUMNS})"
            f' SELECT {log_values(child.kind, child.policy, "c")} FROM "{child.kind.table}" c'
            f" JOIN new_rows n ON n.id = c.{child.reference} JOIN old_rows o ON o.id = n.id"
            f" WHERE o.{child.target} IS DISTINCT FROM n.{child.target}"
            f" AND {condition(child.test, 'c')} {_MOVE_TO_HEAD}; "
        )
    return statements


DIALECT = Postgres()
