"""Guessing made slow: refusals in a row are counted per name and address.

Only the pair has to wait, so that nobody can lock a clinic out from elsewhere.
"""

import math
from datetime import timedelta

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.records.log_in_failures import LogInFailure
from msupply.sync.clock import now

# Refusals that cost no wait; each further one doubles the wait.
FREE = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
# A pause this long ends a row of refusals.
FORGOTTEN_AFTER = timedelta(hours=1)


def wait_seconds(connection: BaseDatabaseWrapper, name: str, address: str) -> int:
    """Return how long a name must wait before it may try again from an address."""
    failure = _failures(connection).filter(username=_key(name), address=address).first()
    if failure is None or failure.count < FREE:
        return 0
    wait: timedelta = min(FIRST_WAIT * 2 ** min(failure.count - FREE, 10), LONGEST_WAIT)
    left = failure.last_at + wait - now()
    return max(0, math.ceil(left.total_seconds()))


def refused(connection: BaseDatabaseWrapper, name: str, address: str) -> None:
    """Count one more refusal."""
    moment = now()
    forgotten = moment - FORGOTTEN_AFTER
    _failures(connection).filter(last_at__lt=moment - timedelta(days=1)).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO log_in_failure (username, address, count, last_at) VALUES (%s, %s, 1, %s)"
            " ON CONFLICT (username, address) DO UPDATE SET last_at = excluded.last_at,"
            " count = CASE WHEN log_in_failure.last_at < %s THEN 1"
            " ELSE log_in_failure.count + 1 END",
            [_key(name), address, moment.isoformat(" "), forgotten.isoformat(" ")],
        )


def let_in(connection: BaseDatabaseWrapper, name: str, address: str) -> None:
    """End a row of refusals. Where there is none nothing is written: a write waits for others."""
    failures = _failures(connection).filter(username=_key(name), address=address)
    if failures.exists():
        failures.delete()


def _failures(connection: BaseDatabaseWrapper) -> QuerySet[LogInFailure]:
    return LogInFailure.objects.using(connection.alias)


def _key(name: str) -> str:
    return name.lower()[:200].replace("\0", "\ufffd")
