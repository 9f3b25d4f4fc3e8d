"""What people do to a row: change it, delete it. By the ORM, so that the triggers must notice."""

from typing import Any

import msgspec
from django.db.models import TextField

from msupply.sync.clock import now
from msupply.sync.declare.codecs import MODERN_TEXT, REQUIRED_TEXT, TEXT
from msupply.sync.declare.removal import SoftDelete
from tests.contract.country import UNKNOWN, Row


def changed(row: Row) -> tuple[str, Any]:
    """Return a column of a row, with the value that it changes to."""
    table = row.kind.wire(row.wire)
    assert table is not None
    for wire_field in table.fields.values():
        column = wire_field.column or "id"
        field = row.kind.columns[column]
        plain = isinstance(field, TextField) and not field.choices and not field.primary_key
        if (
            plain
            and column not in row.kind.fixed
            and wire_field.codec in (TEXT, REQUIRED_TEXT, MODERN_TEXT)
        ):
            return column, f"{row.columns[column]} (changed)"
    # Nothing but references, numbers and dates: what this version does not know, then.
    return "extra", {**UNKNOWN, "another": "changed"}


def change(alias: str, row: Row) -> None:
    """Change a column of a row."""
    column, value = changed(row)
    if column == "extra":
        value = msgspec.json.encode(value).decode()
    found = row.kind.model._base_manager.using(alias).filter(pk=row.id)
    assert found.update(**{column: value}) == 1


def remove(alias: str, row: Row) -> None:
    """Delete a row, or mark it as its type says."""
    found = row.kind.model._base_manager.using(alias).filter(pk=row.id)
    removal = row.kind.removal
    if isinstance(removal, SoftDelete):
        assert found.update(**{removal.column: removed_value(row)}) == 1
    else:
        assert found.delete()[0] == 1


def removed_value(row: Row) -> Any:
    """Return what the column of a soft delete holds afterwards."""
    assert isinstance(row.kind.removal, SoftDelete)
    column = row.kind.columns[row.kind.removal.column]
    return False if column.get_internal_type() == "BooleanField" else now()


def is_removed(row: Row, held: dict[str, Any]) -> bool:
    """Tell whether a row that is still held is marked as deleted."""
    if not isinstance(row.kind.removal, SoftDelete):
        return False
    value = held[row.kind.removal.column]
    return value is not None and value is not True
