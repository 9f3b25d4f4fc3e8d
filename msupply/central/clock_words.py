"""What is said of a clock that differs: on pages, by commands and by `msupply check`."""

from datetime import timedelta

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from msupply.central import site_health
from msupply.sync.clock import TOLERANCE
from msupply.sync.here import Here


def spell(value: timedelta) -> str:
    """Say how long something lasts, in its largest unit."""
    seconds = max(0, round(value.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds < 3600:
        n = seconds // 60
        return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    if seconds < 86400:
        n = seconds // 3600
        return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    n = seconds // 86400
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def of_here(here: Here) -> str:
    """Return how the clock of this site differs from the central server's, blank if it does not."""
    seconds = here.clock_ahead
    if not here.is_remote or not _matters(seconds):
        return ""
    ahead = _("The clock of this computer is {time} ahead of the central server's.")
    behind = _("The clock of this computer is {time} behind the central server's.")
    return (ahead if seconds > 0 else behind).format(time=spell(timedelta(seconds=abs(seconds))))


def advice() -> str:
    """Return what to do about a clock that is wrong."""
    return _(
        "Set date, time and time zone right, or let the computer take them from the network. What is"
        " entered meanwhile gets wrong dates; nothing is lost."
    )


def of_site(connection: BaseDatabaseWrapper, site_id: int) -> str:
    """Return how the clock of a site differs from this server's, blank if it does not."""
    latest = site_health.cycles(connection, site_id).first()
    seconds = (latest.clock_ahead or 0) if latest else 0
    if not _matters(seconds):
        return ""
    ahead = _("The clock of this site is {time} ahead of this server's.")
    behind = _("The clock of this site is {time} behind this server's.")
    return (ahead if seconds > 0 else behind).format(time=spell(timedelta(seconds=abs(seconds))))


def _matters(seconds: int) -> bool:
    return abs(seconds) > TOLERANCE.total_seconds()
