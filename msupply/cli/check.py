"""`msupply check`: is everything in order?"""

import os

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import out, print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_instance


def check(data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Look for missing migrations and triggers, wrong cursors, orphans and records kept back.

    Nothing is changed. The exit code is 0 when everything is in order.
    """
    if not os.environ.get("DATABASE_URL") and not (data / "msupply.sqlite3").exists():
        raise Failure(
            f"There is no instance in {data}.",
            "Set one up with `msupply init`, or name another directory with --data.",
        )
    use_instance(data)
    from django.db import connection

    from msupply.central.health import examine

    findings = examine(connection)
    wrong = [finding for finding in findings if finding.wrong]
    if as_json:
        found = [{"subject": f.subject, "text": f.text, "wrong": f.wrong} for f in findings]
        print_json({"in_order": not wrong, "findings": found})
    else:
        for finding in findings:
            mark, style = ("✗", "red") if finding.wrong else ("✓", "green")
            out.print(mark, style=style, end=" ")
            say(f"{finding.subject}: {finding.text}")
        say(f"{len(wrong)} things need attention." if wrong else "Everything is in order.")
    if wrong:
        raise typer.Exit(1)
