"""Named cursors: how far this site has read and pushed."""

from django.db.backends.base.base import BaseDatabaseWrapper

PULL_CENTRAL = "pull_central"
PULL_V6 = "pull_v6"
PUSH_V5 = "push_v5"
PUSH_V5_CENTRAL = "push_v5_central"
PUSH_V6 = "push_v6"
REPORT_V5 = "report_v5"
# On a server: how far a site has been led past changes that were not for it.
TOLD_V6 = "told_v6"


def get(connection: BaseDatabaseWrapper, name: str) -> int:
    """Return a cursor, 0 when it was never set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM sync_cursor WHERE name = %s", [name])
        row = cursor.fetchone()
    return row[0] if row else 0


def set_to(connection: BaseDatabaseWrapper, name: str, value: int) -> None:
    """Store a cursor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sync_cursor (name, value) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )
