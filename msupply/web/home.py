"""The dashboard, and the list of all record types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from msupply.web import sync_state
from msupply.web.screens import screen
from msupply.web.visit import PageRequest


@require_GET
def home(request: PageRequest) -> HttpResponse:
    """Show where to go, and how synchronisation is doing."""
    shown = sync_state.shown() if request.visit.here.is_remote else None
    return render(request, "home.html", {"sync": shown})


@require_GET
def all_records(request: PageRequest) -> HttpResponse:
    """List every record type that the visitor may see."""
    shown = [s for s in screen.every() if request.visit.may_view(s.kind)]
    return render(
        request, "screens/index.html", {"shown": sorted(shown, key=lambda s: str(s.title))}
    )
