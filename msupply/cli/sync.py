"""`msupply sync`: one synchronisation cycle, with its steps as progress bars."""

from typing import TYPE_CHECKING, Any

from rich.progress import Progress, TaskID

from msupply.cli.failures import Failure
from msupply.cli.output import print_json, progress, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.words import _

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from msupply.sync.log import CycleStatus

HELP = _("Synchronise this site with its central servers once.")


def sync(data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Run one cycle on a site."""
    use_existing(data)
    from django.db import connection

    from msupply.central import clock_words
    from msupply.sync import here

    if not here.load(connection).is_remote:
        raise Failure(
            _(
                "{data} is the mSupply central server: sites synchronise with it, not it with them."
            ).format(data=data),
            _("Run `msupply sync` on a site."),
            "NOT_A_SITE",
        )
    with progress(hidden=as_json) as bars:
        status = run(connection, bars)
    now = here.load(connection)
    if as_json:
        print_json(cycle_result(status) | {"clock_ahead_seconds": now.clock_ahead})
        return
    say(_("Synchronised."))
    difference = clock_words.of_here(now)
    if difference:
        say(f"{difference} {clock_words.advice()}")


def run(connection: "BaseDatabaseWrapper", bars: Progress) -> "CycleStatus":
    """Run one cycle and show its steps; raises SyncFailure when it fails."""
    from msupply.sync import collector
    from msupply.sync.cycle import run_cycle
    from msupply.sync.failure import SyncFailure

    collector.tune()
    status = run_cycle(connection, progress=_Bars(bars).show)
    if status.error is not None:
        raise SyncFailure(*status.error)
    return status


def cycle_result(status: "CycleStatus") -> dict[str, Any]:
    """Return a finished cycle for programs."""
    return {
        "started_at": status.started_at.isoformat(),
        "finished_at": status.finished_at.isoformat() if status.finished_at else None,
        "steps": [
            {"name": step.name, "done": step.done or 0, "total": step.total or 0}
            for step in status.steps
            if step.started_at
        ],
    }


class _Bars:
    """One bar per step, from when it begins."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def show(self, status: "CycleStatus") -> None:
        titles = _titles()
        for step in status.steps:
            if step.started_at is None:
                continue
            if step.name not in self._tasks:
                title = titles.get(step.name, step.name)
                self._tasks[step.name] = self._bars.add_task(title, total=None)
            total, done = step.total, step.done or 0
            if step.finished_at is not None:
                # A step that had nothing to do is complete all the same.
                total = done = max(done, total or 0)
            self._bars.update(self._tasks[step.name], total=total, completed=done)


def _titles() -> dict[str, str]:
    return {
        "prepare": _("Prepare"),
        "push_v6": _("Push V6"),
        "push": _("Push"),
        "pull_central": _("Pull central"),
        "pull_remote": _("Pull remote"),
        "pull_v6": _("Pull V6"),
        "integrate": _("Integrate"),
    }
