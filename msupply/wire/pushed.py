"""Pushed batches, read record by record: what is no record harms itself only."""

from collections.abc import Callable, Iterable, Sequence

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import Raw

from msupply.sync import door
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.door import Sorted, sort_out
from msupply.sync.models import Quarantined
from msupply.sync.quarantine import INVALID
from msupply.wire.elements import read_each
from msupply.wire.errors import Code, WireError
from msupply.wire.messages import NULL, ModernChange, QueuedRecord

__all__ = ["Sorted", "legacy", "modern", "one_by_one", "sort_out", "store"]

# Records in one request. Sites send some thousand at most, and ours what they are told to.
MOST_RECORDS = 50_000
# Of one request, and of one site in all: that much that is no record comes from a program that does
# not speak the wire, and would bury what people should see.
MOST_UNREADABLE, MOST_KEPT_UNREADABLE = 1_000, 10_000


def legacy(records: Sequence[QueuedRecord]) -> list[Arrived]:
    """Return the records of a V5 batch. Raises WireError for too many."""
    _check_count(records)
    return [Arrived(r.table_name, r.record_id, r.action, _data(r.record_data)) for r in records]


def modern(changes: Sequence[ModernChange]) -> list[Arrived]:
    """Return the records of a V6 batch. Raises WireError for too many."""
    _check_count(changes)
    return [
        Arrived(r.table_name, r.record_id, r.action, _data(r.record_data))
        for r in (change.record for change in changes)
    ]


def one_by_one(raws: Sequence[bytes], read: Callable[[bytes], Iterable[Arrived]]) -> Sorted:
    """Read a batch in which not everything is a record. Raises WireError for too many."""
    _check_count(raws)
    pushed = read_each(raws, read, MOST_UNREADABLE)
    _check_unreadable(pushed)
    return pushed


def store(connection: BaseDatabaseWrapper, site_id: int, wire: Wire, pushed: Sorted) -> None:
    """Keep a batch: its records in the buffer, the rest in quarantine, in one transaction.

    Raises WireError, with nothing kept, where too much of it is no record.
    """
    _check_unreadable(pushed)
    with transaction.atomic(using=connection.alias):
        if pushed.unreadable:
            _check_kept(connection, site_id)
        door.store(connection, site_id, wire, pushed)


def _check_count(records: Sequence[object]) -> None:
    if len(records) > MOST_RECORDS:
        text = f"more than {MOST_RECORDS} records at once: send smaller batches"
        raise WireError(Code.BAD_REQUEST, text)


def _check_unreadable(pushed: Sorted) -> None:
    if len(pushed.unreadable) > MOST_UNREADABLE:
        first = pushed.unreadable[0].reason
        text = f"more than {MOST_UNREADABLE} of the records cannot be read, the first: {first}"
        raise WireError(Code.BAD_REQUEST, text)


def _check_kept(connection: BaseDatabaseWrapper, site_id: int) -> None:
    kept = Quarantined.objects.using(connection.alias).filter(source_site=site_id, code=INVALID)
    if kept[MOST_KEPT_UNREADABLE:].exists():
        text = (
            f"more than {MOST_KEPT_UNREADABLE} records of this site wait that cannot be read: see"
            " the site's page on the central server"
        )
        raise WireError(Code.BAD_REQUEST, text)


def _data(data: Raw | msgspec.UnsetType) -> bytes:
    return bytes(data) if isinstance(data, Raw) else bytes(NULL)
