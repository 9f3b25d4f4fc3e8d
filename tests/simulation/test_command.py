"""The command that plays seeds, as a stranger meets it."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from msupply.cli import simulate
from msupply.cli.failures import Failure
from msupply.cli.main import app
from msupply.simulation.ledger import Checked
from msupply.simulation.run import Outcome, Plan
from tests.blackbox.processes import environment


def run(*arguments):
    return CliRunner().invoke(app, ["simulate", *arguments])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--seeds", "9-3"], "9-3"),
        (["--seeds", "one"], "one"),
        (["--seeds", "1-9999999"], "100000"),
        (["--seed", "1", "--seeds", "1-3"], "--seeds"),
    ],
)
def test_what_cannot_be_played_is_refused_with_what_to_do(arguments, told):
    result = run(*arguments)
    assert result.exit_code == 1
    failure = result.exception
    assert isinstance(failure, Failure)
    assert told in failure.what + failure.do


@pytest.mark.parametrize("arguments", [["--sites", "0"], ["--steps", "0"], ["--seed", "-1"]])
def test_a_number_out_of_its_range_is_wrong_usage(arguments):
    assert run(*arguments).exit_code == 2


@pytest.fixture
def failing(monkeypatch):
    """Seeds 2 and 4 fail, without any play."""
    plan = Plan(2, 3, 40)
    shortest = Outcome(plan, [], "site 2 has no item", ["site 2 begins to synchronise"], Checked())
    found = simulate._Found(4, [2, 4], 10, 20, 30)
    monkeypatch.setattr(simulate, "_play_many", lambda *others, **named: found)
    monkeypatch.setattr(simulate, "_shortest", lambda *others: shortest)


def test_a_failing_seed_is_told_with_how_to_play_it_again(failing):
    result = run("--seeds", "1-4")
    assert result.exit_code == 1
    assert "site 2 begins to synchronise" in result.output
    assert "msupply simulate --seed 2 --sites 3 --steps 40" in result.output


def test_programs_read_what_failed(failing):
    result = run("--seeds", "1-4", "--json")
    told = json.loads(result.stdout)
    assert (told["seeds"], told["failed"], told["shortest"]["seed"]) == (4, [2, 4], 2)
    assert told["judged"] == {"edits": 10, "records_sent": 20, "rows_compared": 30}


def test_it_plays_where_nothing_is_set_up(tmp_path):
    command = [sys.executable, "-m", "msupply.cli", "simulate", "--seed", "1", "--steps", "2"]
    run = subprocess.run(
        command,
        env=environment() | {"MSUPPLY_DATA": str(tmp_path / "nothing")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
