"""The queue in the bar at the bottom of each page of a site, kept up to date by a small request."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from msupply.web.access import open_to_all
from msupply.web.idle import polled
from msupply.web.visit import PageRequest


@polled
@open_to_all
@require_GET
def footer(request: PageRequest) -> HttpResponse:
    """Show how many records wait to be sent.

    Whoever is logged out meanwhile gets nothing: a page that only stands there must not lead away.
    """
    visit = request.visit
    if visit.user is None or visit.store is None or not visit.here.is_remote:
        return HttpResponse(status=204)
    return render(request, "seeing/footer.html")
