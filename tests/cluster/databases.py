"""The databases of instances: a file in the instance's directory, or one of a PostgreSQL server.

Both take the same statements, with `?` for values, as an administrator would type them.
"""

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

SQLITE, POSTGRES = "sqlite", "postgres"


def central_on(*databases: str) -> pytest.MarkDecorator:
    """Let a test run once with the central server's data in each of these; usual is SQLite."""
    marks = {POSTGRES: pytest.mark.postgres}
    return pytest.mark.parametrize(
        "database", [pytest.param(name, marks=marks.get(name, ())) for name in databases]
    )


class Database(Protocol):
    """What an instance's data are in."""

    # Of the environment, for the program.
    url: str

    def copy(self, data: Path) -> "Database":
        """Copy it, for an instance with that directory, while nobody is connected."""

    def execute(self, sql: str, values: Sequence[object]) -> list[tuple]:
        """Run one statement."""

    def insert_many(self, sql: str, rows: list[tuple]) -> None:
        """Run one statement for many rows, in one transaction."""

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""


class SQLite:
    """A file in the instance's directory; that is copied with the directory."""

    url = ""

    def __init__(self, data: Path) -> None:
        self._path = data / "msupply.sqlite3"

    def copy(self, data: Path) -> "SQLite":
        return SQLite(data)

    def execute(self, sql: str, values: Sequence[object]) -> list[tuple]:
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            return database.execute(sql, values).fetchall()

    def insert_many(self, sql: str, rows: list[tuple]) -> None:
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            database.executemany(sql, rows)

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.execute(f"PRAGMA table_info({table})", ())]


class Postgres:
    """A database of a server that runs; `server` is the URL of another one there."""

    def __init__(self, server: str, template: str = "template0") -> None:
        self._server = server
        self._name = f"msupply_{uuid.uuid4().hex[:12]}"
        self.url = f"{server.rpartition('/')[0]}/{self._name}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self._name} TEMPLATE {template}")

    def copy(self, data: Path) -> "Postgres":
        return Postgres(self._server, self._name)

    def execute(self, sql: str, values: Sequence[object]) -> list[tuple]:
        with psycopg.connect(self.url, options="-c timezone=UTC") as connection:
            cursor = connection.execute(sql.replace("?", "%s"), values or None)
            rows = cursor.fetchall() if cursor.description else []
        return [tuple(map(_as_sqlite, row)) for row in rows]

    def insert_many(self, sql: str, rows: list[tuple]) -> None:
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), rows)

    def columns(self, table: str) -> list[str]:
        sql = "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
        return [name for (name,) in self.execute(sql, [table])]


def _as_sqlite(value: Any) -> Any:
    """Moments and days are text there."""
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    return str(value) if isinstance(value, date) else value
