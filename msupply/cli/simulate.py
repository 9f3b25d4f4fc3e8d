"""`msupply simulate`: a country in one process, with bad lines and power cuts, judged in the end."""

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import err, print_json, progress, say, title
from msupply.cli.start import JsonOutput, use_instance
from msupply.cli.words import _

if TYPE_CHECKING:
    from msupply.simulation.run import Outcome

USUAL_SEEDS, MOST_SEEDS = "1-100", 100_000

HELP = _(
    "Play a whole country in this process: sites, lines that break, machines that lose power.\n\n"
    "Everything follows from the seed. When all is quiet, every site must hold exactly what its"
    " rules say; where one does not, the shortest story that leads there is told, and the exit code"
    " is 1."
)

Seed = Annotated[
    int | None, typer.Option("--seed", min=0, help=_("Play one seed, and tell its story."))
]
Seeds = Annotated[
    str | None, typer.Option("--seeds", help=_("Play many seeds, from-to; 1-100 unless said."))
]
Sites = Annotated[int, typer.Option("--sites", min=1, max=20, help=_("Number of remote sites."))]
Steps = Annotated[int, typer.Option("--steps", min=1, help=_("How much happens."))]


def simulate(
    seed: Seed = None,
    seeds: Seeds = None,
    sites: Sites = 3,
    steps: Steps = 40,
    as_json: JsonOutput = False,
) -> None:
    """Play seeds, and tell what was found."""
    if seed is not None and seeds is not None:
        what = _("--seed and --seeds do not go together.")
        raise Failure(what, _("Give one seed to see its story, or a range to play many."))
    first, last = (seed, seed) if seed is not None else _range(seeds or USUAL_SEEDS)
    with _nowhere():
        found = _play_many(range(first, last + 1), sites, steps, hidden=as_json)
        shortest = _shortest(found.failed[0], sites, steps, as_json) if found.failed else None
        story = _play(seed, sites, steps).story if seed is not None and not shortest else []
    if as_json:
        _print(found, shortest)
    elif shortest is None:
        for line in story:
            say(line)
        _praise(found)
    else:
        _tell(found, shortest)
    if shortest:
        raise typer.Exit(1)


def _range(text: str) -> tuple[int, int]:
    first, _dash, last = text.partition("-")
    if first.isdecimal() and last.isdecimal() and int(first) <= int(last):
        if int(last) - int(first) < MOST_SEEDS:
            return int(first), int(last)
        what = _("“{text}” are too many seeds for one run.").format(text=text)
        raise Failure(what, _("Play at most {n} at once.").format(n=MOST_SEEDS))
    raise Failure(_("“{text}” is no range of seeds.").format(text=text), _("Write it as 1-1000."))


@contextmanager
def _nowhere() -> Iterator[None]:
    """Work on no instance: what is needed is made in a temporary directory."""
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="msupply-") as folder:
        use_instance(Path(folder))
        yield


@dataclass
class _Found:
    """What came of some seeds: those that failed, and how much was judged."""

    played: int = 0
    failed: list[int] = field(default_factory=list)
    edits: int = 0
    sent: int = 0
    rows: int = 0


def _play_many(seeds: range, sites: int, steps: int, *, hidden: bool) -> _Found:
    """Play seeds on all processors."""
    # A fresh interpreter for each worker: Django is set up once in it.
    pool = ProcessPoolExecutor(
        min(os.cpu_count() or 1, len(seeds)), get_context("spawn"), _begin, (dict(os.environ),)
    )
    found = _Found()
    with pool, progress(hidden=hidden) as bars:
        bar = bars.add_task(_("Seeds"), total=len(seeds))
        waiting = {pool.submit(_judge, seed, sites, steps): seed for seed in seeds}
        for done in as_completed(waiting):
            failed, edits, sent, rows = done.result()
            if failed:
                found.failed.append(waiting[done])
            found.played += 1
            found.edits, found.sent, found.rows = (
                found.edits + edits,
                found.sent + sent,
                found.rows + rows,
            )
            bars.advance(bar)
    found.failed.sort()
    return found


def _begin(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    use_instance(Path(environment["MSUPPLY_DATA"]))


def _play(seed: int, sites: int, steps: int) -> "Outcome":
    from msupply.simulation.run import Plan, shared_simulator

    return shared_simulator().play(Plan(seed, sites, steps))


def _judge(seed: int, sites: int, steps: int) -> tuple[bool, int, int, int]:
    outcome = _play(seed, sites, steps)
    checked = outcome.checked
    return outcome.fault is not None, checked.edits, checked.sent, checked.rows


def _shortest(seed: int, sites: int, steps: int, hidden: bool) -> "Outcome":
    from msupply.simulation.run import shared_simulator
    from msupply.simulation.shrink import shrink

    simulator = shared_simulator()
    found = _play(seed, sites, steps)
    with progress(hidden=hidden) as bars:
        bar = bars.add_task(_("Steps left of seed {seed}").format(seed=seed), total=steps)
        return shrink(simulator, found, lambda left: bars.update(bar, completed=left))


def _print(found: _Found, shortest: "Outcome | None") -> None:
    told = shortest and {
        "seed": shortest.plan.seed,
        "fault": shortest.fault,
        "story": shortest.story,
    }
    judged = {"edits": found.edits, "records_sent": found.sent, "rows_compared": found.rows}
    print_json({"seeds": found.played, "failed": found.failed, "judged": judged, "shortest": told})


def _praise(found: _Found) -> None:
    say(_("Seeds played: {n}. Everything arrived as it must.").format(n=found.played))
    text = _("Judged: {edits} edits, {sent} records on the lines, {rows} rows compared in the end.")
    say(text.format(edits=found.edits, sent=found.sent, rows=found.rows))


def _tell(found: _Found, shortest: "Outcome") -> None:
    plan, most = shortest.plan, 20
    numbers = ", ".join(str(seed) for seed in found.failed[:most])
    numbers += ", …" if len(found.failed) > most else ""
    title(
        _("{n} of {played} seeds failed: {seeds}").format(
            n=len(found.failed), played=found.played, seeds=numbers
        )
    )
    title(_("The shortest story of seed {seed}").format(seed=plan.seed))
    for line in shortest.story:
        say(line)
    err.print(_("Error: {what}").format(what=shortest.fault), markup=False, style="red")
    again = f"msupply simulate --seed {plan.seed} --sites {plan.sites} --steps {plan.steps}"
    say(_("Play it again: {command}").format(command=again))
