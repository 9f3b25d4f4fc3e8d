"""Tables out: all rows of a list as CSV or Excel, with bounded memory."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from msupply.records.security_log import SecurityEvent
from msupply.services import labels
from msupply.services.tables import spreadsheet
from msupply.services.tables.columns import ID, Form, TableColumn
from msupply.services.tables.sheet import Sheet
from msupply.services.tables.spreadsheet import CHUNK, LARGEST_ROWS
from msupply.sync.declare import Record
from msupply.wire import security_log


def titles(columns: Sequence[TableColumn]) -> list[str]:
    """Return the first row of a file."""
    return [ID, *(column.heading for column in columns)]


def csv_lines(
    connection: BaseDatabaseWrapper, columns: Sequence[TableColumn], found: QuerySet[Record]
) -> Iterator[str]:
    """Yield the rows that were found as CSV, many at a time."""
    _note(connection, found, "csv")
    return spreadsheet.csv_lines(Sheet("", titles(columns), _rows(connection, columns, found)))


def excel(
    connection: BaseDatabaseWrapper,
    columns: Sequence[TableColumn],
    found: QuerySet[Record],
    name: str,
) -> IO[bytes]:
    """Return the rows that were found as a workbook. Raises ValidationError for too many."""
    if found.order_by().values("pk")[:LARGEST_ROWS].count() >= LARGEST_ROWS:
        raise ValidationError(
            _("Excel cannot hold so many rows. Filter the list, or export it as CSV.")
        )
    _note(connection, found, "xlsx")
    return spreadsheet.excel(Sheet(name, titles(columns), _rows(connection, columns, found)))


def _note(connection: BaseDatabaseWrapper, found: QuerySet[Record], form: str) -> None:
    table = found.model._meta.db_table
    security_log.note(connection, SecurityEvent.DATA_EXPORTED, table=table, form=form)


def _rows(
    connection: BaseDatabaseWrapper, columns: Sequence[TableColumn], found: QuerySet[Record]
) -> Iterator[Sequence[Any]]:
    """Yield rows with the texts that people know: names of references, words of choices."""
    read = found.values_list("pk", *(column.attname for column in columns))
    rows = read.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        values = list(zip(*chunk, strict=True))
        told = [list(values[0])]
        for column, of_column in zip(columns, values[1:], strict=True):
            told.append(_told(connection, column, of_column))
        yield from zip(*told, strict=True)


def _told(connection: BaseDatabaseWrapper, column: TableColumn, values: Sequence[Any]) -> list[Any]:
    if column.form is Form.REFERENCE:
        names = _names(connection, column.target, values)
        return [names.get(value, value) if value else "" for value in values]
    if column.form in (Form.CHOICE, Form.BOOLEAN):
        return ["" if v is None else column.choices.get(v, v) for v in values]
    return ["" if value is None else value for value in values]


def _names(
    connection: BaseDatabaseWrapper, target: type[models.Model], values: Sequence[Any]
) -> dict[str, str]:
    return labels.of(target, set(values) - {None, ""}, connection)
