"""`msupply check`: is everything in order?"""

import os

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import out, print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_instance
from msupply.cli.words import _

HELP = _(
    "Look for missing migrations and triggers, wrong cursors, orphans, and records kept back or"
    " unfit to be sent.\n\n"
    "Nothing is changed. The exit code is 0 when everything is in order."
)
# Of findings; programs read them as they are.
_SUBJECTS = {
    "migrations": _("migrations"),
    "triggers": _("triggers"),
    "stores": _("stores"),
    "role": _("role"),
    "cursors": _("cursors"),
    "references": _("references"),
    "loose references": _("loose references"),
    "leaving": _("leaving"),
    "quarantine": _("quarantine"),
    "integration": _("integration"),
    "buffer": _("buffer"),
    "clock": _("clock"),
    "files": _("files"),
}


def check(data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Examine the database, and tell what was found."""
    if not os.environ.get("DATABASE_URL") and not (data / "msupply.sqlite3").exists():
        raise Failure(
            _("There is no instance in {data}.").format(data=data),
            _("Set one up with `msupply init`, or name another directory with --data."),
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
            subject = _SUBJECTS.get(finding.subject, finding.subject)
            say(_("{subject}: {text}").format(subject=subject, text=finding.text))
        attention = _("{n} things need attention.").format(n=len(wrong))
        say(attention if wrong else _("Everything is in order."))
    if wrong:
        raise typer.Exit(1)
