"""The rows of a file that have errors, as a file to correct and import again."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from msupply.services.tables import spreadsheet
from msupply.services.tables.plans import Plan
from msupply.services.tables.sheet import Sheet


def title() -> str:
    """Return the title of the column that tells what is wrong; an import passes over it."""
    return _("Errors")


def csv_file(planned: Plan) -> str:
    """Return the faulty rows as CSV."""
    return "".join(spreadsheet.csv_lines(_sheet(planned)))


def excel_file(planned: Plan) -> IO[bytes]:
    """Return the faulty rows as an Excel workbook."""
    return spreadsheet.excel(_sheet(planned))


def _sheet(planned: Plan) -> Sheet:
    return Sheet(title(), _titles(planned), _rows(planned))


def _titles(planned: Plan) -> list[str]:
    return [*(t for t in planned.sheet.titles if t != title()), title()]


def _rows(planned: Plan) -> Iterator[list[Any]]:
    texts: dict[int, list[str]] = {}
    for error in planned.errors:
        text = error.text
        if error.column:
            text = _("{subject}: {text}").format(subject=error.column, text=text)
        texts.setdefault(error.row, []).append(text)
    titles = planned.sheet.titles
    kept = [place for place, name in enumerate(titles) if name != title()]
    for number, cells in planned.sheet.rows:
        if number in texts:
            yield [*_padded(cells, kept), "; ".join(texts[number])]


def _padded(cells: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [cells[place] if place < len(cells) else "" for place in places]
