"""Reading and writing rows as people and tools do: by SQL, with the values that columns hold."""

from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.simulation.ledger import Key
from msupply.sync.declare.registry import RecordType, Wire, registry

Row = dict[str, Any]


def rows(connection: BaseDatabaseWrapper, kind: RecordType) -> dict[str, Row]:
    """Return all rows of a type by id, in the order of ids."""
    # An expression has no declared type, so no converter touches its value.
    columns = ", ".join(f'+"{name}"' for name in kind.columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{kind.table}" ORDER BY id')
        found = [dict(zip(kind.columns, values, strict=True)) for values in cursor.fetchall()]
    return {row["id"]: row for row in found}


def row(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> Row | None:
    """Return one row."""
    columns = ", ".join(f'+"{name}"' for name in kind.columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{kind.table}" WHERE id = %s', [record_id])
        values = cursor.fetchone()
    return values and dict(zip(kind.columns, values, strict=True))


def insert(connection: BaseDatabaseWrapper, kind: RecordType, row: Row) -> None:
    """Insert a row."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{kind.table}" ({names}) VALUES ({marks})', [*row.values()])


def update(connection: BaseDatabaseWrapper, kind: RecordType, row: Row) -> None:
    """Write a row's values over those that are there."""
    sets = ", ".join(f'"{name}" = %s' for name in row)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{kind.table}" SET {sets} WHERE id = %s', [*row.values(), row["id"]]
        )


def delete(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> None:
    """Delete a row."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{kind.table}" WHERE id = %s', [record_id])


def arriving(connection: BaseDatabaseWrapper) -> list[Key]:
    """Return the records that have come and are not integrated yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wire, table_name, payload FROM sync_buffer WHERE action = 'upsert' ORDER BY id"
        )
        chunks = cursor.fetchall()
    found = []
    for wire, table, payload in chunks:
        kind = registry().by_wire[Wire(wire)][table]
        pairs = msgspec.json.decode(payload, type=list[tuple[str, msgspec.Raw]])
        found += [(kind.name, record_id) for record_id, _ in pairs]
    return found


def is_referred_to(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> bool:
    """Tell whether a row of any type must have this one."""
    for child in registry().types:
        for parent in child.parents:
            if parent.table == kind.table:
                with connection.cursor() as cursor:
                    cursor.execute(
                        f'SELECT 1 FROM "{child.table}" WHERE "{parent.column}" = %s LIMIT 1',
                        [record_id],
                    )
                    if cursor.fetchone():
                        return True
    return False


def has_alike(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> bool:
    """Tell whether another row joins what this one joins; people are not let make a second."""
    once = kind.model.once
    if once is None:
        return False
    same = " AND ".join(f'other."{name}" = own."{name}"' for name in once.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT 1 FROM "{kind.table}" own, "{kind.table}" other'
            f" WHERE own.id = %s AND other.id <> own.id AND {same} LIMIT 1",
            [record_id],
        )
        return cursor.fetchone() is not None
