"""What would be chance or time outside of a simulation, and follows from the seed inside."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

from msupply.sync import beside, clock

P = ParamSpec("P")
T = TypeVar("T")

START = datetime(2025, 3, 1, 8)  # noqa: DTZ001  (naive UTC, as everywhere)


class SimulatedClock:
    """A clock that moves when it is looked at, or when somebody sleeps."""

    def __init__(self, passing: Callable[[], None] = lambda: None) -> None:
        self.passed = timedelta()
        # How far somebody has put the time of day back.
        self.behind = timedelta()
        self.passing = passing

    def now(self) -> datetime:
        """Return the moment; no two are the same."""
        self.passed += timedelta(microseconds=1000)
        return START + self.passed - self.behind

    def monotonic(self) -> float:
        """Return the seconds since the beginning."""
        return self.passed.total_seconds()

    def sleep(self, seconds: float) -> None:
        """Let time pass, and others work meanwhile."""
        self.advance(max(seconds, 0.5))
        self.passing()

    def put_back(self, seconds: float) -> None:
        """Let the time of day jump back; what is measured between two moments does not."""
        self.behind += timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.passed += timedelta(seconds=seconds)


class _Later(Future[T]):
    """Work that is done when its result is asked for."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work: Callable[[], T] | None = work

    def result(self, timeout: float | None = None) -> T:
        self.do()
        return super().result(timeout)

    def do(self) -> None:
        """Do it now; what it raises comes out when the result is asked for, as of a thread."""
        work, self._work = self._work, None
        if work is not None:
            try:
                self.set_result(work())
            except Exception as error:
                self.set_exception(error)


class Worker(Executor):
    """Does on the main thread what a second thread would do: as early or as late as it could."""

    def __init__(self, *, early: bool) -> None:
        self._early = early

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Take work; a late worker begins when somebody waits for it."""
        future = _Later(lambda: fn(*args, **kwargs))
        if self._early:
            future.do()
        return future


@contextmanager
def decided(seed: str, time: SimulatedClock) -> Iterator[None]:
    """Let ids, the time and the work of threads follow from the seed, in this whole process."""
    ids = Random(f"ids {seed}")
    pace = Random(f"pace {seed}")

    def next_id() -> uuid.UUID:
        return uuid.UUID(int=ids.getrandbits(128), version=4)

    def worker(name: str) -> Executor:
        return Worker(early=pace.random() < 0.5)

    with (
        clock.replaced(time),
        patch("uuid.uuid4", next_id),
        patch.object(beside, "make_worker", worker),
    ):
        yield


def fresh_id() -> str:
    """Return an id that no machine has."""
    return uuid.uuid4().hex


def pick(chance: Random, choices: Any) -> Any:
    """Choose one of some things, in an order that is always the same."""
    return choices[chance.randrange(len(choices))]
