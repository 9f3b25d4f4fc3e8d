"""What may come into the buffer, whoever sends it: what it could not hold goes aside at once.

A record that the buffer or quarantine could not hold would fail at every attempt, and everything
that came with it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _
from msgspec import Raw

from msupply.sync import buffer, quarantine
from msupply.sync.buffer import Arrived, Chunk
from msupply.sync.declare.message import Message, shortened, too_long
from msupply.sync.declare.record_type import LONGEST_KEY
from msupply.sync.declare.registry import Wire
from msupply.sync.models import BufferChunk
from msupply.sync.quarantine import Problem


@dataclass(frozen=True)
class Unreadable:
    """Something in a message that is no record: what could be made out of it, and why."""

    table: str
    record_id: str
    raw: bytes
    reason: Message


@dataclass
class Sorted:
    """The records of one message, and what is none."""

    records: list[Arrived] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


def sort_out(records: Iterable[Arrived]) -> Sorted:
    """Set aside the records that the buffer could not hold."""
    found = Sorted()
    for record in records:
        reason = fault(record)
        if reason is None:
            found.records.append(record)
        else:
            found.unreadable.append(
                Unreadable(record.table, record.record_id, _written(record), reason)
            )
    return found


def fault(record: Arrived) -> Message | None:
    """Return why the buffer cannot hold a record, None when it can."""
    if record.action.lower() not in buffer.ACTIONS:
        text = _("unknown action “{action}”: use insert, update, delete or merge")
        return Message(text, {"action": shortened(record.action)})
    for name, text in (("tableName", record.table), ("recordId", record.record_id)):
        if "\0" in text:
            return Message(_("{field} must not hold the character NUL"), {"field": name})
        if len(text) > LONGEST_KEY:
            return too_long(name, LONGEST_KEY)
    if not _is_text(record.data):
        return Message(_("the record is not UTF-8"))
    return None


def store(
    connection: BaseDatabaseWrapper, source_site: int | None, wire: Wire, found: Sorted
) -> None:
    """Keep a message: its records in the buffer, the rest in quarantine.

    Call it inside a transaction.
    """
    buffer.store(connection, source_site, wire, found.records)
    _keep_aside(connection, source_site, wire, found.unreadable)


def _keep_aside(
    connection: BaseDatabaseWrapper,
    source_site: int | None,
    wire: Wire,
    unreadable: Sequence[Unreadable],
) -> None:
    for bad in unreadable:
        table = quarantine.key(bad.table)
        chunk = Chunk(0, source_site, wire, table, BufferChunk.UPSERT, 1, b"")
        record_id = bad.record_id
        if not record_id or len(record_id) > LONGEST_KEY:
            # Its content is its name, so that a repeated delivery is kept once.
            record_id = f"#{hashlib.sha256(bad.raw).hexdigest()[:16]}"
        quarantine.forget(connection, table, [record_id], source_site)
        problem = Problem(quarantine.INVALID, bad.reason)
        quarantine.keep(connection, chunk, [(record_id, _readable(bad.raw), problem)])


def _written(record: Arrived) -> bytes:
    return msgspec.json.encode(
        {
            "tableName": record.table,
            "recordId": record.record_id,
            "action": record.action,
            "recordData": Raw(record.data) if _is_text(record.data) else None,
        }
    )


def _readable(raw: bytes) -> bytes:
    """Return what is no JSON to the reader as a text of JSON, so that it can be tried again."""
    text = raw.decode("utf-8", "replace")
    try:
        msgspec.json.decode(text, type=Raw)
    except (msgspec.MsgspecError, RecursionError):
        return msgspec.json.encode(text)
    return text.encode()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
