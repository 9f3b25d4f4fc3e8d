"""Guessing made slow: refusals in a row are counted per name and address.

A pair of name and address that fails again and again waits longer and longer. An address from which
many names fail, and a name that fails from many addresses, wait a little before each attempt: but
never where that name was let in lately, so that nobody can lock a clinic out from elsewhere.
"""

import math
from datetime import datetime, timedelta

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Max, Q, QuerySet, Sum

from msupply.records.log_in_failures import LogInFailure
from msupply.sync import clock
from msupply.sync.clock import now

# Refusals that cost no wait; each further one doubles the wait.
FREE = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# A pause this long ends a row of refusals.
FORGOTTEN_AFTER = timedelta(hours=1)

# Names refused from one address, and refusals of one name from all, that cost no wait.
MOST_NAMES, MOST_OF_NAME = 50, 30
# How long these count.
COUNTED = timedelta(minutes=10)
# An address is usual for a name that was let in from it this lately.
USUAL = timedelta(days=90)
_NOTED_EVERY = timedelta(days=1)


def wait_seconds(connection: BaseDatabaseWrapper, name: str, address: str) -> int:
    """Return how long a name must wait before it may try again from an address."""
    pair = _failures(connection).filter(username=_key(name), address=address).first()
    wait = _wait_of_pair(pair)
    if pair is None or clock.age(pair.let_in_at) > USUAL:
        wait = max(wait, _wait_of_crowd(connection, name, address))
    return math.ceil(wait.total_seconds())


def refused(connection: BaseDatabaseWrapper, name: str, address: str) -> None:
    """Count one more refusal."""
    moment = now()
    forgotten, ahead = moment - FORGOTTEN_AFTER, clock.horizon()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO log_in_failure (username, address, count, last_at) VALUES (%s, %s, 1, %s)"
            " ON CONFLICT (username, address) DO UPDATE SET last_at = excluded.last_at,"
            " count = CASE WHEN log_in_failure.last_at < %s OR log_in_failure.last_at > %s THEN 1"
            " ELSE log_in_failure.count + 1 END",
            [
                _key(name),
                address,
                moment.isoformat(" "),
                forgotten.isoformat(" "),
                ahead.isoformat(" "),
            ],
        )


def let_in(connection: BaseDatabaseWrapper, name: str, address: str) -> None:
    """End a row of refusals, and note that this is where the name comes from.

    Written at most once a day where there were none: a write waits for others.
    """
    rows = _failures(connection).filter(username=_key(name), address=address)
    known = rows.first()
    if known is not None and known.count == 0 and clock.age(known.let_in_at) < _NOTED_EVERY:
        return
    moment = now()
    _failures(connection).update_or_create(
        username=_key(name),
        address=address,
        defaults={"count": 0, "last_at": moment, "let_in_at": moment},
    )


def forget(connection: BaseDatabaseWrapper) -> None:
    """Remove what counts no longer, and what a clock that was ahead has left; for the worker."""
    moment = now()
    over = Q(last_at__lt=moment - timedelta(days=1)) | Q(last_at__gt=clock.horizon())
    unusual = (
        Q(let_in_at__isnull=True)
        | Q(let_in_at__lt=moment - USUAL)
        | Q(let_in_at__gt=clock.horizon())
    )
    _failures(connection).filter(over & unusual).delete()


def _wait_of_pair(pair: LogInFailure | None) -> timedelta:
    if pair is None or pair.count < FREE:
        return timedelta(0)
    wait = min(FIRST_WAIT * 2 ** min(pair.count - FREE, 10), LONGEST_WAIT)
    return _rest(wait, pair.last_at)


def _rest(wait: timedelta, since: datetime) -> timedelta:
    """Return what is left of a wait, never more than all of it."""
    return wait - min(clock.age(since), wait)


def _wait_of_crowd(connection: BaseDatabaseWrapper, name: str, address: str) -> timedelta:
    """Return the wait for what others, or the same one elsewhere, have tried lately."""
    moment = now()
    lately = _failures(connection).filter(
        count__gt=0, last_at__gt=moment - COUNTED, last_at__lte=clock.horizon()
    )
    there = lately.filter(address=address).aggregate(n=Count("pk"), last=Max("last_at"))
    of_name = lately.filter(username=_key(name)).aggregate(n=Sum("count"), last=Max("last_at"))
    latest = [
        found["last"]
        for found, most in ((there, MOST_NAMES), (of_name, MOST_OF_NAME))
        if (found["n"] or 0) >= most
    ]
    waits = [_rest(FIRST_WAIT, last) for last in latest]
    return max(waits, default=timedelta(0))


def _failures(connection: BaseDatabaseWrapper) -> QuerySet[LogInFailure]:
    return LogInFailure.objects.using(connection.alias)


def _key(name: str) -> str:
    return name.lower()[:200].replace("\0", "\ufffd")
