"""How commands speak: plain lines on standard output, or one JSON object for programs."""

import json
import sys
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from msupply.cli.failures import Failure
from msupply.cli.words import _

# Progress and errors go to standard error, so that output can be piped.
# Another program reads line by line, so each row of a table stays on one.
out = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else 10_000)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Print a line for people; texts of others are not read as markup."""
    out.print(text, markup=False)


def title(text: str) -> None:
    """Print a title above some lines."""
    out.print(f"\n{text}", markup=False, style="bold")


def say_error(failure: Failure, as_json: bool) -> None:
    """Print a failure."""
    if as_json:
        print_json({"error": {"code": failure.code, "what": failure.what, "do": failure.do}})
        return
    err.print(_("Error: {what}").format(what=failure.what), markup=False, style="red")
    if failure.do:
        err.print(failure.do, markup=False)


def progress(*, hidden: bool = False) -> Progress:
    """Return progress bars for steps whose length is known, or not yet."""
    return Progress(
        TextColumn("{task.description:<28}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=hidden,
    )


def secret(value: str | None, prompt: str, option: str, *, confirm: bool = False) -> str:
    """Return a password that was given, or ask for it without showing it."""
    if value is not None:
        return value
    if not sys.stdin.isatty():
        raise Failure(
            _("No password was given ({prompt}).").format(prompt=prompt),
            _("Give it with {option}.").format(option=option),
        )
    while True:
        answer: str = typer.prompt(prompt, hide_input=True)
        if not confirm or typer.prompt(_("Repeat for confirmation"), hide_input=True) == answer:
            return answer
        err.print(_("Error: The two entered values do not match."))
