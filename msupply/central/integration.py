"""Integrating what sites have pushed, as soon as a push is complete."""

import logging

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import here as instance
from msupply.sync.here import Here
from msupply.sync.integrate import Origin, Progress, Summary, integrate
from msupply.sync.models import SiteState
from msupply.sync.sql import dialect

_log = logging.getLogger(__name__)


def integrate_waiting(connection: BaseDatabaseWrapper) -> bool:
    """Integrate the buffers of all sites that wait for it; True when there was one.

    Call it from one process at a time. Raises the database's own trouble.
    """
    here = instance.load(connection)
    if not here.served:
        return False
    states = SiteState.objects.using(connection.alias)
    waiting = list(
        states.filter(waiting_since__isnull=False)
        .order_by("waiting_since")
        .values_list("site_id", "waiting_since")
    )
    for site_id, since in waiting:
        try:
            integrate_sources(connection, here, {site_id})
        except Exception as error:
            if isinstance(error, DatabaseError) and not dialect(connection).blames_data(error):
                # The disk, a lock or the server: the worker tries again, and the site waits on.
                raise
            # Its chunks stay in the buffer: the end of the site's next push brings them up again.
            _log.exception("Integration of site %s failed", site_id)
        # A push that was completed meanwhile has set a new moment, and stays waiting.
        states.filter(site_id=site_id, waiting_since=since).update(waiting_since=None)
    return bool(waiting)


def integrate_sources(
    connection: BaseDatabaseWrapper,
    here: Here,
    sources: set[int | None],
    progress: Progress = lambda done: None,
) -> Summary:
    """Integrate what these sources have in the buffer, and what that makes possible of others'."""
    total = Summary()
    left, done = set(sources), set[int | None]()
    while left:
        source = left.pop()
        done.add(source)
        summary = integrate(connection, origin_of(here, source), progress)
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
