"""Pushed batches, read record by record: what is no record harms itself only."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _
from msgspec import Raw, Struct

from msupply.sync import buffer, quarantine
from msupply.sync.buffer import Arrived, Chunk
from msupply.sync.declare.message import Message, shortened, unreadable
from msupply.sync.declare.registry import Wire
from msupply.sync.models import BufferChunk
from msupply.sync.quarantine import Problem
from msupply.wire.messages import NULL, ModernChange, QueuedRecord

_ACTIONS = frozenset({"insert", "update", "delete", "merge"})


@dataclass(frozen=True)
class Unreadable:
    """Something in a batch that is no record: what could be made out of it, and why."""

    table: str
    record_id: str
    raw: bytes
    reason: Message


@dataclass
class Pushed:
    """The records of one batch."""

    records: list[Arrived] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


class _Named(Struct, rename="camel", frozen=True):
    table_name: str = ""
    record_id: str = ""


class _NamedAnywhere(_Named, rename="camel", frozen=True):
    record: _Named = _Named()


def legacy(records: Iterable[QueuedRecord]) -> list[Arrived]:
    """Return the records of a V5 batch."""
    return [Arrived(r.table_name, r.record_id, r.action, _data(r.record_data)) for r in records]


def modern(changes: Iterable[ModernChange]) -> list[Arrived]:
    """Return the records of a V6 batch."""
    return [
        Arrived(r.table_name, r.record_id, r.action, _data(r.record_data))
        for r in (change.record for change in changes)
    ]


def sort_out(records: Iterable[Arrived]) -> Pushed:
    """Set aside the records that the buffer could not hold."""
    pushed = Pushed()
    for record in records:
        reason = _fault(record)
        if reason is None:
            pushed.records.append(record)
        else:
            raw = msgspec.json.encode(
                {
                    "tableName": record.table,
                    "recordId": record.record_id,
                    "action": record.action,
                    "recordData": Raw(record.data) if _is_text(record.data) else None,
                }
            )
            pushed.unreadable.append(Unreadable(record.table, record.record_id, raw, reason))
    return pushed


def one_by_one(raws: Sequence[Raw], read: Callable[[bytes], Iterable[Arrived]]) -> Pushed:
    """Read a batch in which not everything is a record."""
    pushed = Pushed()
    for raw in raws:
        data = bytes(raw)
        try:
            found = sort_out(read(data))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            named = _names(data)
            pushed.unreadable.append(
                Unreadable(named.table_name, named.record_id, data, unreadable(error))
            )
        else:
            pushed.records += found.records
            pushed.unreadable += found.unreadable
    return pushed


def store(connection: BaseDatabaseWrapper, site_id: int, wire: Wire, pushed: Pushed) -> None:
    """Keep a batch: its records in the buffer, the rest in quarantine, in one transaction."""
    with transaction.atomic(using=connection.alias):
        buffer.store(connection, site_id, wire, pushed.records)
        for bad in pushed.unreadable:
            table = bad.table.replace("\0", "\ufffd")
            chunk = Chunk(0, site_id, wire, table, BufferChunk.UPSERT, 1, b"")
            # Without an id its content is its name, so that a repeated delivery is kept once.
            record_id = bad.record_id or f"#{hashlib.sha256(bad.raw).hexdigest()[:16]}"
            quarantine.forget(connection, table, [record_id], site_id)
            problem = Problem(quarantine.INVALID, bad.reason)
            quarantine.keep(connection, chunk, [(record_id, bad.raw, problem)])


def _data(data: Raw | msgspec.UnsetType) -> bytes:
    return bytes(data) if isinstance(data, Raw) else bytes(NULL)


def _fault(record: Arrived) -> Message | None:
    if record.action.lower() not in _ACTIONS:
        text = _("unknown action “{action}”: use insert, update, delete or merge")
        return Message(text, {"action": shortened(record.action)})
    if "\0" in record.table:
        return Message(_("a table's name has no NUL character"))
    if not _is_text(record.data):
        return Message(_("the record is not UTF-8"))
    return None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _names(data: bytes) -> _Named:
    """Make out table and id of something that is no record."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = msgspec.json.decode(data, type=_NamedAnywhere)
        return _Named(
            found.record.table_name or found.table_name, found.record.record_id or found.record_id
        )
    return _Named()
