"""Cells as people write them, turned into values of columns."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from msupply.services.tables.columns import Form, TableColumn
from msupply.services.tables.spreadsheet import FORMULA

_YES = frozenset({"yes", "y", "true", "1", "x", "oui", "vrai", "o"})
_NO = frozenset({"no", "n", "false", "0", "non", "faux"})
_SPACES = re.compile(r"[\s\u00a0\u202f'\u2019]")
_GROUPS = re.compile(r"-?\d{1,3}([.,])\d{3}(\1\d{3})+$")
_ONE_GROUP = re.compile(r"-?[1-9]\d{0,2},\d{3}$")
_DAY_FIRST = re.compile(
    r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$"
)
_SHOWN_CHOICES = 12
# What spreadsheets show where a formula went wrong.
_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}
)
# Excel counts days; a date cell that lost its format is such a number, here of 1954 to 2119.
_EXCEL_DAYS = range(20_000, 80_000)
_EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - naive UTC everywhere


class NoValue(ValueError):
    """A cell says nothing that its column can hold; the text says what to do."""


def is_empty(cell: Any) -> bool:
    """True for a cell without anything in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Any) -> str:
    """Return a cell as text, as a person reads it in the sheet."""
    if isinstance(cell, bool):
        return _("Yes") if cell else _("No")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, (date, datetime)):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    text = str(cell).strip()
    # An export puts an apostrophe before what a spreadsheet would calculate.
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


def refuse_error(cell: Any) -> None:
    """Raise NoValue for what a spreadsheet shows in place of a value."""
    if isinstance(cell, str) and cell.strip() in _ERRORS:
        text = _("The spreadsheet shows the error {value} here. Correct the formula.")
        raise NoValue(text.format(value=cell.strip()))


def parse(column: TableColumn, cell: Any) -> Any:
    """Return the value of a cell that is not empty. Raises NoValue."""
    return _PARSERS[column.form](column, cell)


def _choice(column: TableColumn, cell: Any) -> Any:
    text = text_of(cell)
    wanted = text.casefold()
    for key, label in column.choices.items():
        if wanted in (str(key).casefold(), label.casefold()):
            return key
    shown = ", ".join(list(column.choices.values())[:_SHOWN_CHOICES])
    more = ", …" if len(column.choices) > _SHOWN_CHOICES else ""
    raise NoValue(
        _("“{value}” is not a choice. Write one of: {choices}").format(
            value=text[:50], choices=shown + more
        )
    )


def _boolean(column: TableColumn, cell: Any) -> bool:
    text = text_of(cell).casefold()
    if text in _YES or text == column.choices[True].casefold():
        return True
    if text in _NO or text == column.choices[False].casefold():
        return False
    raise NoValue(
        _("“{value}” is neither yes nor no. Write {yes} or {no}.").format(
            value=text[:50], yes=column.choices[True], no=column.choices[False]
        )
    )


def _number(_column: TableColumn, cell: Any) -> float:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and _is_held(cell):
        return float(cell)
    text = _SPACES.sub("", text_of(cell))
    if _ONE_GROUP.match(text):
        plain = text.replace(",", "")
        raise NoValue(
            _("“{value}” can be read in two ways. Write {a} or {b}.").format(
                value=text[:50], a=plain, b=text.replace(",", ".")
            )
        )
    if _GROUPS.match(text):
        text = text.replace(",", "").replace(".", "")
    elif "," in text and "." in text:
        # The last of the two separates the decimals.
        groups = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(groups, "")
    text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not re.search(r"\d", text) or "_" in text:
        raise NoValue(_("“{value}” is not a number.").format(value=text_of(cell)[:50]))
    return value


def _is_held(number: float) -> bool:
    """Tell whether a number of a workbook is one that a float holds."""
    try:
        return isfinite(number)
    except OverflowError:
        return False


def _integer(column: TableColumn, cell: Any) -> int:
    value = _number(column, cell)
    if not value.is_integer():
        raise NoValue(_("“{value}” is not a whole number.").format(value=text_of(cell)[:50]))
    # No column holds more, and a database is not even asked for it.
    if abs(value) >= 2**63:
        raise NoValue(_("“{value}” is too large a number.").format(value=text_of(cell)[:50]))
    return int(value)


def _moment(_column: TableColumn, cell: Any) -> datetime:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - naive UTC everywhere
    if isinstance(cell, (int, float)) and _is_held(cell) and int(cell) in _EXCEL_DAYS:
        return _EXCEL_DAY_0 + timedelta(days=cell)
    text = text_of(cell)
    day_first = _DAY_FIRST.match(text)
    try:
        if day_first:
            day, month, year, hour, minute, second = (int(n or 0) for n in day_first.groups())
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except ValueError:
        raise NoValue(
            _("“{value}” is not a date. Write it as 2026-12-31, or as 31/12/2026.").format(
                value=text[:50]
            )
        ) from None


def _date(column: TableColumn, cell: Any) -> date:
    return _moment(column, cell).date()


def _text(_column: TableColumn, cell: Any) -> str:
    return text_of(cell)


_PARSERS = {
    Form.TEXT: _text,
    Form.CHOICE: _choice,
    Form.BOOLEAN: _boolean,
    Form.NUMBER: _number,
    Form.INTEGER: _integer,
    Form.MOMENT: _moment,
    Form.DATE: _date,
}


def month_first(cells: Iterable[Any]) -> bool:
    """True when a column's dates can only be months before days, as in 12/31/2026.

    Read day by day, some of them would be wrong without anybody noticing.
    """
    return any(
        (found := _DAY_FIRST.match(cell.strip())) is not None
        and int(found[2]) > 12 >= int(found[1])
        for cell in cells
        if isinstance(cell, str)
    )


def has_slashes(cell: Any) -> bool:
    """True for a date in digits that begins with its day, or its month."""
    return isinstance(cell, str) and _DAY_FIRST.match(cell.strip()) is not None


def same(column: TableColumn, old: Any, new: Any) -> bool:
    """True when a cell says what the record has already, as a file can say it."""
    if isinstance(old, str) and isinstance(new, str) and column.form is Form.TEXT:
        told = old.strip().replace("\r\n", "\n")
        given = new.replace("\r\n", "\n")
        return given in (told, text_of(told)) or (
            told[: len(given)] == given and len(given) >= 32_767
        )
    if isinstance(old, datetime) and isinstance(new, datetime):
        return abs((old - new).total_seconds()) < 1
    if old in (None, "") and new in (None, ""):
        return True
    if isinstance(old, float) and isinstance(new, float):
        return old == new or abs(old - new) <= 1e-12 * max(abs(old), abs(new))
    return bool(old == new)
