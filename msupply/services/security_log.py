"""Reading the security log, and how long it is kept; wire/security_log.py writes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.records.permissions import Permission
from msupply.records.security_log import Outcome, SecurityEvent, SecurityNote
from msupply.services import permissions
from msupply.services.scope import Viewer
from msupply.services.tables.sheet import Sheet
from msupply.sync import clock
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.models import Setting
from msupply.wire import security_log, throttle

USUAL_DAYS, FEWEST_DAYS, MOST_DAYS = 365, 30, 3650
_KEY, _LOOKED_KEY = "security_log_days", "security_log_looked"
_LOOK_EVERY = timedelta(hours=1)

# What the values of entries are called; those of `_OF_PERMISSIONS` are permissions.
_DETAILS = {
    "user": gettext_lazy("User"),
    "store": gettext_lazy("Store"),
    "site": gettext_lazy("Site"),
    "setting": gettext_lazy("Setting"),
    "subject": gettext_lazy("What"),
    "before": gettext_lazy("Before"),
    "after": gettext_lazy("After"),
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "changes": gettext_lazy("Changes"),
    "reason": gettext_lazy("Reason"),
    "permission": gettext_lazy("Permission"),
    "method": gettext_lazy("Method"),
    "path": gettext_lazy("Page"),
    "origin": gettext_lazy("Sent from"),
    "url": gettext_lazy("URL"),
    "is_oms_central": gettext_lazy("Open mSupply central server"),
    "table": gettext_lazy("Table"),
    "type": gettext_lazy("Record type"),
    "form": gettext_lazy("Format"),
    "file": gettext_lazy("File"),
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "taken": gettext_lazy("Taken"),
    "refused_rows": gettext_lazy("Rows with errors"),
    "sessions": gettext_lazy("Sessions"),
    "awaits": gettext_lazy("Still to come"),
}
_OF_PERMISSIONS = frozenset({"added", "removed", "permission"})
# Why somebody was not let in or a session ended; others, such as Django's, are told as they are.
_REASONS = {
    "wrong": gettext_lazy("wrong name or password"),
    "no_store": gettext_lazy("access to no store here"),
    "inactive": gettext_lazy("the user is out of use"),
    "idle": gettext_lazy("nothing was done for too long"),
    "unknown_offline": gettext_lazy("unknown here, and the central server could not be asked"),
    "site_name_not_found": gettext_lazy("there is no site of this name"),
    "site_incorrect_password": gettext_lazy("wrong password of the site"),
    "site_incorrect_hardware_id": gettext_lazy("another device than the site's own"),
    "site_has_no_store": gettext_lazy("the site has no store"),
    "api_version_incompatible": gettext_lazy("a version that does not fit"),
    "PermissionMissing": gettext_lazy("without the permission"),
    "EditRefused": gettext_lazy("edited at another place"),
    "ByProgramOnly": gettext_lazy("written by the program alone"),
    "PermissionDenied": gettext_lazy("not permitted here"),
}


@dataclass(frozen=True)
class Wanted:
    """Which entries: of an event, an outcome, somebody or an address, from a day to a day."""

    event: SecurityEvent | None = None
    outcome: Outcome | None = None
    who: str = ""
    since: date | None = None
    until: date | None = None


def search(connection: BaseDatabaseWrapper, wanted: Wanted) -> "QuerySet[SecurityNote]":
    """Return the entries, the newest first; days are those of UTC."""
    found = _notes(connection)
    if wanted.event is not None:
        found = found.filter(event=wanted.event.value)
    if wanted.outcome is not None:
        found = found.filter(outcome=wanted.outcome.value)
    if wanted.who:
        found = found.filter(Q(who__icontains=wanted.who) | Q(address=wanted.who))
    if wanted.since is not None:
        found = found.filter(at__gte=datetime.combine(wanted.since, time.min))
    if wanted.until is not None:
        found = found.filter(at__lte=datetime.combine(wanted.until, time.max))
    return found.order_by("-pk")


def in_words(row: SecurityNote) -> list[tuple[str, str]]:
    """Return what an entry tells besides, as names and texts."""
    told = msgspec.json.decode(row.what)
    return [
        (str(_DETAILS.get(name, name)), _text(name, value))
        for name, value in told.items()
        if value not in ("", [])
    ]


def sheet(viewer: Viewer, wanted: Wanted) -> Sheet:
    """Return the entries for a file, and note that somebody has taken them.

    Raises PermissionMissing for who is no administrator.
    """
    _require_admin(viewer)
    security_log.note(viewer.connection, SecurityEvent.DATA_EXPORTED, table="security_log")
    titles = [_("At (UTC)"), _("Event"), _("Outcome"), _("Who"), _("Address"), _("Details")]
    return Sheet("security-log", titles, _rows(search(viewer.connection, wanted)))


def _rows(found: "QuerySet[SecurityNote]") -> Iterator[list[Any]]:
    events, outcomes = dict(SecurityEvent.choices), dict(Outcome.choices)
    for row in found.iterator(chunk_size=2_000):
        details = "; ".join(f"{name}: {text}" for name, text in in_words(row))
        event, outcome = events.get(row.event, row.event), outcomes.get(row.outcome, row.outcome)
        yield [row.at, str(event), str(outcome), row.who, row.address, details]


def kept_days(connection: BaseDatabaseWrapper) -> int:
    """Return for how many days entries are kept."""
    row = Setting.objects.using(connection.alias).filter(key=_KEY).first()
    return int(row.value) if row else USUAL_DAYS


def keep_for(viewer: Viewer, days: int) -> None:
    """Choose for how many days entries are kept. Raises ValidationError or PermissionMissing."""
    _require_admin(viewer)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        text = _("Enter a number of days from {fewest} to {most}.")
        raise ValidationError({"days": text.format(fewest=FEWEST_DAYS, most=MOST_DAYS)})
    connection, before = viewer.connection, kept_days(viewer.connection)
    if days == before:
        return
    with transaction.atomic(using=connection.alias):
        settings = Setting.objects.using(connection.alias)
        settings.update_or_create(key=_KEY, defaults={"value": str(days)})
        security_log.note(
            connection,
            SecurityEvent.SETTING_CHANGED,
            setting=_KEY,
            before=before,
            after=days,
        )


def remove_old(connection: BaseDatabaseWrapper) -> None:
    """Remove what is older than it is kept, and old refusals of the throttle.

    The worker calls it in each round; it looks once an hour.

    A site whose clock is known to be wrong removes nothing: what is old is then unknown.
    """
    settings = Setting.objects.using(connection.alias)
    looked = settings.filter(key=_LOOKED_KEY).first()
    if looked and clock.age(datetime.fromisoformat(looked.value)) < _LOOK_EVERY:
        return
    if instance.load(connection).clock_ahead == 0:
        limit = now() - timedelta(days=kept_days(connection))
        _notes(connection).filter(at__lt=limit).delete()
    throttle.forget(connection)
    settings.update_or_create(key=_LOOKED_KEY, defaults={"value": clock.now_text()})


def _require_admin(viewer: Viewer) -> None:
    if not viewer.may(permissions.SERVER_ADMIN):
        raise permissions.PermissionMissing(permissions.SERVER_ADMIN)


def _text(name: str, value: object) -> str:
    words = _words(name)
    if isinstance(value, list):
        return ", ".join(str(words.get(one, one)) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(words.get(value, value)) if isinstance(value, str) else str(value)


def _words(name: str) -> "Mapping[str, str | Promise]":
    """Return what the values of a name are called where they are codes."""
    if name in _OF_PERMISSIONS:
        return dict(Permission.choices)
    if name == "awaits":
        return {"second_factor": _("Code of the second factor")}
    return _REASONS if name == "reason" else {}


def _notes(connection: BaseDatabaseWrapper) -> "QuerySet[SecurityNote]":
    return SecurityNote.objects.using(connection.alias)
