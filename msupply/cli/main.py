"""The command `msupply`: puts the groups of commands together and ends every failure in words."""

import sys

import typer

from msupply.cli import (
    bench,
    check,
    demo,
    explain,
    imports,
    init,
    serve,
    site,
    sync,
)
from msupply.cli.failures import known
from msupply.cli.output import say_error

app = typer.Typer(
    help="Open mSupply central servers and remote sites.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(init.app, name="init")
app.add_typer(site.app, name="site")
app.add_typer(imports.app, name="import")
app.command("serve")(serve.serve)
app.command("sync")(sync.sync)
app.command("explain")(explain.explain)
app.command("check")(check.check)
app.command("demo")(demo.demo)
app.command("bench")(bench.bench)


def main() -> None:
    """Run the command line; known failures are told in words, with exit code 1."""
    try:
        app()
    except Exception as error:
        failure = known(error)
        if failure is None:
            raise
        say_error(failure, "--json" in sys.argv)
        sys.exit(1)
