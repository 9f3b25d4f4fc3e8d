"""One site: its device and version, stores, queue, last cycles, and records kept back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from msupply.central import clock_words, failing, site_health, sync_report
from msupply.central.site_health import QueueState
from msupply.records.site_cycles import SiteCycle
from msupply.records.sites import Site, SiteKind
from msupply.sync import clock, quarantine
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.models import Quarantined
from msupply.web import asked, require
from msupply.web.administration import looks
from msupply.web.seeing import reasons
from msupply.web.seeing.health_words import look
from msupply.web.visit import PageRequest

KEPT_SHOWN = 20
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class QueuePart:
    """One record type of the queue; `percent` is its share of the largest."""

    name: str
    count: int
    percent: float


@dataclass(frozen=True)
class ShownCycle:
    """One line of the last cycles."""

    cycle: SiteCycle
    duration: timedelta
    refusal: str | Promise
    advice: str | Promise


@dataclass(frozen=True)
class KeptRecord:
    """A record that could not be taken: what it is, what is the matter, what helps."""

    row: Quarantined
    type_name: str
    reason: str
    title: str | Promise
    advice: str | Promise
    explain_url: str


@require_GET
def page(request: PageRequest, number: int) -> HttpResponse:
    """Show everything that this server knows of a site."""
    require.central_admin(request)
    site = _find(number)
    is_here = site.kind == SiteKind.CENTRAL
    queue = QueueState() if is_here else site_health.queue_state(connection, number)
    context = {
        "site": site,
        "clock": "" if is_here else clock_words.of_site(connection, number),
        "is_here": is_here,
        "look": look(sync_report.freshness(site)),
        "stores": [
            (placed, looks.mark(placed.sync_type))
            for placed in site_health.stores(connection, number)
        ],
        "queue": queue,
        "queue_parts": _parts(queue),
        "oldest_name": str(queue.oldest[0].model._meta.verbose_name) if queue.oldest else "",
        "oldest_url": _explain_url(queue.oldest[0].name, queue.oldest[1]) if queue.oldest else "",
        "failing": failing.of(connection, [number]).get(number),
        "behind": clock.age(queue.oldest_before) if queue.oldest_before else None,
        "cycles": [_cycle(row) for row in site_health.cycles(connection, number)],
    }
    return render(request, "seeing/site.html", context | _kept(request, number))


@require_POST
def retry(request: PageRequest, number: int) -> HttpResponse:
    """Try records of a site again: one, or all of them."""
    require.central_admin(request)
    _find(number)
    record = request.POST.get("id", "")
    if record and not (record.isascii() and record.isdigit() and len(record) < 19):
        raise Http404
    n = site_health.retry(connection, number, int(record) if record else None)
    if n:
        text = ngettext("%(n)d record is tried again.", "%(n)d records are tried again.", n)
        messages.success(request, text % {"n": n})
    else:
        messages.info(request, _("There is nothing to retry any more."))
    return redirect("site-page", number)


def _find(number: int) -> Site:
    if number > LARGEST_NUMBER:
        raise Http404
    return get_object_or_404(Site, site_id=number)


def _parts(queue: QueueState) -> list[QueuePart]:
    most = max((n for _kind, n in queue.by_type), default=1)
    return [
        QueuePart(str(kind.model._meta.verbose_name_plural), n, round(n * 100 / most, 1))
        for kind, n in queue.by_type
    ]


def _cycle(row: SiteCycle) -> ShownCycle:
    title, advice = reasons.of_site(row.refusal) if row.refusal else ("", "")
    return ShownCycle(row, row.last_at - row.started_at, title, advice)


def _kept(request: PageRequest, number: int) -> dict[str, Any]:
    rows = site_health.refused_records(connection, number)
    found = asked.page(request, rows, KEPT_SHOWN)
    counts = [
        (reasons.of_record(code)[0], n)
        for code, n in site_health.refusal_counts(connection, number)
    ]
    return {"kept": found, "kept_rows": [_shown(row) for row in found], "kept_counts": counts}


def _shown(row: Quarantined) -> KeptRecord:
    kind = registry().by_wire[Wire(row.wire)].get(row.table_name)
    name = str(kind.model._meta.verbose_name) if kind else row.table_name
    title, advice = reasons.of_record(row.code)
    reason = quarantine.in_words(row.reason, row.reason_values)
    url = _explain_url(kind.name, row.record_id) if kind else ""
    return KeptRecord(row, name, reason, title, advice, url)


def _explain_url(type_name: str, record_id: str) -> str:
    return reverse("where-is", args=[type_name, record_id]) if record_id else ""
