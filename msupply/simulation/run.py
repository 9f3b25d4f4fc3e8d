"""One run: a seed becomes a list of steps, the steps happen, and the end is judged."""

import atexit
import logging
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from msupply.simulation import country, fate, verdict
from msupply.simulation.fate import SimulatedClock
from msupply.simulation.ledger import Checked
from msupply.simulation.steps import Step, draw
from msupply.simulation.world import World, Wrong

USUAL_SITES, USUAL_STEPS = 3, 40
# In one run of so many the two central servers are two machines.
_APART = 4


@dataclass(frozen=True)
class Plan:
    """What decides a run: the same plan gives the same run, message by message.

    With `apart` the first site is the Open mSupply central server.
    """

    seed: int
    sites: int = USUAL_SITES
    steps: int = USUAL_STEPS

    @property
    def apart(self) -> bool:
        """True in some of the runs."""
        return self.sites > 1 and self.seed % _APART == 0

    def drawn(self) -> list[Step]:
        """Return the steps that follow from the seed."""
        return draw(Random(f"steps {self.seed}"), self.sites, self.steps)


@dataclass
class Outcome:
    """How a run ended: `fault` is None when all was as it must be."""

    plan: Plan
    steps: list[Step]
    fault: str | None = None
    story: list[str] = field(default_factory=list)
    checked: Checked = field(default_factory=Checked)
    # Of every byte that went over the lines.
    fingerprint: str = ""

    @property
    def kind_of_fault(self) -> str:
        """The fault without its ids and values: shrinking looks for the same again."""
        words = (self.fault or "").partition("\n")[0].replace("'", " ").split()
        return " ".join(word for word in words if word.isalpha())


class _Errors(logging.Handler):
    """Keeps what the program logs as an error: in a run that is a fault."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.first: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self.first is not None:
            return
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Wrong):
            # Noticed in the middle of a cycle, which keeps what breaks it off.
            self.first = str(error)
        else:
            trace = "".join(traceback.format_exception(error)) if error else ""
            self.first = f"the program failed: {record.getMessage()}\n{trace}"

    def check(self) -> None:
        """Raise Wrong when there was an error."""
        if self.first:
            raise Wrong(self.first)


class Simulator:
    """Plays runs; use it as a context, in a process that has nothing else to do meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def play(self, plan: Plan, steps: list[Step] | None = None) -> Outcome:
        """Play a plan, or only some of its steps."""
        chosen = plan.drawn() if steps is None else steps
        outcome = Outcome(plan, chosen)
        with _listening() as errors, self.world(plan.sites, plan.seed, apart=plan.apart) as world:
            outcome.story, outcome.checked = world.story, world.ledger.checked
            try:
                for step in chosen:
                    world.perform(step)
                    errors.check()
                verdict.settle(world)
                errors.check()
                verdict.judge(world)
            except Wrong as wrong:
                outcome.fault = str(wrong)
            except Exception as error:
                # What people or the worker do must not fail either.
                what = f"the program broke off: {type(error).__name__}: {error}"
                outcome.fault = f"{what}\n{traceback.format_exc()}"
            outcome.fingerprint = world.traffic.hexdigest()
        return outcome

    @contextmanager
    def world(
        self, sites: int = USUAL_SITES, seed: int = 0, *, apart: bool = False
    ) -> Iterator[World]:
        """Return a country at its beginning; while it lasts, chance and time are its own."""
        disks = country.disks(self._folder, sites, apart)
        clock = SimulatedClock()
        with fate.decided(f"run {seed}", clock):
            world = World(self._folder, disks, clock, Random(f"world {seed}"), apart=apart)
            clock.passing = world.time_passes
            try:
                yield world
            finally:
                world.remove()


@cache
def shared_simulator() -> Simulator:
    """Return the simulator of this process; its disks are thrown away when the process ends."""
    lasting = ExitStack()
    atexit.register(lasting.close)
    return lasting.enter_context(simulator())


@contextmanager
def simulator() -> Iterator[Simulator]:
    """Return a simulator with disks of its own, in memory where the system has room for that."""
    memory = Path("/dev/shm")  # noqa: S108  (a folder of our own in it)
    with tempfile.TemporaryDirectory(
        prefix="msupply-simulation-", dir=memory if memory.is_dir() else None
    ) as folder:
        yield Simulator(Path(folder))


@contextmanager
def _listening() -> Iterator[_Errors]:
    """Take what the program logs as errors, and keep it off the screen."""
    errors, logger = _Errors(), logging.getLogger("msupply")
    usual = logger.propagate
    logger.addHandler(errors)
    logger.propagate = False
    try:
        yield errors
    finally:
        logger.removeHandler(errors)
        logger.propagate = usual
