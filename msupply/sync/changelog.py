"""Writing the changelog set-wise, and counting it without scanning it."""

from collections.abc import Iterable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import Channel, RecordType
from msupply.sync.sql import dialect
from msupply.sync.sql.routing_columns import condition, log_values, logged, tombstone_values


def log_upserts(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    ids: Sequence[str],
    source_site: int | None,
    channels: Iterable[Channel],
) -> None:
    """Move records to the head of the given logs; `source_site` is the site whose push it was."""
    speak = dialect(connection)
    wanted = set(channels)
    source = "NULL" if source_site is None else str(int(source_site))
    for channel, test, policy in logged(kind):
        if channel not in wanted:
            continue
        select = (
            f'SELECT {log_values(kind, policy, "t", source=source)} FROM "{kind.table}" t'
            f" WHERE {speak.in_ids('t.id')} AND {condition(test, 't')} ORDER BY t.id"
        )
        _run(connection, speak.log_rows(channel, select), speak.ids_parameter(ids))


def log_deletes(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    ids: Sequence[str],
    source_site: int | None,
    channels: Iterable[Channel],
) -> None:
    """Leave tombstones for records that are about to be deleted."""
    speak = dialect(connection)
    wanted = set(channels)
    source = "NULL" if source_site is None else str(int(source_site))
    for channel, test, policy in logged(kind):
        if channel not in wanted:
            continue
        values = tombstone_values(kind, policy, "t", "former", source=source)
        select = (
            f'SELECT {values} FROM "{kind.table}" t LEFT JOIN {channel.value} former'
            f" ON former.record_type = {kind.number} AND former.record_id = t.id"
            f" WHERE {speak.in_ids('t.id')} AND {condition(test, 't')} ORDER BY t.id"
        )
        _run(connection, speak.log_rows(channel, select), speak.ids_parameter(ids))


def touch_visible(
    connection: BaseDatabaseWrapper, subjects: Sequence[str], channels: Iterable[Channel]
) -> None:
    """Move all records about some patients or prescribers to the head: they became visible."""
    speak = dialect(connection)
    for channel in channels:
        if channel is Channel.CENTRAL:
            continue
        columns = "record_type, record_id, deleted, store_id, partner_id, visible_id, everywhere"
        select = (
            f"SELECT {columns}, NULL FROM {channel.value}"
            f" WHERE visible_id IS NOT NULL AND {speak.in_ids('visible_id')} ORDER BY cursor"
        )
        _run(connection, speak.log_rows(channel, select), speak.ids_parameter(subjects))


def head(connection: BaseDatabaseWrapper, channel: Channel) -> int:
    """Return the highest cursor of a log that no open transaction can still precede."""
    return dialect(connection).safe_head(connection, channel)


def _run(connection: BaseDatabaseWrapper, statements: Sequence[str], parameter: object) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [parameter] if "%s" in statement else None)
