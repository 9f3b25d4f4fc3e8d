"""The sync log: what every cycle did, step by step, readable by others while it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.sync import clock
from msupply.sync.clock import now
from msupply.sync.failure import FailureCode, SyncFailure, known_code
from msupply.sync.models import SyncLog

# Cycles that are kept: about a month at the usual interval.
KEPT_CYCLES = 10_000
# Live progress reaches the database about four times a second.
WRITE_SECONDS = 0.25


class StepName(Enum):
    """The steps of a cycle, in their order; the value is the name in logs and on screens."""

    PREPARE = "prepare"
    PUSH_V6 = "push_v6"
    PUSH = "push"
    PULL_CENTRAL = "pull_central"
    PULL_REMOTE = "pull_remote"
    PULL_V6 = "pull_v6"
    INTEGRATE = "integrate"


@dataclass(frozen=True)
class Step:
    """One step: not begun while `started_at` is None, active until it is finished."""

    name: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    total: int | None = None
    done: int | None = None


@dataclass(frozen=True)
class CycleStatus:
    """One cycle; it is running while it is neither finished nor failed."""

    started_at: datetime
    finished_at: datetime | None = None
    error: tuple[FailureCode, str] | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """True until the cycle has ended, well or badly."""
        return self.finished_at is None and self.error is None


Watcher = Callable[[CycleStatus], None]


class CycleLog:
    """The log of the cycle that runs now. `watcher` is told of every change that is written."""

    def __init__(self, connection: BaseDatabaseWrapper, watcher: Watcher | None = None) -> None:
        self._connection = connection
        self._watcher = watcher
        self._steps = {name: Step(name.value) for name in StepName}
        self._written = 0.0
        _close_interrupted(connection)
        _prune(connection)
        self._row = SyncLog(started_at=now())
        self._write()

    @property
    def status(self) -> CycleStatus:
        """The cycle as it stands."""
        return _status(self._row, list(self._steps.values()))

    @contextmanager
    def step(self, name: StepName) -> Iterator["StepLog"]:
        """Record that a step runs; a step that fails stays unfinished."""
        self._change(name, started_at=now())
        yield StepLog(self, name)
        self._change(name, finished_at=now())

    def report(self, name: StepName, done: int, total: int) -> None:
        """Record how far a step is."""
        self._steps[name] = replace(self._steps[name], done=done, total=max(total, done))
        if clock.monotonic() - self._written >= WRITE_SECONDS:
            self._write()

    def finish(self) -> None:
        """Record that the cycle went well."""
        self._row.finished_at = now()
        self._write()

    def fail(self, failure: SyncFailure) -> None:
        """Record why the cycle stopped."""
        self._row.error_code, self._row.error_message = failure.code.value, failure.detail
        self._write()

    def _change(self, name: StepName, **values: Any) -> None:
        self._steps[name] = replace(self._steps[name], **values)
        self._write()

    def _write(self) -> None:
        self._row.steps = msgspec.json.encode(list(self._steps.values())).decode()
        self._row.save(using=self._connection.alias)
        self._written = clock.monotonic()
        if self._watcher:
            self._watcher(self.status)


@dataclass(frozen=True)
class StepLog:
    """The running step, for the code that does it."""

    log: CycleLog
    name: StepName

    def report(self, done: int, total: int) -> None:
        """Record how far the step is."""
        self.log.report(self.name, done, total)


def latest(connection: BaseDatabaseWrapper) -> CycleStatus | None:
    """Return the latest cycle, running or ended; None before the first."""
    row = SyncLog.objects.using(connection.alias).order_by("-id").first()
    return None if row is None else _status(row, _read_steps(row.steps))


def last_success(connection: BaseDatabaseWrapper) -> datetime | None:
    """Return when the last good cycle ended, None when there was none."""
    row = _successes(connection).first()
    return None if row is None else row.finished_at


def _successes(connection: BaseDatabaseWrapper) -> "QuerySet[SyncLog]":
    return SyncLog.objects.using(connection.alias).filter(finished_at__isnull=False).order_by("-id")


def _status(row: SyncLog, steps: list[Step]) -> CycleStatus:
    error = (known_code(row.error_code), row.error_message or "") if row.error_code else None
    return CycleStatus(row.started_at, row.finished_at, error, steps)


def _read_steps(text: str) -> list[Step]:
    try:
        return msgspec.json.decode(text, type=list[Step])
    except msgspec.DecodeError:
        return []


def _close_interrupted(connection: BaseDatabaseWrapper) -> None:
    # Called under the lock of the cycle: whatever looks as if it ran belongs to a dead process.
    SyncLog.objects.using(connection.alias).filter(
        finished_at__isnull=True, error_code__isnull=True
    ).update(
        error_code=FailureCode.UNKNOWN.value,
        error_message="The program ended while this cycle was running.",
    )


def _prune(connection: BaseDatabaseWrapper) -> None:
    logs = SyncLog.objects.using(connection.alias)
    newest = logs.order_by("-id").values_list("id", flat=True).first()
    if newest is None or newest <= KEPT_CYCLES:
        return
    success = _successes(connection).values_list("id", flat=True).first()
    logs.filter(id__lte=newest - KEPT_CYCLES).exclude(id=success or 0).delete()
