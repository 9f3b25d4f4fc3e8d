"""Named baselines, measured in the same run on the same rows: `python -m bench.baselines N`.

- `bare-upsert`: the rows of the instance's largest tables, upserted with nothing but executemany
  into tables of the same definition (no triggers), in transactions of 5,000.
- `orm-row-by-row`: the same rows through Django, one `update_or_create` each.

Run in the environment of an instance that holds the rows; prints one JSON object.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.db import connection, connections, transaction

from msupply.records.invoices import InvoiceLine
from msupply.settings import database

TABLES = ["item", "invoice", "requisition", "stock_line", "invoice_line", "requisition_line"]
ORM_ROWS = 2_000
CHUNK = 5_000


def bare_upsert(limit: int) -> float:
    """Return records per second of bare upserts of up to `limit` rows, in SQLite."""
    with tempfile.TemporaryDirectory(prefix="msupply-bench-") as folder:
        connections.databases["bare"] = connections.configure_settings(
            {"default": database(f"sqlite:///{folder}/bare.sqlite3")}
        )["default"]
        bare = connections["bare"]
        seconds, rows = 0.0, 0
        with bare.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
        for table in TABLES:
            for statement in _definition(table):
                with bare.cursor() as cursor:
                    cursor.execute(statement)
            for columns, part in _parts(table, limit * 2):
                marks = ", ".join("?" * len(columns))
                updates = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c != "id")
                sql = f'INSERT INTO "{table}" VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}'
                started = time.perf_counter()
                with transaction.atomic(using="bare"):
                    bare.connection.executemany(sql, part)
                seconds += time.perf_counter() - started
                rows += len(part)
        bare.close()
    return rows / seconds


def orm_row_by_row() -> float:
    """Return records per second of one `update_or_create` per invoice line."""
    rows: list[dict[str, Any]] = [dict(row) for row in InvoiceLine.objects.values()[:ORM_ROWS]]
    started = time.perf_counter()
    for row in rows:
        InvoiceLine.objects.update_or_create(id=row.pop("id"), defaults=row)
    return len(rows) / (time.perf_counter() - started)


def _definition(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL"
            " AND type IN ('table', 'index') ORDER BY type DESC",
            [table],
        )
        return [statement for (statement,) in cursor.fetchall()]


def _parts(table: str, limit: int) -> Iterator[tuple[list[str], list[list[Any]]]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT %s', [limit])
        columns = [column[0] for column in cursor.description]
        while part := cursor.fetchmany(CHUNK):
            yield columns, [[_plain(value) for value in row] for row in part]


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float) else str(value)


if __name__ == "__main__":
    found = {"bare-upsert": bare_upsert(int(sys.argv[1])), "orm-row-by-row": orm_row_by_row()}
    print(json.dumps(found))
