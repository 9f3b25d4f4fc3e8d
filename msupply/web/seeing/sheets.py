"""The pages' lists as files, row by row: what a spreadsheet opens as it is."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from msupply.services.tables import exporting, spreadsheet
from msupply.services.tables.spreadsheet import Sheet

FORMS = ("csv", "xlsx")

Row = Sequence[object]


def answer(
    form: str, name: str, headings: Sequence[str], rows: Iterable[Row]
) -> StreamingHttpResponse:
    """Return a list as a file to be saved."""
    if form == "csv":
        response = StreamingHttpResponse(
            _csv(headings, rows), content_type="text/csv; charset=utf-8"
        )
    else:
        book = spreadsheet.stream([Sheet(name, headings, rows)])
        response = StreamingHttpResponse(book, content_type=spreadsheet.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _csv(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    # The mark lets Excel read it as UTF-8.
    yield "\ufeff" + exporting.csv_text([headings])
    for row in rows:
        yield exporting.csv_text([[exporting.plain(value) for value in row]])
