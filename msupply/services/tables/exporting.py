"""Tables out: all rows of a list as CSV or Excel, streamed, with bounded memory."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.services import labels
from msupply.services.tables import spreadsheet
from msupply.services.tables.columns import ID, Form, TableColumn
from msupply.sync.declare import Record

CHUNK = 1000
# Spreadsheet programs know by this mark that the file is UTF-8.
MARK = "\ufeff"


def titles(columns: Sequence[TableColumn]) -> list[str]:
    """Return the first row of a file."""
    return [ID, *(column.heading for column in columns)]


def csv_lines(
    connection: BaseDatabaseWrapper, columns: Sequence[TableColumn], found: QuerySet[Record]
) -> Iterator[str]:
    """Yield the rows that were found as CSV, many at a time."""
    yield MARK + csv_text([titles(columns)])
    for rows in _chunks(connection, columns, found):
        yield csv_text([[plain(value) for value in row] for row in rows])


def excel(
    connection: BaseDatabaseWrapper,
    columns: Sequence[TableColumn],
    found: QuerySet[Record],
    name: str,
) -> Iterator[bytes]:
    """Yield the rows that were found as an Excel workbook."""
    rows = (row for rows in _chunks(connection, columns, found) for row in rows)
    return spreadsheet.stream([spreadsheet.Sheet(name, titles(columns), rows)])


def csv_text(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def safe(text: str) -> str:
    """Return text that a spreadsheet shows and does not calculate."""
    return f"'{text}" if text.startswith(FORMULA) else text


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """Return a value as CSV takes it."""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else value


def _chunks(
    connection: BaseDatabaseWrapper, columns: Sequence[TableColumn], found: QuerySet[Record]
) -> Iterator[list[list[Any]]]:
    """Yield rows with the texts that people know: names of references, words of choices."""
    read = found.values_list("pk", *(column.attname for column in columns))
    rows = read.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        values = list(zip(*chunk, strict=True))
        told = [list(values[0])]
        for column, of_column in zip(columns, values[1:], strict=True):
            told.append(_told(connection, column, of_column))
        yield [list(row) for row in zip(*told, strict=True)]


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
