"""Rows that a merge has made alike: one of them stays."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import changelog
from msupply.sync.declare.merge import Once
from msupply.sync.declare.registry import Channel, RecordType
from msupply.sync.sql import dialect


def drop_duplicates(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    column: str,
    kept: Iterable[str],
    served: frozenset[Channel],
) -> None:
    """Leave one row of those that are alike, among the rows whose `column` is one of `kept`.

    Call it with the triggers silenced. Sites that read here are told which rows have gone; what
    each site drops for itself it tells nobody.
    """
    once = kind.model.once
    kept = list(kept)
    if once is None or column not in once.columns or not kept:
        return
    gone, better = _sort_out(once, _rows(connection, kind, once, column, kept))
    if gone:
        rows = changelog.by_ids(connection, gone)
        changelog.log_deletes(connection, kind, rows, None, served)
        forget_rows(connection, kind, gone, keep_log=bool(served))
    speak = dialect(connection)
    for combined, ids in better.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{kind.table}" SET "{combined}" = TRUE WHERE {speak.in_ids("id")}',
                [speak.ids_parameter(ids)],
            )
    if better:
        # The owner's word may reach others later than an older copy of the row.
        changed = sorted({record_id for ids in better.values() for record_id in ids})
        logs = served or (Channel.QUEUE, Channel.MODERN)
        rows = changelog.by_ids(connection, changed)
        changelog.log_upserts(connection, kind, rows, None, logs)


def forget_rows(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str], *, keep_log: bool = False
) -> None:
    """Remove rows, with their log rows unless these tell others of it."""
    speak = dialect(connection)
    parameter = speak.ids_parameter(ids)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{kind.table}" WHERE {speak.in_ids("id")}', [parameter])
        for channel in () if keep_log else Channel:
            cursor.execute(
                f"DELETE FROM {channel.value} WHERE record_type = {kind.number}"
                f" AND {speak.in_ids('record_id')}",
                [parameter],
            )


Row = tuple[str, tuple[Any, ...], tuple[Any, ...], bool]


def _rows(
    connection: BaseDatabaseWrapper, kind: RecordType, once: Once, column: str, kept: list[str]
) -> list[Row]:
    """Read id, columns, combined columns, and whether the row must not be."""
    speak = dialect(connection)
    never = "FALSE"
    if once.never:
        own, path = once.never
        never = f"COALESCE(t.{own} = {kind.path_sql(path, 't')}, FALSE)"
    names = [f't."{name}"' for name in ("id", *once.columns, *once.combined)]
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {", ".join(names)}, {never} FROM "{kind.table}" t'
            f" WHERE {speak.in_ids(f't.{column}')} ORDER BY t.id",
            [speak.ids_parameter(kept)],
        )
        rows = cursor.fetchall()
    end = 1 + len(once.columns)
    return [(row[0], row[1:end], row[end:-1], bool(row[-1])) for row in rows]


def _sort_out(once: Once, rows: list[Row]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the ids of the rows to drop, and by combined column the rows where it becomes true."""
    gone: list[str] = []
    alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row[3]:
            gone.append(row[0])
        elif None not in row[1]:
            alike[row[1]].append(row)
    better: dict[str, list[str]] = defaultdict(list)
    for first, *others in alike.values():
        gone += [other[0] for other in others]
        for place, name in enumerate(once.combined):
            if not first[2][place] and any(other[2][place] for other in others):
                better[name].append(first[0])
    return gone, better
