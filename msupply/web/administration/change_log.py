"""Who changed what, when, from which value to which: the entries of one store or site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from msupply.records.activity import ActivityLog
from msupply.records.activity_types import ActivityType
from msupply.records.users import User

SHOWN = 30


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    moment: datetime
    what: str
    old: str
    new: str
    who: str


def entries(record_id: str, kinds: Sequence[ActivityType]) -> list[Entry]:
    """Return the latest entries about a record, the newest first."""
    rows = list(
        ActivityLog.objects.filter(record_id=record_id, type__in=kinds).order_by(
            "-datetime", "-pk"
        )[:SHOWN]
    )
    users = User.objects.in_bulk([row.user_id for row in rows if row.user_id])
    labels = dict(ActivityType.choices)
    return [
        Entry(
            row.datetime,
            str(labels.get(row.type, row.type)),
            row.changed_from or "",
            row.changed_to or "",
            users[row.user_id].username if row.user_id in users else _("the program"),
        )
        for row in rows
    ]
