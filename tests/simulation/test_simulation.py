"""The engine passes hundreds of seeds; with a bug planted in it, it does not get far."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from msupply.central import background
from msupply.simulation import places, told, unpushed, verdict, visible
from msupply.simulation.ledger import Checked
from msupply.simulation.run import Plan
from msupply.simulation.shrink import shrink
from msupply.simulation.steps import CENTRAL, Step, Verb
from msupply.sync import ownership, placement, routing, site_orders
from tests.simulation.planted import BUGS, cursor_off_by_one

SEEDS, PER_TEST = 200, 10
# Bugs must be found within so many seeds.
SOON = 50


def plan(seed, steps=20):
    return Plan(seed, sites=2 + seed % 2, steps=steps)


def long_plan(seed):
    return plan(seed, steps=40)


@pytest.mark.parametrize("first", range(1, SEEDS, PER_TEST))
def test_everything_arrives_whatever_happens(simulation, first):
    for seed in range(first, first + PER_TEST):
        outcome = simulation.play(plan(seed))
        assert outcome.fault is None, "\n".join(["", f"seed {seed}:", *outcome.story])


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found_soon(simulation, bug):
    with bug():
        assert any(simulation.play(long_plan(seed)).fault for seed in range(1, SOON + 1))


def test_a_failing_seed_becomes_a_short_story(simulation):
    with cursor_off_by_one():
        outcomes = (simulation.play(long_plan(seed)) for seed in range(1, SOON + 1))
        found = next(outcome for outcome in outcomes if outcome.fault)
        shortest = shrink(simulation, found)
        assert len(shortest.steps) <= 4
        again = simulation.play(found.plan, shortest.steps)
    assert (again.fault, again.story) == (shortest.fault, shortest.story)
    assert simulation.play(found.plan, shortest.steps).fault is None


def test_the_judge_shares_nothing_with_what_it_judges():
    """Neither routing nor the guard, nor what these two ask."""
    judged = {one.__name__ for one in (routing, ownership, placement, site_orders)}
    for judge in (places, told, verdict, visible, unpushed):
        used = vars(judge).values()
        assert judged.isdisjoint(one.__name__ for one in used if isinstance(one, ModuleType))
        assert judged.isdisjoint(getattr(one, "__module__", None) for one in used)


def test_a_run_judges_something(simulation):
    """A run in which nothing is compared would pass as well."""
    checked = sum((simulation.play(plan(seed)).checked for seed in (5, 6)), Checked())
    assert min(checked.edits, checked.sent) > 20
    assert checked.rows > 500


def test_what_breaks_off_a_step_is_a_fault_and_no_traceback(simulation, monkeypatch):
    def broken(connection):
        raise KeyError("gone")

    monkeypatch.setattr(background, "work", broken)
    outcome = simulation.play(Plan(1, 2, 1), [Step(Verb.WORK, CENTRAL, 0)])
    assert outcome.fault.startswith("the program broke off: KeyError: 'gone'")
    assert outcome.kind_of_fault


_REPLAY = """
import django
django.setup()
from msupply.simulation.run import Plan, shared_simulator
print(shared_simulator().play(Plan(7, 2, 25)).fingerprint)
"""


def test_a_seed_is_the_same_run_in_every_process(simulation):
    """To the last byte on the lines, whatever Python's own chance does."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", _REPLAY],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path.cwd(),
    )
    assert done.stdout.strip() == simulation.play(Plan(7, 2, 25)).fingerprint
