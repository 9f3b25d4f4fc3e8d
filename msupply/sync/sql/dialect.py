"""What the engine asks of a database, and what the dialects share."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from django.db import DatabaseError, Error
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import Channel, RecordType


def stage_name(kind: RecordType) -> str:
    """Return the name of a type's staging table."""
    return f"stage_{kind.table}"


def on_conflict_update(kind: RecordType, insert_only: Sequence[str], merge: str) -> str:
    """Return the clause that updates a row whose id exists.

    `merge` is the SQL that lays the unknown wire fields `{new}` over the stored ones `{own}`.
    """
    kept = {"id", "extra", *insert_only}
    updates = [f'"{c}" = excluded."{c}"' for c in kind.columns if c not in kept]
    own, new = f'"{kind.table}".extra', "excluded.extra"
    updates.append(
        f"extra = CASE WHEN {new} IS NULL THEN {own} WHEN {own} IS NULL THEN {new}"
        f" ELSE {merge.format(own=own, new=new)} END"
    )
    return f"ON CONFLICT (id) DO UPDATE SET {', '.join(updates)}"


class Dialect(Protocol):
    """One database engine's way of doing the engine's set operations."""

    def integrating(
        self, connection: BaseDatabaseWrapper, *, alone: bool
    ) -> AbstractContextManager[None]:
        """Return the context of an integration; `alone`: nobody else uses the database yet."""

    def clear_stage(self, connection: BaseDatabaseWrapper, kind: RecordType) -> None:
        """Empty the staging table of a type, or make it; it belongs to this connection only."""

    def stage(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        columns: Mapping[str, Sequence[Any]],
    ) -> None:
        """Add rows to the staging table; no lock is taken that others could wait for."""

    def upsert_staged(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        insert_only: Sequence[str],
        only_id: str | None = None,
    ) -> None:
        """Insert the staged rows or update those whose id exists, in one statement by order of id.

        Of several rows with one id the last holds. `insert_only` columns are never updated.
        """

    def blames_data(self, error: DatabaseError) -> bool:
        """Return whether a statement failed for what it was to write.

        Only then is a record to blame. For want of room, of a right or of a table, for a lock that
        another holds or for a server that is gone the same statement may go well later.
        """

    def is_away(self, error: Error) -> bool:
        """Return whether the database cannot be used, or written, just now, whatever is asked."""

    def in_ids(self, column: str) -> str:
        """Return the condition that a column is among one parameter made by `ids_parameter`."""

    def ids_parameter(self, ids: Iterable[str]) -> Any:
        """Return a list of ids as one query parameter."""

    def text_column(self, name: str, internal_type: str) -> str:
        """Return the SQL that reads a column as codecs want it (dates as text, no converters)."""

    def log_rows(self, channel: Channel, select: str) -> list[str]:
        """Return the statements that move the rows of `select` to the head of a log.

        `select` yields record_type, record_id, deleted, store_id, partner_id, visible_id,
        everywhere, source_site; it is run once per statement.
        """

    def triggers(self, kind: RecordType) -> list[str]:
        """Return the statements that (re)create the changelog triggers of a table."""

    def setup(self) -> list[str]:
        """Return the statements needed once before any trigger."""

    def installed_triggers(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Return the names of the changelog triggers present."""

    def begin_bulk(self, connection: BaseDatabaseWrapper) -> None:
        """Silence the triggers for the rest of this transaction."""

    def end_bulk(self, connection: BaseDatabaseWrapper) -> None:
        """Let the triggers speak again, before the transaction ends."""

    def hold_merges(self, connection: BaseDatabaseWrapper, *, alone: bool) -> None:
        """Keep merges out until this transaction ends, or with `alone` everybody who writes."""

    def safe_head(self, connection: BaseDatabaseWrapper, channel: Channel) -> int:
        """Return a cursor below which no open transaction can still fill a row."""
