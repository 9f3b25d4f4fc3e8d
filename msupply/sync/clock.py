"""The time, as this program keeps it: naive UTC. A simulation puts a clock of its own here.

A computer whose clock was ahead for a while leaves moments behind that lie in the future once it is
put right. Whatever compares a stored moment with now asks here, so that no such moment decides for
years: it counts as long ago, and whoever waits for it waits no longer than anybody else.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

# Clocks of two machines may differ by this much before anybody minds.
TOLERANCE = timedelta(minutes=5)
LONG_AGO = timedelta.max


class Clock(Protocol):
    """What tells the time, and lets it pass."""

    def now(self) -> datetime:
        """Return the moment, naive UTC."""

    def monotonic(self) -> float:
        """Return seconds that only ever go on."""

    def sleep(self, seconds: float) -> None:
        """Let some time pass."""


class _Computer:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


_clock: Clock = _Computer()


@contextmanager
def replaced(clock: Clock) -> Iterator[None]:
    """Go by another clock, in this whole process."""
    global _clock  # noqa: PLW0603  (one clock for a process is the point)
    usual, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = usual


def now() -> datetime:
    """Return the moment, naive UTC, to the microsecond."""
    return _clock.now()


def now_text() -> str:
    """Return the moment as a column's text, to the second."""
    return now().isoformat(" ", "seconds")


def age(moment: datetime | None) -> timedelta:
    """Return how long ago a stored moment was.

    LONG_AGO for None, and for one that lies in the future: a clock was ahead when it was written.
    One that is ahead by no more than TOLERANCE, by the clock of another host, is now.
    """
    if moment is None:
        return LONG_AGO
    passed = now() - moment
    if passed < -TOLERANCE:
        return LONG_AGO
    return max(passed, timedelta(0))


def horizon() -> datetime:
    """Return the latest moment that may be stored; one beyond it was set by a clock that was ahead."""
    return now() + TOLERANCE


def left(until: datetime | None, longest: timedelta) -> timedelta:
    """Return how long it still is until a stored moment, nothing when it is over.

    `longest` is how far ahead it can have been set: what is further ahead was set by a wrong clock.
    """
    if until is None:
        return timedelta(0)
    ahead = until - now()
    return max(ahead, timedelta(0)) if ahead <= longest + TOLERANCE else timedelta(0)


def monotonic() -> float:
    """Return seconds that only ever go on, for measuring how long something takes."""
    return _clock.monotonic()


def sleep(seconds: float) -> None:
    """Let some time pass."""
    _clock.sleep(seconds)
