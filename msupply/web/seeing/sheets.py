"""Lists as files, row by row: what a spreadsheet opens as it is."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from openpyxl import Workbook

FORMS = ("csv", "xlsx")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What starts so would be taken for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | datetime | None


def answer(
    form: str, name: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponseBase:
    """Return a list as a file to be saved."""
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(
            _csv(headings, rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = HttpResponse(_excel(headings, rows), content_type=_EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    # The mark lets Excel read it as UTF-8.
    yield "\ufeff" + _line(headings)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[Value]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_plain(value) for value in row])
    return line.getvalue()


def _excel(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append(list(headings))
    for row in rows:
        sheet.append([_plain(value) if isinstance(value, str) else value for value in row])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _plain(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
