"""Choosing the instance that a command works on, and bringing its database up to date."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer

from msupply.cli.words import _, speak

DATA_OPTION = typer.Option(
    "--data",
    help=_("The instance: the directory with its database, files and keys."),
    envvar="MSUPPLY_DATA",
    show_default=True,
    file_okay=False,
)
DataDir = Annotated[Path, DATA_OPTION]
DEFAULT_DATA = Path("msupply-data")
JsonOutput = Annotated[bool, typer.Option("--json", help=_("Print JSON, for programs."))]


def use_instance(data: Path) -> None:
    """Make a directory the instance of this process, and start Django on it."""
    os.environ["MSUPPLY_DATA"] = str(data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msupply.settings")
    import django

    from msupply.cli.failures import Failure

    if data.exists() and not os.access(data, os.W_OK):
        raise Failure(
            _("{data} cannot be written to.").format(data=data),
            _("Choose another directory with --data, or run as the user who owns it."),
        )
    # Patients and password hashes are in these files: they are their owner's alone.
    os.umask(0o077)
    django.setup()
    speak()
    from msupply.wire import security_log

    security_log.at_the_command_line(_operator())


def _operator() -> str:
    """Return the name of who runs this command on the machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may know numbers only.
        return str(os.getuid())


def use_existing(data: Path) -> None:
    """Use an instance that is set up already; its database is brought up to date."""
    has_database = bool(os.environ.get("DATABASE_URL")) or (data / "msupply.sqlite3").exists()
    if not has_database:
        raise _not_set_up(data)
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.sync import here

    if not here.load(connection).is_set_up:
        raise _not_set_up(data)


def migrate() -> None:
    """Bring the database up to date: tables, then the triggers that log changes."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from msupply.sync import triggers

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    elif triggers.missing(connection):
        triggers.install(connection)


def make_directory(data: Path) -> None:
    """Create the directory of a new instance; only its owner may look into it."""
    from msupply.cli.failures import Failure

    if _is_something_else(data):
        raise Failure(
            _("{data} holds other things, and no instance.").format(data=data),
            _("Choose another one with --data."),
        )
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            _("The directory {data} cannot be made: {reason}.").format(
                data=data, reason=error.strerror
            ),
            _("Choose another one with --data."),
        ) from None


def _is_something_else(data: Path) -> bool:
    """True for a directory such as /etc or somebody's home: nothing of ours belongs there."""
    ours = ("msupply.sqlite3", "secret.key", "files")
    if not data.is_dir() or any((data / name).exists() for name in ours):
        return False
    # A new disk has a directory of its own, and the shell may have begun a log of this command.
    return any(e.name != "lost+found" and e.suffix != ".log" for e in data.iterdir())


def _not_set_up(data: Path) -> Exception:
    from msupply.cli.failures import Failure

    return Failure(
        _("There is no instance in {data} yet.").format(data=data),
        _(
            "Set one up with `msupply init central` or `msupply init site`, or name another"
            " directory with --data."
        ),
    )
