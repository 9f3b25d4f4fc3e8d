"""`msupply bench`: the measurements behind what the README claims; they live in `bench/`."""

import importlib
import importlib.util
from typing import Annotated, Any

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import print_json, say
from msupply.cli.start import JsonOutput
from msupply.cli.words import _

HELP = _("Measure speed and memory on this machine, beside named baselines; it may take an hour.")

Scenario = Annotated[
    str,
    typer.Argument(
        help=_(
            "initialise, push, idle-pull, routing, country (an administrator's pages), people"
            " (log-ins during integration) or slow-lines (people beside sites on 2 kB/s)."
        )
    ),
]
Number = Annotated[
    int | None, typer.Option("--n", help=_("Records, or sites; each has its own usual number."))
]
Database = Annotated[
    str | None, typer.Option("--database", help=_("URL of the central server's database."))
]


def bench(
    scenario: Scenario,
    n: Number = None,
    database: Database = None,
    as_json: JsonOutput = False,
) -> None:
    """Run one scenario and print its figures; their names are the same in every language."""
    if importlib.util.find_spec("bench") is None:
        raise Failure(
            _("The benchmarks are not installed: they are part of the source tree."),
            _("Run this in a checkout of the project."),
        )
    scenarios = importlib.import_module("bench.__main__").SCENARIOS
    if scenario not in scenarios:
        raise Failure(
            _("There is no benchmark {name}.").format(name=scenario),
            _("There are: {names}.").format(names=", ".join(scenarios)),
        )
    if n is not None and n < 1:
        raise Failure(_("--n must be at least 1."))
    run, usual = scenarios[scenario]
    for figure in run(n or usual, database):
        if as_json:
            print_json(figure)
        else:
            say(_in_words(figure))


def _in_words(figure: dict[str, Any]) -> str:
    others = [f"{key} {value}" for key, value in figure.items() if key != "figure"]
    return f"{figure.get('figure', '')}: {', '.join(others)}"
