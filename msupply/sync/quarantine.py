"""Records that could not be taken: kept with a plain reason, tried again when they can be."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from msupply.sync import buffer
from msupply.sync.clock import now_text
from msupply.sync.declare.message import TYPES, Message
from msupply.sync.declare.record_type import LONGEST_KEY
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.sql import dialect

_log = logging.getLogger(__name__)

INVALID = "invalid"
NOT_OWNER = "not_owner"
MISSING_PARENT = "missing_parent"
UNKNOWN_TABLE = "unknown_table"
UNSUPPORTED = "unsupported"
DATABASE = "database"
DEFECT = "defect"

# What a place of a reason may hold: people read it.
LONGEST_REASON = 500
_NOT_EVEN_KEPT = _("the database could not hold its content, not even here")


@dataclass(frozen=True)
class Problem:
    """Why a record was not taken; a missing parent is named by its table and id."""

    code: str
    reason: Message
    waits_table: str | None = None
    waits_id: str | None = None


def keep(
    connection: BaseDatabaseWrapper,
    chunk: buffer.Chunk,
    bad: Sequence[tuple[str, bytes, Problem]],
) -> None:
    """Keep the bad records (id, raw data, problem) of a chunk; call `forget` first.

    This is where everything ends that fails elsewhere, so one record must not fail it for others.
    """
    if not bad:
        return
    now = now_text()
    rows = [_row(chunk, record_id, data, problem, now) for record_id, data, problem in bad]
    try:
        with transaction.atomic(using=connection.alias):
            _insert(connection, rows)
    except DatabaseError as error:
        if not dialect(connection).blames_data(error):
            raise
        for row in rows:
            _insert_alone(connection, row)


def _row(
    chunk: buffer.Chunk, record_id: str, data: bytes, problem: Problem, now: str
) -> dict[str, Any]:
    values = {name: text[:LONGEST_REASON] for name, text in problem.reason.values.items()}
    return {
        "source_site": chunk.source_site,
        "wire": chunk.wire.value,
        "table_name": key(chunk.table),
        "record_id": key(record_id),
        "action": chunk.action,
        "data": _storable(data.decode("utf-8", "replace")),
        "code": problem.code,
        "reason": problem.reason.template,
        "reason_values": msgspec.json.encode(values).decode(),
        "waits_table": problem.waits_table,
        "waits_id": key(problem.waits_id) if problem.waits_id else problem.waits_id,
        "received_at": now,
    }


def _insert(connection: BaseDatabaseWrapper, rows: list[dict[str, Any]]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO sync_quarantine ({', '.join(rows[0])}) VALUES ({marks})",
            [tuple(row.values()) for row in rows],
        )


def _insert_alone(connection: BaseDatabaseWrapper, row: dict[str, Any]) -> None:
    """Keep one record, without its data where the database cannot hold even those."""
    try:
        with transaction.atomic(using=connection.alias):
            _insert(connection, [row])
    except DatabaseError as error:
        if not dialect(connection).blames_data(error):
            raise
        digest = hashlib.sha256(row["data"].encode()).hexdigest()[:16]
        _log.error("Record %s of %s: not even kept", row["record_id"], row["table_name"])
        nothing = {"data": "null", "reason_values": "{}", "waits_table": None, "waits_id": None}
        named = {"record_id": f"#{digest}", "reason": _NOT_EVEN_KEPT}
        _insert(connection, [row | nothing | named])


def forget(
    connection: BaseDatabaseWrapper,
    table: str,
    ids: Sequence[str],
    source_site: int | None,
    *,
    merges: bool = False,
) -> None:
    """Drop kept copies of records of which a newer copy has come from the same source.

    A merge and the record that it takes away are told apart, though they have one id.
    """
    speak = dialect(connection)
    table = key(table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sync_quarantine WHERE table_name = %s LIMIT 1", [table])
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "DELETE FROM sync_quarantine WHERE table_name = %s"
            f" AND {speak.in_ids('record_id')} AND COALESCE(source_site, -1) = %s"
            f" AND action {'=' if merges else '<>'} 'merge'",
            [
                table,
                speak.ids_parameter([key(record_id) for record_id in ids]),
                -1 if source_site is None else source_site,
            ],
        )


def requeue_ready(connection: BaseDatabaseWrapper) -> set[int | None]:
    """Put back the records whose parent has arrived; return the sources that have work now.

    Where newer records of the same table wait in the buffer, one could be a newer copy: that
    source's own integration comes first.
    """
    ready: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT waits_table FROM sync_quarantine WHERE waits_table IS NOT NULL"
        )
        for (table,) in cursor.fetchall():
            if table not in registry().by_table:
                continue
            cursor.execute(
                f"SELECT q.id FROM sync_quarantine q WHERE q.waits_table = %s"
                f' AND EXISTS (SELECT 1 FROM "{table}" t WHERE t.id = q.waits_id)'
                " AND NOT EXISTS (SELECT 1 FROM sync_buffer b WHERE b.table_name = q.table_name"
                " AND COALESCE(b.source_site, -1) = COALESCE(q.source_site, -1)) LIMIT %s",
                [table, buffer.CHUNK_RECORDS],
            )
            ready += [row_id for (row_id,) in cursor.fetchall()]
    return requeue(connection, ready)


def requeue(connection: BaseDatabaseWrapper, row_ids: Iterable[int]) -> set[int | None]:
    """Put kept records back into the buffer; return the sources that have work now."""
    speak = dialect(connection)
    wanted = [str(row_id) for row_id in row_ids]
    if not wanted:
        return set()
    condition = speak.in_ids("CAST(id AS text)")
    sources: set[int | None] = set()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_site, wire, table_name, record_id, action, data"
            f" FROM sync_quarantine WHERE {condition} ORDER BY id",
            [speak.ids_parameter(wanted)],
        )
        for source, wire, table, record_id, action, data in cursor.fetchall():
            record = buffer.Arrived(table, record_id, action, data.encode())
            buffer.store(connection, source, Wire(wire), [record])
            sources.add(source)
        cursor.execute(
            f"DELETE FROM sync_quarantine WHERE {condition}", [speak.ids_parameter(wanted)]
        )
    return sources


def missing_parent(column: str, table: str, parent_id: str) -> Problem:
    """Return the problem of a record whose parent is not here."""
    parent = registry().by_table.get(table)
    name = parent.name if parent else table
    text = _("{column}: there is no {type} “{id}” here (yet)")
    reason = Message(text, {"column": column, "type": name, "id": parent_id})
    return Problem(MISSING_PARENT, reason, table, parent_id)


def as_columns(reason: Message) -> tuple[str, str]:
    """Return a reason as the two columns that it is kept in."""
    return reason.template, msgspec.json.encode(reason.values).decode()


def in_words(reason: str, reason_values: str) -> str:
    """Say why a record is kept, from its two columns, in the language of whoever reads it now.

    What an earlier version kept is a finished text, and stays as it is.
    """
    # Nothing has a translation: the head of the catalogue.
    text = gettext(reason) if reason else ""
    values: dict[str, Any] = msgspec.json.decode(reason_values)
    if kind := registry().by_name.get(values.get("type", "")):
        values["type"] = str(kind.model._meta.verbose_name)
    for place in {"wanted", "got"} & values.keys():
        values[place] = " / ".join(gettext(TYPES.get(t, t)) for t in values[place].split(" | "))
    return _storable(text.format_map(values) if values else text)


def key(text: str) -> str:
    """Return a table's name or an id as the index of quarantine can hold it."""
    if len(text) > LONGEST_KEY:
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
        text = f"{text[: LONGEST_KEY - 20]}…#{digest}"
    return _storable(text)


def _storable(text: str) -> str:
    # PostgreSQL's text has no NUL; JSON data keeps it as an escape.
    return text.replace("\0", "\ufffd")
