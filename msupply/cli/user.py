"""`msupply user`: the way back in for a user of the central server."""

from typing import Annotated

import typer

from msupply.cli.output import print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

app = typer.Typer(
    help=_("Help users of a central server to log in."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help=_("The user name."))]


@app.callback()
def users() -> None:
    """Keep the name of the one command, beside which others will stand."""


@app.command(
    "reset-second-factor",
    cls=Command,
    help=_("Let a user who has lost app and recovery codes log in by the password alone."),
)
def reset_second_factor(
    name: Name, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False
) -> None:
    """Forget the second factor of a user."""
    use_existing(data)
    from django.db import connection

    from msupply.central import users as service

    had_one = [
        service.reset_second_factor(connection, user, None)
        for user in service.named(connection, name)
    ]
    if as_json:
        print_json({"username": name, "reset": any(had_one)})
    elif any(had_one):
        say(_("{user} logs in by the password alone now.").format(user=name))
    else:
        say(_("{user} has no second factor.").format(user=name))
