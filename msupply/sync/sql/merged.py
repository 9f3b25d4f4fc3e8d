"""Columns that lead to records which can be merged, and the SQL by which a row follows merges.

What people or tools write with the id of a record lost is re-pointed by the triggers: no other
place could catch all of it, and every other site re-points what arrives.
"""

from functools import cache

from msupply.sync.declare.registry import RecordType, registry


@cache
def references(kind: RecordType) -> list[tuple[str, str]]:
    """Return the columns of a type that lead to records which can be merged, with their table."""
    found = []
    for column, field in kind.columns.items():
        target = field.related_model
        if isinstance(target, type) and target._meta.db_table in registry().merges:
            found.append((column, target._meta.db_table))
    return found


def follows(kind: RecordType) -> bool:
    """True where rows are re-pointed when they are written; merges see to their own chains."""
    return kind.merged_table is None and bool(references(kind))


def names_lost(kind: RecordType, row: str) -> str:
    """Return the condition that a row names a record that has been lost."""
    tests = [
        f'{row}."{column}" IN (SELECT id FROM {_merges(to)})' for column, to in references(kind)
    ]
    return " OR ".join(tests)


def repoint(kind: RecordType, which: str) -> str:
    """Return the statement that lets some rows name the records kept; `which` is a condition."""
    row = f'"{kind.table}"'
    sets = [
        f'"{column}" = COALESCE((SELECT m.kept_id FROM {_merges(to)} m'
        f' WHERE m.id = {row}."{column}"), {row}."{column}")'
        for column, to in references(kind)
    ]
    return f"UPDATE {row} SET {', '.join(sets)} WHERE {which} AND ({names_lost(kind, row)})"


def _merges(table: str) -> str:
    return registry().merges[table].table
