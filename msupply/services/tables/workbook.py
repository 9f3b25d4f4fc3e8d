"""Excel workbooks, written row by row through temporary files: bounded memory.

Only what tables need: texts, numbers, dates, a fixed first row. Texts stay texts, so that none of
them is a formula.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from math import isfinite
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from msupply.services.tables.sheet import Sheet

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# openpyxl takes them for formulas and for errors of formulas.
_MISTAKEN = ("=", "#")
_FIRST_YEAR = 1900
_LONGEST_CHOICES = 255


def written(sheets: Iterable[Sheet]) -> IO[bytes]:
    """Return a workbook, in a temporary file that ends when it is closed."""
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it
    book = Workbook(write_only=True)
    try:
        for sheet in sheets:
            _write(book, sheet)
    except BaseException:
        with file:
            # Only saving removes the temporary files of sheets.
            book.save(file)
        raise
    book.save(file)
    file.seek(0)
    return file


def _write(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(_name(sheet.name))
    page.freeze_panes = "A2"
    for number, title in enumerate(sheet.titles, 1):
        width = min(40, max(10, len(title) + 3))
        page.column_dimensions[get_column_letter(number)].width = width
    for place, values in sheet.choices.items():
        _offer(page, place, values)
    bold = Font(bold=True)
    titles = [_typed(page, _clean(title), "s") for title in sheet.titles]
    for cell in titles:
        cell.font = bold
    page.append(titles)
    for row in sheet.rows:
        page.append([_value(page, value) for value in row])


def _name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text)[:31].strip() or "1"


def _offer(page: Any, place: int, values: Sequence[str]) -> None:
    """Let cells of a column offer a list; Excel takes short ones only."""
    text = ",".join(values)
    if len(text) < _LONGEST_CHOICES and not any("," in value for value in values):
        formula = '"' + text.replace('"', '""') + '"'
        column = get_column_letter(place + 1)
        cells = f"{column}2:{column}10000"
        rule = DataValidation("list", formula1=formula, allow_blank=True, sqref=cells)
        page.data_validations.append(rule)


def _value(page: Any, value: Any) -> Any:
    """Return what a cell holds: a value that openpyxl takes as it is meant, or a cell."""
    if value is None or value == "":
        return None
    if isinstance(value, (int, float)):
        return _number(page, value)
    if isinstance(value, date) and value.year >= _FIRST_YEAR:
        return value
    text = _clean(value.isoformat() if isinstance(value, date) else str(value))
    return _typed(page, text, "s") if text.startswith(_MISTAKEN) else text


def _number(page: Any, value: float) -> Any:
    if not isfinite(value):
        return None
    # openpyxl writes sixteen digits; what is imported again must be what was exported.
    is_exact = float(f"{value:.16g}") == value
    return value if is_exact else _typed(page, repr(value), "n")


def _typed(page: Any, text: str, data_type: str) -> Cell:
    cell = WriteOnlyCell(page, text)
    cell.data_type = data_type
    return cell


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
