"""How a command is to be used, in the language of the terminal: typer says some of it in English."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

from msupply.cli.output import err
from msupply.cli.words import _, gettext_noop

# What typer translates by itself, from our catalogue.
OF_TYPER = (
    gettext_noop("Options"),
    gettext_noop("Arguments"),
    gettext_noop("Commands"),
    gettext_noop("required"),
    gettext_noop("default: {default}"),
    gettext_noop("env var: {var}"),
    gettext_noop("No such command {name!r}."),
    gettext_noop("Missing command."),
)
# What it says in English only; what a name stands for may be such a sentence again.
_SENTENCES = (
    gettext_noop("Missing option {name}."),
    gettext_noop("Missing argument {name}."),
    gettext_noop("No such option: {name} (Possible options: {others})"),
    gettext_noop("No such option: {name}"),
    gettext_noop("Option {name} requires an argument."),
    gettext_noop("Option {name} does not take a value."),
    gettext_noop("Got unexpected extra argument(s) ({words})"),
    gettext_noop("Invalid value for {name}: {why}"),
    gettext_noop("{name} (env var: {var})"),
    gettext_noop("dir {name} is a file."),
    gettext_noop("Input should be a valid integer, unable to parse string as an integer"),
    gettext_noop("Input should be less than or equal to {n}"),
    gettext_noop("Input should be greater than or equal to {n}"),
)


class _Helping:
    """What commands and groups of them say about themselves."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line that begins a help text, and stands above an error."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), _("Usage: "))

    def get_short_help_str(self, limit: int = 0) -> str:
        """Return the whole first sentence: a table of commands can break lines."""
        return str(super().get_short_help_str(limit=1000))  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option --help."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


class Command(_Helping, TyperCommand):
    """One command."""


class Group(_Helping, TyperGroup):
    """A group of commands."""


def is_wrong(error: BaseException) -> bool:
    """True for what is raised when a command line is wrong: typer's own classes, or click's."""
    return hasattr(error, "format_message")


def tell(error: Any) -> int:
    """Say what is wrong with a command line; return the exit code."""
    text, context = error.format_message(), getattr(error, "ctx", None)
    usage = context.get_usage() if context else ""
    if usage and text.startswith(usage):
        # A group without a command: the text is its help.
        err.print(text, markup=False)
        return int(error.exit_code)
    if context:
        hint = _("Try '{command} --help' for help.").format(command=context.command_path)
        err.print(f"{usage}\n{hint}\n", markup=False)
    err.print(_("Error: {what}").format(what=in_words(text)), markup=False)
    return int(error.exit_code)


def in_words(text: str) -> str:
    """Return a sentence of typer in the language of the terminal."""
    for sentence in _SENTENCES:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(sentence))
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found:
            parts = {name: in_words(part) for name, part in found.groupdict().items()}
            return _(sentence).format(**parts)
    return text
