"""Tables as files that spreadsheet programs open: CSV, and Excel workbooks (see workbook.py)."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, Any

from msupply.services.tables.sheet import Sheet

CHUNK = 1000
# With a few to spare for titles and for rows that come while the file is written.
LARGEST_ROWS = 1_000_000
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Spreadsheet programs know by this mark that the file is UTF-8.
MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel(*sheets: Sheet) -> IO[bytes]:
    """Return a workbook, in a temporary file that ends when it is closed."""
    # openpyxl takes 18 MB and a quarter of a second, and most processes never write a workbook.
    from msupply.services.tables import workbook

    return workbook.written(sheets)


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a sheet as CSV, many rows at a time."""
    yield MARK
    rows = chain([sheet.titles], sheet.rows)
    while chunk := list(islice(rows, CHUNK)):
        text = io.StringIO()
        csv.writer(text).writerows([[plain(value) for value in row] for row in chunk])
        yield text.getvalue()


def safe(text: str) -> str:
    """Return text that a spreadsheet shows and does not calculate."""
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(value: Any) -> Any:
    """Return a value as CSV takes it."""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else value
