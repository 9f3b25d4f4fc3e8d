"""Making a failing run short: steps and mishaps are left out while the same fault is still found."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from msupply.simulation.run import Outcome, Plan, Simulator
from msupply.simulation.steps import Step

T = TypeVar("T")

# Each attempt is a run; a fault that is hard to narrow down must not take all day.
MOST_ATTEMPTS = 150


def shrink(
    simulator: Simulator, found: Outcome, progress: Callable[[int], None] = lambda steps: None
) -> Outcome:
    """Return the shortest run found with the same fault; `progress` is told how long it is."""
    search = _Search(simulator, found, progress)
    steps = _fewest(found.steps, search.fails)
    while True:
        # Without a mishap a step may have become needless.
        simpler = _without_mishaps(steps, search.fails)
        fewer = _fewest(simpler, search.fails)
        if fewer == steps:
            return search.best
        steps = fewer


class _Search:
    """Tries shorter runs, and remembers the best."""

    def __init__(
        self, simulator: Simulator, found: Outcome, progress: Callable[[int], None]
    ) -> None:
        self._simulator, self._progress = simulator, progress
        self._plan: Plan = found.plan
        self.best = found
        self._attempts = 0

    def fails(self, steps: Sequence[Step]) -> bool:
        """Play some of the steps; True when the same fault is found."""
        if self._attempts >= MOST_ATTEMPTS:
            return False
        self._attempts += 1
        outcome = self._simulator.play(self._plan, list(steps))
        if outcome.kind_of_fault != self.best.kind_of_fault:
            return False
        self.best = outcome
        self._progress(len(steps))
        return True


def _fewest(members: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Leave out ever smaller parts (Zeller's delta debugging)."""
    left, parts = list(members), 2
    while left:
        size = max(len(left) // parts, 1)
        for start in range(0, len(left), size):
            without = left[:start] + left[start + size :]
            if fails(without):
                left, parts = without, max(parts - 1, 2)
                break
        else:
            if size == 1:
                return left
            parts = min(parts * 2, len(left))
    return left


def _without_mishaps(steps: list[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    steps = list(steps)
    for place in range(len(steps)):
        for mishap in steps[place].mishaps:
            left = tuple(m for m in steps[place].mishaps if m is not mishap)
            fewer = replace(steps[place], mishaps=left)
            if fails([*steps[:place], fewer, *steps[place + 1 :]]):
                steps[place] = fewer
    return steps
