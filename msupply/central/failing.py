"""Sites whose records cannot be integrated just now: since when, why, and when it is tried again.

A record that cannot be taken is kept back, and the rest goes on; what stands here is the trouble of
this server: its database, its disk, its program.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.sync.clock import now
from msupply.sync.models import SiteState

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Failing:
    """The trouble of one site; `failure` is one line in the words of the database or program."""

    site_id: int
    since: datetime
    last: datetime | None
    failures: int
    failure: str


def note(connection: BaseDatabaseWrapper, site_id: int, failure: str) -> None:
    """Note one more failure, and that the site waits on. Raises what the database raises."""
    moment = now()
    state, _created = _states(connection).get_or_create(site_id=site_id)
    state.failing_since = state.failing_since or moment
    state.failed_at = moment
    state.failures += 1
    state.failure = failure.replace("\0", "\ufffd")[:LONGEST_TEXT]
    state.waiting_since = state.waiting_since or moment
    state.save(using=connection.alias, update_fields=[*_NOTED, "waiting_since"])


_NOTED = ("failing_since", "failed_at", "failures", "failure")


def over(connection: BaseDatabaseWrapper, site_id: int) -> None:
    """Note that a site's records could be integrated."""
    failing = _states(connection).filter(site_id=site_id, failures__gt=0)
    failing.update(failing_since=None, failed_at=None, failures=0, failure="")


def try_now(connection: BaseDatabaseWrapper, site_id: int) -> None:
    """Have a site's records integrated without waiting for the end of a pause."""
    _states(connection).update_or_create(
        site_id=site_id, defaults={"waiting_since": now(), "failed_at": None}
    )


def is_due(state: SiteState) -> bool:
    """Tell whether the pause after the last failure is over: each is twice as long, up to minutes."""
    if not state.failures or state.failed_at is None:
        return True
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(state.failures - 1, 10), LONGEST_PAUSE)
    # A clock that was ahead must not make a site wait for years.
    return not state.failed_at <= now() < state.failed_at + pause


def of(connection: BaseDatabaseWrapper, sites: Iterable[int] | None = None) -> dict[int, Failing]:
    """Return what fails, by site: of these sites, or of all."""
    rows = _states(connection).filter(failures__gt=0).order_by("failing_since", "site_id")
    if sites is not None:
        rows = rows.filter(site_id__in=list(sites))
    return {
        row.site_id: Failing(
            row.site_id, row.failing_since or now(), row.failed_at, row.failures, row.failure
        )
        for row in rows
    }


def _states(connection: BaseDatabaseWrapper) -> QuerySet[SiteState]:
    return SiteState.objects.using(connection.alias)
