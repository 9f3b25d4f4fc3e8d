"""How synchronisation is doing, in the words of the Sync page and the badge in the menu."""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msupply.sync import clock, failure, log
from msupply.sync.failure import FailureCode
from msupply.sync.here import Here
from msupply.sync.push import waiting_to_push

WARNING_AFTER = timedelta(days=1)
ERROR_AFTER = timedelta(days=3)
# Every page counts what waits; from here on it says "more than".
BADGE_WINDOW = 10_000
# Bytes: a first cycle or a backlog may need more than this.
LITTLE_ROOM = 50 * 1024 * 1024

STEP_NAMES: dict[str, str | Promise] = {
    "prepare": pgettext_lazy("sync step", "Prepare"),
    "push_v6": pgettext_lazy("sync step", "Push V6"),
    "push": pgettext_lazy("sync step", "Push"),
    "pull_central": pgettext_lazy("sync step", "Pull Central"),
    "pull_remote": pgettext_lazy("sync step", "Pull Remote"),
    "pull_v6": pgettext_lazy("sync step", "Pull V6"),
    "integrate": pgettext_lazy("sync step", "Integrate"),
}


@dataclass(frozen=True)
class Badge:
    """The mark on the Sync entry: `colour` is a Tabler colour, `alert` hides the count.

    The bar at the bottom shows the count whatever happened, coloured by `age` alone.
    """

    count: int
    colour: str
    alert: bool
    offline: bool
    title: str | Promise
    age: str
    last_success: datetime | None

    @property
    def is_more(self) -> bool:
        """True when more records wait than are counted."""
        return self.count >= BADGE_WINDOW


@dataclass(frozen=True)
class ShownStep:
    """One step of the stepper; `state` is waiting, active, done or failed."""

    label: str | Promise
    state: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """How far the step has come."""
        if self.state == "done":
            return 100
        return min(100, self.done * 100 // self.total) if self.total else 0


@dataclass(frozen=True)
class Shown:
    """The latest cycle as the page shows it."""

    running: bool
    started_at: datetime | None
    finished_at: datetime | None
    duration: timedelta | None
    steps: list[ShownStep]
    error_title: str | Promise | None = None
    error_advice: str | Promise | None = None
    error_detail: str = ""


def has_little_room() -> bool:
    """Return whether the disk of this instance is all but full: then not even a log can tell."""
    return shutil.disk_usage(settings.DATA).free < LITTLE_ROOM


def queue_length() -> int:
    """Return how many records wait to be pushed."""
    return waiting_to_push(connection)


def badge(here: Here) -> Badge | None:
    """Return the badge of the Sync entry, None where nothing has to be said."""
    if not here.is_remote:
        return None
    count = waiting_to_push(connection, BADGE_WINDOW)
    code = _error_code()
    last = log.last_success(connection)
    age = _age_colour(last)
    offline = code in (FailureCode.CONNECTION_ERROR, FailureCode.SERVER_UNAVAILABLE)
    if code and not offline:
        text = _("The last synchronisation failed")
        return Badge(count, "red", True, False, text, age, last)
    return Badge(count, age, False, offline, _age_title(age), age, last)


def _error_code() -> FailureCode | None:
    latest = log.latest(connection)
    return latest.error[0] if latest and latest.error else None


def _age_colour(last_success: datetime | None) -> str:
    if last_success is None:
        return "secondary"
    age = clock.age(last_success)
    if age >= ERROR_AFTER:
        return "red"
    return "orange" if age >= WARNING_AFTER else "secondary"


def _age_title(colour: str) -> str | Promise:
    if colour == "red":
        return _("Not synchronised for three days or more")
    if colour == "orange":
        return _("Not synchronised for a day or more")
    return _("Records waiting to be pushed")


def shown(first: bool = False) -> Shown:
    """Return the latest cycle, with every step of the first one or of the others in order."""
    latest = log.latest(connection)
    left_out = ("push_v6", "push") if first else ("prepare",)
    names = [name for name in STEP_NAMES if name not in left_out]
    if latest is None:
        waiting = [ShownStep(STEP_NAMES[name], "waiting", 0, 0) for name in names]
        return Shown(False, None, None, None, waiting)
    by_name = {step.name: step for step in latest.steps}
    steps = [_step(name, by_name.get(name), failed=latest.error is not None) for name in names]
    if latest.error is not None:
        steps = _with_failure(steps)
    duration = latest.finished_at - latest.started_at if latest.finished_at else None
    if latest.error is None:
        return Shown(latest.is_running, latest.started_at, latest.finished_at, duration, steps)
    code, message = latest.error
    title, advice = failure.explain(code)
    return Shown(
        False, latest.started_at, latest.finished_at, duration, steps, title, advice, message
    )


def _with_failure(steps: list[ShownStep]) -> list[ShownStep]:
    """Mark the step that could not begin, where none is marked: what comes before is not shown."""
    if any(step.state == "failed" for step in steps):
        return steps
    at = next((n for n, step in enumerate(steps) if step.state == "waiting"), None)
    return [replace(s, state="failed") if n == at else s for n, s in enumerate(steps)]


def _step(name: str, step: "log.Step | None", failed: bool) -> ShownStep:
    label = STEP_NAMES[name]
    if step is None or step.started_at is None:
        return ShownStep(label, "waiting", 0, 0)
    done, total = step.done or 0, step.total or 0
    if step.finished_at is not None:
        return ShownStep(label, "done", done, total)
    return ShownStep(label, "failed" if failed else "active", done, total)
