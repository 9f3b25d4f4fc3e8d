"""Who changed what, when, from which value to which: the entries of one store or site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.records.activity import ActivityLog
from msupply.records.activity_types import ActivityType
from msupply.records.users import User
from msupply.sync.placement import SyncType
from msupply.web.administration import looks

SHOWN = 30

# The log holds values as the program knows them; people read words.
_SUBJECTS: dict[str, str | Promise] = {
    "primary_site": gettext_lazy("Primary server"),
    "centralised_procurement": gettext_lazy("Centralised procurement"),
    "patients_edited_where_visible": gettext_lazy("Patients are edited wherever they are visible"),
    "second_factor_required": gettext_lazy(
        "Administrators of the central server need a second factor"
    ),
    "idle_minutes": gettext_lazy("Log out after so many minutes without use"),
}
_VALUES: dict[str, str | Promise] = {
    "True": gettext_lazy("Yes"),
    "False": gettext_lazy("No"),
    **{kind.value: looks.WORDS[kind] for kind in SyncType},
}


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
            _said(row.changed_from),
            _said(row.changed_to),
            users[row.user_id].username if row.user_id in users else _("the program"),
        )
        for row in rows
    ]


def _said(text: str | None) -> str:
    """Return a value of the log in words: “north: COLLECTOR”, “True”, or a name as it is."""
    subject, colon, value = (text or "").rpartition(": ")
    word = str(_VALUES.get(value, value))
    if not colon:
        return word
    if not value:
        return ""
    return _("{subject}: {text}").format(subject=_SUBJECTS.get(subject, subject), text=word)
