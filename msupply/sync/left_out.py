"""Records that cannot be written as the wire has them: left out, so that nobody waits for them.

What is noted of a record holds while it stands where it stood in its log. A change moves it to the
head: then it is tried anew, and the note has lapsed by itself.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q, QuerySet

from msupply.sync import quarantine
from msupply.sync.changelog import LOGS
from msupply.sync.clock import now
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import Channel, RecordType
from msupply.sync.failure import told
from msupply.sync.models import ChangelogRow, LeftOut

_log = logging.getLogger(__name__)

# Where there are more, `msupply check` finds all.
MOST_NOTED = 1_000


@dataclass(frozen=True)
class Fault:
    """Why one record cannot go out, and its place in the log."""

    cursor: int
    kind: RecordType
    record_id: str
    reason: Message


def note(connection: BaseDatabaseWrapper, log: Channel, faults: Sequence[Fault]) -> None:
    """Note records that have been left out, once each. Whoever reads them must not fail by it."""
    rows = LeftOut.objects.using(connection.alias)
    try:
        known = rows.filter(log=log.value, cursor__in=[fault.cursor for fault in faults])
        known_cursors = set(known.values_list("cursor", flat=True))
        new = [fault for fault in faults if fault.cursor not in known_cursors]
        if not new:
            return
        for fault in new:
            name = fault.kind.name
            _log.warning("Left out: %s %s: %s", name, fault.record_id, fault.reason)
        with transaction.atomic(using=connection.alias):
            rows.exclude(pk__in=noted(connection)).delete()
            room = max(MOST_NOTED - rows.count(), 0)
            rows.bulk_create((_row(log, fault) for fault in new[:room]), ignore_conflicts=True)
    except DatabaseError as error:
        _log.warning("Records that were left out could not be noted: %s", told(error))


def noted(connection: BaseDatabaseWrapper) -> "QuerySet[LeftOut]":
    """Return what is noted of records that have not been changed since, the latest first."""
    has_not_moved = Q()
    for log, model in LOGS.items():
        rows: QuerySet[ChangelogRow] = QuerySet(model, using=connection.alias)
        there = rows.filter(
            cursor=OuterRef("cursor"),
            record_type=OuterRef("record_type"),
            record_id=OuterRef("record_id"),
        )
        has_not_moved |= Q(Exists(there), log=log.value)
    return LeftOut.objects.using(connection.alias).filter(has_not_moved).order_by("-pk")


def _row(log: Channel, fault: Fault) -> LeftOut:
    reason, reason_values = quarantine.as_columns(fault.reason)
    return LeftOut(
        log=log.value,
        cursor=fault.cursor,
        record_type=fault.kind.number,
        record_id=fault.record_id,
        reason=reason,
        reason_values=reason_values,
        noted_at=now(),
    )
