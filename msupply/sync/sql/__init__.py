"""The only dialect-specific SQL: triggers, upserts, the safe cursor."""

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.sql import postgres, sqlite
from msupply.sync.sql.dialect import Dialect

__all__ = ["Dialect", "dialect"]


def dialect(connection: BaseDatabaseWrapper) -> Dialect:
    """Return the dialect of a connection. Raises LookupError for an unknown database."""
    if connection.vendor == "sqlite":
        return sqlite.DIALECT
    if connection.vendor == "postgresql":
        return postgres.DIALECT
    raise LookupError(f"{connection.vendor} is not supported: use SQLite or PostgreSQL")
