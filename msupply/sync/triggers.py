"""Installing the changelog triggers, and finding out whether they are all there."""

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import registry
from msupply.sync.sql import dialect


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create the changelog triggers of every record type."""
    speak = dialect(connection)
    present = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in speak.setup():
            cursor.execute(statement)
        for kind in registry().synced:
            if kind.table in present:
                for statement in speak.triggers(kind):
                    cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of triggers that should be there and are not."""
    speak = dialect(connection)
    wanted = {
        statement.split()[2]
        for kind in registry().synced
        for statement in speak.triggers(kind)
        if statement.startswith("CREATE TRIGGER")
    }
    return wanted - speak.installed_triggers(connection)


def install_after_migrate(app_config: Any, using: str, **options: Any) -> None:
    """Bring the triggers up to date once all tables of a migration are there."""
    if app_config.label == "sync":
        tables = connections[using].introspection.table_names()
        if "changelog_queue" in tables:
            install(connections[using])
