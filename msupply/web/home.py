"""The dashboard, and the list of all record types."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from msupply.web import sync_state
from msupply.web.access import open_to_all
from msupply.web.screens import groups
from msupply.web.visit import PageRequest


@open_to_all
@require_GET
def favicon(request: PageRequest) -> HttpResponse:
    """Answer browsers that ask without having read the page."""
    return redirect(static("web/favicon.svg"))


@require_GET
def home(request: PageRequest) -> HttpResponse:
    """Show where to go, and how synchronisation is doing."""
    shown = sync_state.shown() if request.visit.here.is_remote else None
    return render(request, "home.html", {"sync": shown})


@require_GET
def all_records(request: PageRequest) -> HttpResponse:
    """List every record type that the visitor may see, by group; HTMX gets the groups alone."""
    search = request.GET.get("q", "").strip()
    context = {"groups": groups.of_visit(request.visit, search), "search": search}
    part = request.htmx and not request.htmx.boosted
    return render(request, "screens/types.html" if part else "screens/index.html", context)
