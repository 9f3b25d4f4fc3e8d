"""The activity log: who did what to which record (domain.md B.0.11)."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.records.activity import ActivityLog
from msupply.records.activity_types import ActivityType
from msupply.records.users import User
from msupply.sync.clock import now
from msupply.sync.declare import Record

Values = dict[str, Any]

# Entries that carry what has changed.
_WITH_DIFFERENCE = frozenset({"STOCK_LINE_EDIT", "PATIENT_UPDATED"})
_NEVER_TOLD = frozenset({"id", "extra", "modified_datetime"})


def log(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str | None,
    kind: str,
    record_id: str | None,
    changed_from: str | None = None,
    changed_to: str | None = None,
) -> None:
    """Write one entry; `kind` is a value of ActivityType."""
    entry = _entry(user, store_id, kind, record_id, changed_from, changed_to)
    entry.save(using=connection.alias, force_insert=True)


def _entry(
    user: User,
    store_id: str | None,
    kind: str,
    record_id: str | None,
    changed_from: str | None = None,
    changed_to: str | None = None,
) -> ActivityLog:
    return ActivityLog(
        type=kind,
        user_id=user.pk,
        store_id=store_id,
        record_id=record_id,
        datetime=now(),
        changed_from=changed_from,
        changed_to=changed_to,
    )


def log_edit(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str | None,
    record: Record,
    before: Values | None,
    after: Values,
) -> None:
    """Write the entry that creating or changing a record calls for, where the domain has one."""
    log_edits(connection, user, store_id, [(record, before, after)])


def log_edits(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str | None,
    edits: Sequence[tuple[Record, Values | None, Values]],
) -> None:
    """Write the entries of many edits, each a record with its values before and after."""
    entries = [_of_edit(user, store_id, *change) for change in edits]
    ActivityLog.objects.using(connection.alias).bulk_create(
        [entry for entry in entries if entry is not None], batch_size=500
    )


def _of_edit(
    user: User, store_id: str | None, record: Record, before: Values | None, after: Values
) -> ActivityLog | None:
    subject = _subject(record, after)
    # Changes of stock lines have a name of their own.
    changed = "STOCK_LINE_EDIT" if subject == "STOCK_LINE" else f"{subject}_UPDATED"
    kind = f"{subject}_CREATED" if before is None else changed
    if kind not in ActivityType.values:
        return None
    old, new = None, None
    if before is not None and kind in _WITH_DIFFERENCE:
        names = [n for n in after if after[n] != before[n] and n not in _NEVER_TOLD]
        old = msgspec.json.encode({n: before[n] for n in names}).decode()
        new = msgspec.json.encode({n: after[n] for n in names}).decode()
    return _entry(user, store_id, kind, record.pk, old, new)


def log_delete(
    connection: BaseDatabaseWrapper, user: User, store_id: str | None, record: Record, was: Values
) -> None:
    """Write the entry that deleting a record calls for, where the domain has one."""
    kind = f"{_subject(record, was)}_DELETED"
    if kind in ActivityType.values:
        log(connection, user, store_id, kind, record.pk)


def _subject(record: Record, values: Values) -> str:
    """Return the word with which the entries about a record begin: its table, but for patients."""
    if record._meta.db_table == "name":
        return "PATIENT" if values.get("type") == "PATIENT" else "NAME"
    if record._meta.db_table == "invoice":
        return "PRESCRIPTION" if values.get("type") == "PRESCRIPTION" else "INVOICE"
    return record._meta.db_table.upper()
