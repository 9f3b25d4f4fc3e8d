"""Tables as files to be saved: CSV, sent while it is made, and Excel workbooks."""

from collections.abc import Iterable
from typing import IO

from django.http import FileResponse, StreamingHttpResponse

from msupply.services.tables import spreadsheet

FORMS = ("csv", "xlsx")


def csv(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """Answer with CSV."""
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def excel(book: IO[bytes], name: str) -> FileResponse:
    """Answer with a workbook; its file is closed when it is sent."""
    return FileResponse(
        book,
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type=spreadsheet.CONTENT_TYPE,
    )
