"""Where a record is: for each site whether it has it, and why; the page of `msupply explain`."""

from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from msupply.central import explanation
from msupply.central.explanation import Kept
from msupply.central.whereabouts import Answer
from msupply.records.sites import Site, SiteKind
from msupply.sync.declare.registry import RecordType
from msupply.web import asked, require
from msupply.web.screens import labels
from msupply.web.seeing import reasons
from msupply.web.visit import PageRequest

SHOWN = 50

ANSWERS: dict[Answer, tuple[str | Promise, str, str]] = {
    Answer.YES: (_("Yes"), "green", "circle-check"),
    Answer.NOT_YET: (_("Not yet"), "yellow", "clock"),
    Answer.NO: (_("No"), "secondary", "minus"),
}


@require_GET
def page(request: PageRequest, type_name: str, record_id: str) -> HttpResponse:
    """Say where a record is, and where it is not, and why."""
    require.central_admin(request)
    try:
        kind = explanation.find_type(type_name)
    except LookupError:
        raise Http404 from None
    text = asked.text(request.GET)[:100]
    concerned = explanation.concerned(connection, kind, record_id)
    sites = Site.objects.exclude(kind=SiteKind.CENTRAL)
    if text:
        wanted = Q(name__icontains=text)
        if text.isascii() and text.isdigit() and len(text) < 10:
            wanted |= Q(site_id=int(text))
        sites = sites.filter(wanted)
    first = Case(
        When(site_id__in=concerned, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    found = asked.page(request, sites.order_by(first, "name"), SHOWN)
    told = explanation.explain(connection, kind, record_id, found.object_list)
    context = {
        "kind": kind,
        "type_name": kind.model._meta.verbose_name,
        "label": _label(kind, record_id),
        "told": told,
        "verdicts": [(verdict, *ANSWERS[verdict.answer]) for verdict in told.verdicts],
        "found": found,
        "text": text,
        "kept": [(kept, *_words(kept)) for kept in told.quarantine],
    }
    return render(request, "seeing/where_is.html", context)


def _label(kind: RecordType, record_id: str) -> str:
    return labels.of(kind.model, [record_id]).get(record_id, record_id)


def _words(kept: Kept) -> tuple[str | Promise, str | Promise]:
    return reasons.of_record(kept.code)
