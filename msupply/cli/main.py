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
    merge,
    serve,
    simulate,
    site,
    store,
    sync,
    tables,
    usage,
    user,
)
from msupply.cli.failures import known
from msupply.cli.output import err, say_error
from msupply.cli.words import _, speak_usage

app = typer.Typer(
    help=_("Open mSupply central servers and remote sites."),
    cls=usage.Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(init.app, name="init")
app.add_typer(site.app, name="site")
app.add_typer(store.app, name="store")
app.add_typer(user.app, name="user")
app.add_typer(imports.app, name="import")
app.add_typer(tables.exports, name="export")
app.command("serve", cls=usage.Command, help=serve.HELP)(serve.serve)
app.command("sync", cls=usage.Command, help=sync.HELP)(sync.sync)
app.command("explain", cls=usage.Command, help=explain.HELP)(explain.explain)
app.command("merge", cls=usage.Command, help=merge.HELP)(merge.merge)
app.command("check", cls=usage.Command, help=check.HELP)(check.check)
app.command("demo", cls=usage.Command, help=demo.HELP)(demo.demo)
app.command("simulate", cls=usage.Command, help=simulate.HELP)(simulate.simulate)
app.command("bench", cls=usage.Command, help=bench.HELP)(bench.bench)


def main() -> None:
    """Run the command line; known failures are told in words, with exit code 1."""
    speak_usage()
    try:
        # Typer would tell errors itself, in English; it returns the code of a command that ends early.
        sys.exit(app(standalone_mode=False))
    except typer.Abort:
        err.print(_("Aborted!"))
        sys.exit(1)
    except Exception as error:
        if usage.is_wrong(error):
            sys.exit(usage.tell(error))
        failure = known(error)
        if failure is None:
            raise
        say_error(failure, "--json" in sys.argv)
        sys.exit(1)
