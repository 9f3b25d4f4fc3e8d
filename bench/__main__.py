"""`python -m bench [scenario ...] [--n N] [--database URL]`: run scenarios, print JSON lines."""

import argparse
import json

from bench import scenarios

SCENARIOS = {
    "initialise": (scenarios.initialise, 1_000_000),
    "push": (scenarios.push, 100_000),
    "idle-pull": (scenarios.idle_pull, 10_000_000),
    "routing": (scenarios.routing, 10_000),
    "country": (scenarios.country, 80_000),
    "people": (scenarios.people, 100_000),
    "slow-lines": (scenarios.slow_lines, 20),
}


def main() -> None:
    """Run the scenarios asked for, all of them when none is."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []])
    parser.add_argument(
        "--n", type=int, help="records, or sites; each scenario has its own default"
    )
    parser.add_argument("--database", help="DATABASE_URL of the central server")
    wanted = parser.parse_args()
    for name in wanted.scenario or SCENARIOS:
        run, usual = SCENARIOS[name]
        for figure in run(wanted.n or usual, wanted.database):
            print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
