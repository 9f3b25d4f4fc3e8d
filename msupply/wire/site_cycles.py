"""Remembering what a site does with this server, for those who look after the sites.

Only whole cycles and batches are noted, never a request that brings and takes nothing: an idle
poll costs no write here beyond the first of a minute.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, F, Q, QuerySet, Value, When

from msupply.records.site_cycles import KEPT, SiteCycle
from msupply.sync import clock
from msupply.sync.clock import now
from msupply.sync.failure import told

_log = logging.getLogger(__name__)

# Cycles in which nothing happens are shown as one; a day shows that a site is alive.
QUIET_RUN = timedelta(days=1)
# Whoever comes back sooner goes on with the same cycle, or is refused as before.
PAUSE = timedelta(minutes=1)


def begin(connection: BaseDatabaseWrapper, site_id: int, clock_ahead: int | None = None) -> None:
    """Note that a site begins a cycle, unless it is in the middle of one.

    `clock_ahead` is by how many seconds its clock is ahead of ours, None where it does not tell.
    """
    moment, latest = now(), _latest(connection, site_id)
    if latest and not latest.refusal and clock.age(latest.last_at) < PAUSE:
        return
    with _harmless(connection):
        _note(connection, site_id, "", moment)
        if clock_ahead is not None:
            latest = _latest(connection, site_id)
            assert latest is not None
            _rows(connection, site_id).filter(slot=latest.slot).update(clock_ahead=clock_ahead)


def refused(connection: BaseDatabaseWrapper, site_id: int, code: str) -> None:
    """Note that a site was not let in, and why."""
    moment, latest = now(), _latest(connection, site_id)
    if latest and latest.refusal == code and clock.age(latest.last_at) < PAUSE:
        return
    with _harmless(connection):
        _note(connection, site_id, code, moment)


def exchanged(
    connection: BaseDatabaseWrapper, site_id: int, *, pushed: int = 0, pulled: int = 0
) -> None:
    """Count records that a site has sent or fetched in its cycle."""
    if not (pushed or pulled):
        return
    with _harmless(connection):
        moment, latest = now(), _latest(connection, site_id)
        if latest is None or latest.refusal:
            latest = _write(connection, site_id, latest, "", moment)
        _rows(connection, site_id).filter(slot=latest.slot).update(
            pushed=F("pushed") + pushed, pulled=F("pulled") + pulled, last_at=moment
        )


def _note(connection: BaseDatabaseWrapper, site_id: int, refusal: str, moment: datetime) -> None:
    latest = _latest(connection, site_id)
    if latest is not None and _goes_on(latest, refusal):
        _rows(connection, site_id).filter(slot=latest.slot).update(
            connections=F("connections") + 1, last_at=moment
        )
    else:
        _write(connection, site_id, latest, refusal, moment)


def _goes_on(latest: SiteCycle, refusal: str) -> bool:
    quiet = not (latest.pushed or latest.pulled) and latest.refusal == refusal
    return quiet and clock.age(latest.started_at) < QUIET_RUN


def _write(
    connection: BaseDatabaseWrapper,
    site_id: int,
    latest: SiteCycle | None,
    refusal: str,
    moment: datetime,
) -> SiteCycle:
    row, _new = SiteCycle.objects.using(connection.alias).update_or_create(
        site_id=site_id,
        slot=(latest.slot + 1) % KEPT if latest else 0,
        defaults={
            "started_at": moment,
            "last_at": moment,
            "connections": 1,
            "pushed": 0,
            "pulled": 0,
            "refusal": refusal,
            "clock_ahead": None if latest is None else latest.clock_ahead,
        },
    )
    return row


def _latest(connection: BaseDatabaseWrapper, site_id: int) -> SiteCycle | None:
    """Return the row that is written to; those of a clock that was ahead are written over."""
    return latest_first(_rows(connection, site_id)).first()


def latest_first(rows: "QuerySet[SiteCycle]") -> "QuerySet[SiteCycle]":
    """Order cycles by their time, the newest first; those that lie in the future come last."""
    ahead = Q(started_at__gt=clock.horizon())
    is_ahead = Case(When(ahead, then=Value(1)), default=Value(0))
    return rows.order_by(is_ahead, "-started_at", "-slot")


def _rows(connection: BaseDatabaseWrapper, site_id: int) -> "QuerySet[SiteCycle]":
    return SiteCycle.objects.using(connection.alias).filter(site_id=site_id)


@contextmanager
def _harmless(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A note that cannot be written must not stop a site's synchronisation."""
    try:
        with transaction.atomic(using=connection.alias):
            yield
    except DatabaseError as error:
        _log.warning("A site's cycle could not be noted: %s", told(error))
