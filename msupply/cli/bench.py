"""`msupply bench`: the measurements behind what the README claims; they live in `bench/`."""

import importlib
import importlib.util
from typing import Annotated, Any

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import print_json, say
from msupply.cli.start import JsonOutput

Scenario = Annotated[
    str, typer.Argument(help="initialise, push, idle-pull or people (log-ins during integration).")
]
Number = Annotated[int | None, typer.Option("--n", help="Records; each has its own usual number.")]
Database = Annotated[
    str | None, typer.Option("--database", help="URL of the central server's database.")
]


def bench(
    scenario: Scenario,
    n: Number = None,
    database: Database = None,
    as_json: JsonOutput = False,
) -> None:
    """Measure speed and memory on this machine, beside named baselines; it may take an hour."""
    if importlib.util.find_spec("bench") is None:
        raise Failure(
            "The benchmarks are not installed: they are part of the source tree.",
            "Run this in a checkout of the project.",
        )
    scenarios = importlib.import_module("bench.__main__").SCENARIOS
    if scenario not in scenarios:
        raise Failure(f"There is no benchmark {scenario}.", f"There are: {', '.join(scenarios)}.")
    if n is not None and n < 1:
        raise Failure("--n must be at least 1.")
    run, usual = scenarios[scenario]
    for figure in run(n or usual, database):
        if as_json:
            print_json(figure)
        else:
            say(_in_words(figure))


def _in_words(figure: dict[str, Any]) -> str:
    others = [f"{key} {value}" for key, value in figure.items() if key != "figure"]
    return f"{figure.get('figure', '')}: {', '.join(others)}"
