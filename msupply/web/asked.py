"""What a reader asks of a list: a text to look for, a record, one of its pages."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from msupply.web.visit import PageRequest


def text(given: QueryDict, name: str = "q") -> str:
    """Return a parameter as text to look for."""
    return given.get(name, "").strip()


def page(request: PageRequest, rows: "QuerySet[Any]", size: int) -> "Page[Any]":
    """Return the page of a list that a request asks for, another one if there is none such."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def turning(found: "Page[Any]", **wanted: str) -> dict[str, Any]:
    """Return what leads to the pages before and after (manage/pages.html), for the same question."""

    def address(number: int) -> str:
        return f"?{urlencode(wanted | {'page': str(number)})}"

    return {
        "page_number": found.number,
        "page_total": found.paginator.num_pages,
        "newer": address(found.previous_page_number()) if found.has_previous() else "",
        "older": address(found.next_page_number()) if found.has_next() else "",
    }
