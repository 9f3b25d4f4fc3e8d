"""Files to fill in: a table's titles, and what to write below them."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from msupply.services.tables import exporting, spreadsheet
from msupply.services.tables.columns import ID, Form, TableColumn, columns_of
from msupply.services.tables.sheet import Sheet
from msupply.sync.declare.registry import RecordType


def fillable(kind: RecordType, only: Mapping[str, Any]) -> list[TableColumn]:
    """Return the columns that a file may fill in, those that it must first."""
    columns = [c for c in columns_of(kind) if c.field.editable and c.field.name not in only]
    return sorted(columns, key=lambda column: not column.required)


def csv_template(columns: Sequence[TableColumn], further: Sequence[str] = ()) -> str:
    """Return the titles as CSV; `further` are those that only new records have."""
    titles = [*exporting.titles(columns), *further]
    return "".join(spreadsheet.csv_lines(Sheet("", titles, [])))


def excel_template(
    columns: Sequence[TableColumn], name: str, further: Sequence[str] = ()
) -> IO[bytes]:
    """Return a workbook with the titles, choices in their cells, and a sheet of explanations."""
    choices = {
        place: list(column.choices.values())
        for place, column in enumerate(columns, 1)
        if column.choices
    }
    table = Sheet(name, [*exporting.titles(columns), *further], [], choices)
    titles = [_("Column"), _("Needed for a new record"), _("What to write"), _("Choices")]
    rows = [[ID, "", _("Leave empty for new records."), ""], *map(_explained, columns)]
    rows += [[title, "", _("For new records only."), ""] for title in further]
    return spreadsheet.excel(table, Sheet(_("Explanations"), titles, rows))


def _explained(column: TableColumn) -> list[str]:
    choices = ", ".join(column.choices.values())
    return [column.heading, _("Yes") if column.required else "", _what(column), choices]


def _what(column: TableColumn) -> str:
    if column.form is Form.REFERENCE:
        what = str(column.target._meta.verbose_name)
        return _("{what}: its code, its name or its id").format(what=capfirst(what))
    return {
        Form.TEXT: _("Text"),
        Form.CHOICE: _("One of the choices"),
        Form.BOOLEAN: _("Yes or no"),
        Form.INTEGER: _("A whole number"),
        Form.NUMBER: _("A number, such as 2.5 or 2,5"),
        Form.DATE: _("A date, such as 2026-12-31 or 31/12/2026"),
        Form.MOMENT: _("A date and time in UTC, such as 2026-12-31 14:30"),
    }[column.form]
