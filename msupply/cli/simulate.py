"""`msupply simulate`: a country in one process, with bad lines and power cuts, judged in the end."""

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
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

HELP = _(
    "Play a whole country in this process: sites, lines that break, machines that lose power.\n\n"
    "Everything follows from the seed. When all is quiet, every site must hold exactly what its"
    " rules say; where one does not, the shortest story that leads there is told, and the exit code"
    " is 1."
)

Seed = Annotated[int | None, typer.Option("--seed", help=_("Play one seed, and tell its story."))]
Seeds = Annotated[str, typer.Option("--seeds", help=_("Play many seeds, from-to."))]
Sites = Annotated[int, typer.Option("--sites", min=1, max=20, help=_("Number of remote sites."))]
Steps = Annotated[int, typer.Option("--steps", min=1, help=_("How much happens."))]


def simulate(
    seed: Seed = None,
    seeds: Seeds = "1-100",
    sites: Sites = 3,
    steps: Steps = 40,
    as_json: JsonOutput = False,
) -> None:
    """Play seeds, and tell what was found."""
    first, last = (seed, seed) if seed is not None else _range(seeds)
    with _nowhere():
        failed = _play_many(range(first, last + 1), sites, steps, hidden=as_json)
        shortest = _shortest(failed[0], sites, steps, hidden=as_json) if failed else None
        story = _story(seed, sites, steps) if seed is not None and not failed else []
    if as_json:
        found = shortest and {"seed": failed[0], "fault": shortest.fault, "story": shortest.story}
        print_json({"seeds": last - first + 1, "failed": failed, "shortest": found})
    elif shortest is None:
        for line in story:
            say(line)
        say(_("{n} seeds played: everything arrived as it must.").format(n=last - first + 1))
    else:
        _tell(failed, last - first + 1, shortest)
    if failed:
        raise typer.Exit(1)


def _range(text: str) -> tuple[int, int]:
    first, _dash, last = text.partition("-")
    if first.isdigit() and last.isdigit() and int(first) <= int(last):
        return int(first), int(last)
    raise Failure(_("“{text}” is no range of seeds.").format(text=text), _("Write it as 1-1000."))


@contextmanager
def _nowhere() -> Iterator[None]:
    """Work on no instance: what is needed is made in a temporary directory."""
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="msupply-") as folder:
        use_instance(Path(folder))
        yield


def _play_many(seeds: range, sites: int, steps: int, *, hidden: bool) -> list[int]:
    """Play seeds on all processors; return those that failed."""
    # A fresh interpreter for each worker: Django is set up once in it.
    pool = ProcessPoolExecutor(
        min(os.cpu_count() or 1, len(seeds)), get_context("spawn"), _begin, (dict(os.environ),)
    )
    failed = []
    with pool, progress(hidden=hidden) as bars:
        bar = bars.add_task(_("Seeds"), total=len(seeds))
        waiting = {pool.submit(_fails, seed, sites, steps): seed for seed in seeds}
        for done in as_completed(waiting):
            if done.result():
                failed.append(waiting[done])
            bars.advance(bar)
    return sorted(failed)


def _begin(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    use_instance(Path(environment["MSUPPLY_DATA"]))


def _fails(seed: int, sites: int, steps: int) -> bool:
    from msupply.simulation.run import Plan, shared_simulator

    return shared_simulator().play(Plan(seed, sites, steps)).fault is not None


def _story(seed: int, sites: int, steps: int) -> list[str]:
    from msupply.simulation.run import Plan, shared_simulator

    return shared_simulator().play(Plan(seed, sites, steps)).story


def _shortest(seed: int, sites: int, steps: int, *, hidden: bool) -> "Outcome":
    from msupply.simulation.run import Plan, shared_simulator
    from msupply.simulation.shrink import shrink

    simulator = shared_simulator()
    found = simulator.play(Plan(seed, sites, steps))
    with progress(hidden=hidden) as bars:
        bar = bars.add_task(_("Steps left of seed {seed}").format(seed=seed), total=steps)
        return shrink(simulator, found, lambda left: bars.update(bar, completed=left))


def _tell(failed: list[int], played: int, shortest: "Outcome") -> None:
    numbers = ", ".join(str(seed) for seed in failed[:20])
    title(
        _("{n} of {played} seeds failed: {seeds}").format(
            n=len(failed), played=played, seeds=numbers
        )
    )
    title(_("The shortest story of seed {seed}").format(seed=shortest.plan.seed))
    for line in shortest.story:
        say(line)
    err.print(_("Error: {what}").format(what=shortest.fault), markup=False, style="red")
