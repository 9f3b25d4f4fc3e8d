"""The security log of this instance, for its administrators: filtered, as a file, and how long kept."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from msupply.records.security_log import Outcome, SecurityEvent, SecurityNote
from msupply.services import security_log
from msupply.services.permissions import SERVER_ADMIN
from msupply.services.security_log import FEWEST_DAYS, MOST_DAYS, Wanted
from msupply.services.tables import spreadsheet
from msupply.web import asked, downloads, require
from msupply.web.visit import PageRequest

SHOWN = 50


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """Show who came in, who was refused, and who changed what others may do."""
    require.permission(request, SERVER_ADMIN)
    wanted = _wanted(request)
    found = asked.page(request, security_log.search(connection, wanted), SHOWN)
    parameters = _parameters(wanted)
    context = {
        "rows": [_row(row) for row in found.object_list],
        "wanted": wanted,
        "parameters": urlencode(parameters),
        "events": SecurityEvent.choices,
        "outcomes": Outcome.choices,
        "forms": downloads.FORMS,
        "days": security_log.kept_days(connection),
        "fewest": FEWEST_DAYS,
        "most": MOST_DAYS,
    } | asked.turning(found, **parameters)
    return render(request, "administration/security_log.html", context)


@require_GET
def export(request: PageRequest, form: str) -> HttpResponseBase:
    """Give the entries that are shown as a file."""
    require.permission(request, SERVER_ADMIN)
    if form not in downloads.FORMS:
        raise Http404
    sheet = security_log.sheet(request.visit.viewer, _wanted(request))
    if form == "csv":
        return downloads.csv(spreadsheet.csv_lines(sheet), sheet.name)
    return downloads.excel(spreadsheet.excel(sheet), sheet.name)


@require_POST
def days(request: PageRequest) -> HttpResponse:
    """Choose how long entries are kept."""
    require.permission(request, SERVER_ADMIN)
    text = request.POST.get("days", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    try:
        security_log.keep_for(request.visit.viewer, wanted)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved"))
    return redirect("security-log")


def _wanted(request: PageRequest) -> Wanted:
    given = request.GET
    event, outcome = given.get("event", ""), given.get("outcome", "")
    return Wanted(
        SecurityEvent(event) if event in SecurityEvent.values else None,
        Outcome(outcome) if outcome in Outcome.values else None,
        asked.text(given, "who")[:100],
        _day(given.get("since", "")),
        _day(given.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parameters(wanted: Wanted) -> dict[str, str]:
    values = {
        "event": wanted.event.value if wanted.event else "",
        "outcome": wanted.outcome.value if wanted.outcome else "",
        "who": wanted.who,
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    return {name: value for name, value in values.items() if value}


def _row(row: SecurityNote) -> dict[str, Any]:
    return {
        "at": row.at,
        "event": dict(SecurityEvent.choices).get(row.event, row.event),
        "outcome": dict(Outcome.choices).get(row.outcome, row.outcome),
        "refused": row.outcome == Outcome.REFUSED,
        "who": row.who,
        "address": row.address,
        "details": security_log.in_words(row),
    }
