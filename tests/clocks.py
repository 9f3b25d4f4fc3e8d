"""A computer's clock that shows another time than it is, for a while."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from msupply.sync import clock


class _Other:
    def __init__(self, ahead):
        self.ahead = ahead

    def now(self):
        return datetime.now(UTC).replace(tzinfo=None) + self.ahead

    def monotonic(self):
        return time.monotonic()

    def sleep(self, seconds):
        time.sleep(seconds)


@contextmanager
def ahead(**how_much):
    """Go by a clock that is ahead by days, hours, minutes; behind with negative ones."""
    with clock.replaced(_Other(timedelta(**how_much))):
        yield
