"""The sync report: which sites and stores went silent, as a page and as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from msupply.central import failing, sync_report
from msupply.central.sync_report import Freshness, Subject, Wanted
from msupply.services.tables import spreadsheet
from msupply.services.tables.sheet import Sheet
from msupply.web import asked, downloads, require
from msupply.web.seeing.health_words import LOOKS, Look, look
from msupply.web.visit import PageRequest

SHOWN = 50
_EXPORTED_AT_ONCE = 2_000

Row = Sequence[object]


@dataclass(frozen=True)
class Share:
    """One part of the drawing at the top: how many are in a state."""

    state: Freshness
    look: Look
    count: int
    percent: float
    url: str
    active: bool


@dataclass(frozen=True)
class Heading:
    """The head of a column that the list can be ordered by."""

    label: str
    url: str
    direction: str


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """Show when each site and store was last heard of."""
    require.central_admin(request)
    wanted = _wanted(request)
    found = asked.page(request, sync_report.lines(connection, wanted), SHOWN)
    rows = list(found.object_list)
    troubles = failing.of(connection, {row["site_number"] for row in rows})
    for row in rows:
        row["look"] = look(row["state"])
        row["failing"] = troubles.get(row["site_number"])
    if wanted.subject is Subject.SITES:
        names = sync_report.stores_of(connection, [row["site_number"] for row in rows])
        for row in rows:
            row["stores"] = names.get(row["site_number"], [])
    context = {
        "wanted": wanted,
        "rows": rows,
        "found": found,
        "before": _address(wanted, page=found.number - 1),
        "after": _address(wanted, page=found.number + 1),
        "headings": _headings(wanted),
        "shares": _shares(wanted),
        "exports": [(form, _parameters(wanted)) for form in downloads.FORMS],
        "subjects": [
            (_("Sites"), _address(Wanted(Subject.SITES, wanted.text)), Subject.SITES),
            (_("Stores"), _address(Wanted(Subject.STORES, wanted.text)), Subject.STORES),
        ],
    }
    template = "seeing/sync_report_list.html" if request.htmx else "seeing/sync_report.html"
    return render(request, template, context)


@require_GET
def export(request: PageRequest, form: str) -> HttpResponseBase:
    """Give the report, as it is filtered and ordered, as a file."""
    require.central_admin(request)
    if form not in downloads.FORMS:
        raise Http404
    wanted = _wanted(request)
    if wanted.subject is Subject.SITES:
        headings = [_("Site"), _("Site number"), _("State"), _("Last connection (UTC)")]
        headings += [_("Version"), _("App"), _("Stores")]
    else:
        headings = [_("Store"), _("Code"), _("Site"), _("Site number"), _("State")]
        headings += [_("Last connection (UTC)"), _("Version")]
    name = f"sync-report-{wanted.subject}"
    sheet = Sheet(name, headings, _exported(wanted))
    if form == "csv":
        return downloads.csv(spreadsheet.csv_lines(sheet), name)
    return downloads.excel(spreadsheet.excel(sheet), name)


def _exported(wanted: Wanted) -> Iterator[Row]:
    lines = sync_report.lines(connection, wanted)
    # All at once: the order must not change between two pages, and a line is small.
    rows = list(lines)
    for start in range(0, len(rows), _EXPORTED_AT_ONCE):
        part = rows[start : start + _EXPORTED_AT_ONCE]
        if wanted.subject is Subject.SITES:
            names = sync_report.stores_of(connection, [row["site_number"] for row in part])
            for row in part:
                yield _site_line(row, names.get(row["site_number"], []))
        else:
            yield from map(_store_line, part)


def _site_line(row: dict[str, Any], stores: list[str]) -> Row:
    state = str(look(row["state"]).label)
    app = [row["version"], row["app_name"], ", ".join(stores)]
    return [row["title"], row["site_number"], state, row["last_connection"], *app]


def _store_line(row: dict[str, Any]) -> Row:
    state = str(look(row["state"]).label)
    site = [row["site_name"], row["site_number"], state, row["last_connection"], row["version"]]
    return [row["title"], row["code"], *site]


def _wanted(request: PageRequest) -> Wanted:
    given = request.GET
    try:
        subject = Subject(given.get("of", ""))
    except ValueError:
        subject = Subject.SITES
    try:
        state = Freshness(given.get("state", ""))
    except ValueError:
        state = None
    text = asked.text(given)[:100]
    return Wanted(subject, text, state, given.get("sort", "last_connection"))


def _parameters(wanted: Wanted, **changes: Any) -> str:
    values = {
        "of": wanted.subject.value,
        "q": wanted.text,
        "state": wanted.state.value if wanted.state else "",
        "sort": wanted.sort,
    } | changes
    return urlencode({name: value for name, value in values.items() if value})


def _address(wanted: Wanted, **changes: Any) -> str:
    return f"?{_parameters(wanted, **changes)}"


def _headings(wanted: Wanted) -> list[Heading]:
    labels = {
        "title": _("Store") if wanted.subject is Subject.STORES else _("Site"),
        "code": _("Code"),
        "site_number": _("Site number"),
        "site_name": _("Site"),
        "last_connection": _("Last connection"),
        "version": _("Version"),
    }
    headings = []
    for key in sync_report.SORTS[wanted.subject]:
        now_up = wanted.sort == key
        direction = "up" if now_up else "down" if wanted.sort == f"-{key}" else ""
        url = _address(wanted, sort=f"-{key}" if now_up else key)
        headings.append(Heading(labels[key], url, direction))
    return headings


def _shares(wanted: Wanted) -> list[Share]:
    counts = sync_report.counts(connection, wanted.subject)
    total = sum(counts.values()) or 1
    return [
        Share(
            state,
            LOOKS[state],
            n,
            round(n * 100 / total, 2),
            _address(wanted, state="" if wanted.state is state else state.value),
            wanted.state is state,
        )
        for state, n in counts.items()
        if n or state in (Freshness.FRESH, Freshness.LATE, Freshness.SILENT)
    ]
