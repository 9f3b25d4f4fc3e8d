"""The time, as this program keeps it: naive UTC. A simulation puts a clock of its own here."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol


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


def monotonic() -> float:
    """Return seconds that only ever go on, for measuring how long something takes."""
    return _clock.monotonic()


def sleep(seconds: float) -> None:
    """Let some time pass."""
    _clock.sleep(seconds)
