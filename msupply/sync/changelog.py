"""Writing the changelog set-wise, and counting it without scanning it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.policy import Policy
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.models import ChangelogCentral, ChangelogModern, ChangelogQueue, ChangelogRow
from msupply.sync.sql import dialect
from msupply.sync.sql.dialect import stage_name
from msupply.sync.sql.routing_columns import (
    condition,
    log_values,
    logged,
    partner,
    tombstone_values,
)

LOGS: dict[Channel, type[ChangelogRow]] = {
    Channel.CENTRAL: ChangelogCentral,
    Channel.QUEUE: ChangelogQueue,
    Channel.MODERN: ChangelogModern,
}


@dataclass(frozen=True)
class Selection:
    """Some rows of a table: an SQL condition on `t.id`, with its parameters."""

    condition: str
    parameters: tuple[Any, ...] = ()


def by_ids(connection: BaseDatabaseWrapper, ids: Sequence[str]) -> Selection:
    """Select the rows with these ids."""
    speak = dialect(connection)
    return Selection(speak.in_ids("t.id"), (speak.ids_parameter(ids),))


def staged(kind: RecordType) -> Selection:
    """Select the rows that have just been written from the staging table."""
    return Selection(f't.id IN (SELECT id FROM "{stage_name(kind)}")')


def log_upserts(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    rows: Selection,
    source_site: int | None,
    channels: Iterable[Channel],
) -> None:
    """Move rows to the head of the given logs; `source_site` is the site whose push it was."""
    source = "NULL" if source_site is None else str(int(source_site))
    for channel, test, policy in _wanted(kind, channels):
        select = (
            f'SELECT {log_values(kind, policy, "t", source=source)} FROM "{kind.table}" t'
            f" WHERE {rows.condition} AND {condition(test, 't')} ORDER BY t.id"
        )
        _run(connection, channel, select, rows.parameters)


def log_deletes(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    rows: Selection,
    source_site: int | None,
    channels: Iterable[Channel],
) -> None:
    """Leave tombstones for rows that are about to be deleted."""
    source = "NULL" if source_site is None else str(int(source_site))
    for channel, test, policy in _wanted(kind, channels):
        values = tombstone_values(kind, policy, "t", "former", source=source)
        select = (
            f'SELECT {values} FROM "{kind.table}" t LEFT JOIN {channel.value} former'
            f" ON former.record_type = {kind.number} AND former.record_id = t.id"
            f" WHERE {rows.condition} AND {condition(test, 't')} ORDER BY t.id"
        )
        _run(connection, channel, select, rows.parameters)


def touch_visible(
    connection: BaseDatabaseWrapper,
    subjects: Sequence[str],
    channels: Iterable[Channel],
    site_id: int | None,
) -> None:
    """Move all records about some patients or prescribers to the head: they became visible.

    What the site that made them visible has sent itself stays where it is: it has that already.
    """
    others = (
        "" if site_id is None else f" AND (source_site IS NULL OR source_site <> {int(site_id)})"
    )
    speak = dialect(connection)
    for channel in channels:
        if channel is not Channel.CENTRAL:
            rows = f"visible_id IS NOT NULL AND {speak.in_ids('visible_id')}{others}"
            _touch(connection, channel, rows, [speak.ids_parameter(subjects)])


def touch_stores(
    connection: BaseDatabaseWrapper,
    stores: Sequence[str],
    channels: Iterable[Channel],
    kinds: Iterable[RecordType] | None = None,
) -> None:
    """Move the records of some stores to the head, or those of some types: a site needs them all.

    Every site that they route to gets them, whoever sent them.
    """
    speak = dialect(connection)
    only = "" if kinds is None else f" AND record_type IN ({_numbers(kinds)})"
    for channel in channels:
        if channel is not Channel.CENTRAL:
            rows = f"store_id IS NOT NULL AND {speak.in_ids('store_id')}{only}"
            _touch(connection, channel, rows, [speak.ids_parameter(stores)])


def touch_partners(
    connection: BaseDatabaseWrapper, stores: Sequence[str], channels: Iterable[Channel]
) -> None:
    """Move what others have written to some stores to the head: documents and messages."""
    speak = dialect(connection)
    for channel in channels:
        if channel is not Channel.CENTRAL:
            rows = f"partner_id IS NOT NULL AND {speak.in_ids('partner_id')}"
            _touch(connection, channel, rows, [speak.ids_parameter(stores)])


def touch_kinds(
    connection: BaseDatabaseWrapper, kinds: Iterable[RecordType], channels: Iterable[Channel]
) -> None:
    """Move all records of some types to the head."""
    numbers = _numbers(kinds)
    for channel in channels:
        _touch(connection, channel, f"record_type IN ({numbers})", [])


def touch_records(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    ids: Sequence[str],
    channels: Iterable[Channel],
) -> None:
    """Move some records to the head, deleted ones too."""
    speak = dialect(connection)
    rows = f"record_type = {kind.number} AND {speak.in_ids('record_id')}"
    for channel in channels:
        _touch(connection, channel, rows, [speak.ids_parameter(ids)])


def touch_entries(
    connection: BaseDatabaseWrapper, channel: Channel, entries: Sequence[int]
) -> None:
    """Move the entries at some cursors to the head; one that has moved meanwhile is there already."""
    places = ", ".join(str(int(entry)) for entry in entries) or "NULL"
    _touch(connection, channel, f"cursor IN ({places})", [], source="source_site")


def follow_parents(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    rows: Selection,
    source_site: int | None,
    channels: Iterable[Channel],
) -> None:
    """Move the children of some rows to the head whose other party is now another store.

    The lines of a document are routed by its header.
    """
    for child in registry().routed_through(kind):
        now = partner(child.kind, child.policy, "t")
        for channel in child.kind.channels(child.policy):
            if channel in channels:
                moved = Selection(
                    f"t.{child.reference} IN (SELECT t.id FROM {kind.table} t WHERE {rows.condition})"
                    f" AND EXISTS (SELECT 1 FROM {channel.value} l WHERE l.record_type ="
                    f" {child.kind.number} AND l.record_id = t.id"
                    f" AND COALESCE(l.partner_id, '') <> COALESCE({now}, ''))",
                    rows.parameters,
                )
                log_upserts(connection, child.kind, moved, source_site, (channel,))


def head(connection: BaseDatabaseWrapper, channel: Channel) -> int:
    """Return the highest cursor of a log that no open transaction can still precede."""
    return dialect(connection).safe_head(connection, channel)


def _wanted(
    kind: RecordType, channels: Iterable[Channel]
) -> list[tuple[Channel, str | None, Policy]]:
    wanted = set(channels)
    return [entry for entry in logged(kind) if entry[0] in wanted]


def _touch(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    rows: str,
    parameters: Sequence[Any],
    source: str = "NULL",
) -> None:
    columns = "record_type, record_id, deleted, store_id, partner_id, visible_id, everywhere"
    select = f"SELECT {columns}, {source} FROM {channel.value} WHERE {rows} ORDER BY cursor"
    _run(connection, channel, select, parameters)


def _numbers(kinds: Iterable[RecordType]) -> str:
    return ", ".join(str(kind.number) for kind in kinds) or "NULL"


def _run(
    connection: BaseDatabaseWrapper, channel: Channel, select: str, parameters: Sequence[Any]
) -> None:
    with connection.cursor() as cursor:
        for statement in dialect(connection).log_rows(channel, select):
            cursor.execute(statement, parameters if "%s" in statement else None)
