"""Integrating what sites have pushed, as soon as a push is complete.

What fails for one site fails for that site alone: it waits on, is tried again after growing pauses,
and people are told (failing.py).
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.central import failing
from msupply.sync import here as instance
from msupply.sync.failure import log_failure, told
from msupply.sync.here import Here
from msupply.sync.integrate import Origin, Progress, Summary, integrate
from msupply.sync.models import SiteState

_log = logging.getLogger(__name__)

# Is told of the source whose records could not be integrated; raises, or lets others go on.
Failed = Callable[[int | None, Exception], None]


def integrate_waiting(connection: BaseDatabaseWrapper) -> bool:
    """Integrate the buffers of all sites that wait for it; True when something was integrated.

    Call it from one process at a time. Raises the database's own trouble where not even that can
    be noted.
    """
    here = instance.load(connection)
    if not here.served:
        return False
    states = SiteState.objects.using(connection.alias).filter(waiting_since__isnull=False)
    due = [state for state in states.order_by("waiting_since") if failing.is_due(state)]
    # All are tried: one that fails must not keep the next ones waiting.
    done = [_integrate_site(connection, here, state.site_id, state.waiting_since) for state in due]
    return any(done)


def _integrate_site(
    connection: BaseDatabaseWrapper, here: Here, site_id: int, since: datetime | None
) -> bool:
    failed: set[int | None] = set()

    def note(source: int | None, error: Exception) -> None:
        failed.add(source)
        log_failure(_log, f"Integration of site {source} failed, it is tried again", error)
        # Records of a central server are taken up by this site's own next cycle.
        if source is not None:
            failing.note(connection, source, told(error))

    integrate_sources(connection, here, {site_id}, failed=note)
    if site_id in failed:
        return False
    failing.over(connection, site_id)
    # A push that was completed meanwhile has set a new moment, and stays waiting.
    states = SiteState.objects.using(connection.alias)
    states.filter(site_id=site_id, waiting_since=since).update(waiting_since=None)
    return True


def _raise(source: int | None, error: Exception) -> None:
    raise error


def integrate_sources(
    connection: BaseDatabaseWrapper,
    here: Here,
    sources: set[int | None],
    progress: Progress = lambda done: None,
    failed: Failed = _raise,
) -> Summary:
    """Integrate what these sources have in the buffer, and what that makes possible of others'."""
    total = Summary()
    left, done = set(sources), set[int | None]()
    while left:
        source = left.pop()
        done.add(source)
        try:
            summary = integrate(connection, origin_of(here, source), progress)
        except Exception as error:
            failed(source, error)
            continue
        total.taken += summary.taken
        total.kept_back += summary.kept_back
        # Records of other sources that waited for a parent have gone back to the buffer.
        left |= summary.requeued - done
    return total


def origin_of(here: Here, source: int | None) -> Origin:
    """Return how records of a source are to be taken; imports have this server as their source."""
    if source is None or source == here.site_id:
        return Origin(site_id=source, log_source=None, logs=here.served, trusted=True)
    return Origin(site_id=source, log_source=source, logs=here.served)
