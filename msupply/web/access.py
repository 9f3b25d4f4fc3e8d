"""Who may open a page: set-up before log-in, log-in before pages, one store at a time."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from msupply.records.users import User
from msupply.services import permissions
from msupply.sync import here as here_module
from msupply.sync.here import Here
from msupply.web import alerts
from msupply.web.visit import PageRequest, Visit

logger = logging.getLogger(__name__)

STORE_KEY = "store"
# Machines come here, with credentials of their own.
API_PATHS = ("/sync/", "/central/", "/api/")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# The largest file, and what a form adds to it.
LARGEST_REQUEST = 51 * 1024 * 1024
# No form for which nobody must have logged in is larger.
LARGEST_FROM_ANYBODY = 1024 * 1024

View = Callable[..., HttpResponse]


def open_to_all(view: View) -> View:
    """Mark a page that needs no log-in."""
    view.stage = "open"  # type: ignore[attr-defined]
    return view


def before_set_up(view: View) -> View:
    """Mark a page of the first run: it exists until the instance has a role."""
    view.stage = "first-run"  # type: ignore[attr-defined]
    return view


def while_initialising(view: View) -> View:
    """Mark a page that is shown until the first synchronisation is complete."""
    view.stage = "initialising"  # type: ignore[attr-defined]
    return view


def any_store(view: View) -> View:
    """Mark a page for which one must be logged in, but need not have chosen a store."""
    view.stage = "any-store"  # type: ignore[attr-defined]
    return view


class AccessMiddleware:
    """Lets a request through to its page, or leads to the page that comes first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        """Attach the visit; give every page its security headers."""
        if request.path.startswith(API_PATHS):
            return self.get_response(request)
        try:
            request.visit = _visit(request)
        except OperationalError as error:
            return _database_away(request, error)
        response = _unread(request) or self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: PageRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return where to go first, None when the page may be shown."""
        if request.path.startswith(API_PATHS):
            return None
        stage = getattr(view, "stage", "")
        if stage == "open":
            return None
        first = _first_page(request, stage)
        if first is None or request.path == first.partition("?")[0]:
            return None if stage else _of_another_store(request)
        return _lead_to(request, first)

    def process_exception(self, request: PageRequest, error: Exception) -> HttpResponse | None:
        """Turn refusals into the alert, and what nobody foresaw into a friendly page."""
        if request.path.startswith(API_PATHS) or not hasattr(request, "visit"):
            return None
        if isinstance(error, OperationalError):
            return _database_away(request, error)
        alert = alerts.of_exception(error, request.visit.here)
        if alert:
            return alerts.response(request, alert)
        if _has_its_own_page(error):
            return None
        logger.error("Failed: %s %s", request.method, request.path, exc_info=error)
        if request.htmx:
            return alerts.response(
                request,
                alerts.Alert(_("Something went wrong"), _("Please try again.")),
                500,
            )
        return render(request, "500.html", status=500)


def _database_away(request: PageRequest, error: OperationalError) -> HttpResponse:
    """Say so on a page for which the database is not asked."""
    logger.error("The database failed: %s %s", request.method, request.path, exc_info=error)
    # The middleware that attaches them may not have been reached.
    on_top = bool(HtmxDetails(request))
    template = "parts/alert.html" if on_top else "503.html"
    page = render_to_string(template, {"alert": alerts.database_away()})
    response = HttpResponse(page, status=503)
    return alerts.on_top(response) if on_top else response


def _unread(request: PageRequest) -> HttpResponse | None:
    """Answer, before it is read, what no form takes or what is not taken from anybody."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    request.htmx = HtmxDetails(request)
    if not length.isdecimal() or int(length) > LARGEST_REQUEST:
        text = _("Files of up to 50 MB can be attached.")
        return alerts.response(request, alerts.Alert(_("The file is too large."), text), 413)
    first = _first_page(request, "") if int(length) > LARGEST_FROM_ANYBODY else None
    return _lead_to(request, first) if first else None


def _lead_to(request: PageRequest, page: str) -> HttpResponse:
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


def _of_another_store(request: PageRequest) -> HttpResponse | None:
    """Refuse a form of a page that was opened before its user went on to another store."""
    store = request.visit.store
    if request.method != "POST" or store is None:
        return None
    opened_in = request.headers.get("X-Store") or request.POST.get("opened_in_store", "")
    if opened_in in ("", store.pk):
        return None
    text = _(
        "The page was opened in another store than the one that you are in now, %(store)s. Nothing"
        " was saved. Open it again in the store that you mean."
    )
    alert = alerts.Alert(_("You have changed the store"), text % {"store": store.name.name})
    return alerts.response(request, alert, 409)


def _has_its_own_page(error: Exception) -> bool:
    from django.core.exceptions import BadRequest, SuspiciousOperation
    from django.http import Http404

    return isinstance(error, (Http404, BadRequest, SuspiciousOperation))


def _visit(request: PageRequest) -> Visit:
    here = here_module.load(connection)
    user = request.user
    if not (here.is_set_up and user.is_authenticated):
        return Visit(here)
    assert isinstance(user, User)
    if not user.is_active:
        _end_session(request, _("Your user is no longer active."))
        return Visit(here)
    chosen = request.session.get(STORE_KEY)
    store = permissions.store_of(user, chosen) if chosen else None
    if store is None and not permissions.has_stores(user):
        _end_session(
            request,
            _(
                "You can no longer work in this store here: either it has been moved to another"
                " site, or you no longer have access to it."
            ),
        )
        return Visit(here)
    return Visit(here, user, store)


def _end_session(request: PageRequest, reason: str) -> None:
    logout(request)
    request.session["ended"] = reason


def _first_page(request: PageRequest, stage: str) -> str | None:
    """Return the page that must come before a page of this stage."""
    visit = request.visit
    needed = _set_up_page(visit.here)
    if needed:
        return None if stage == needed else reverse(needed)
    if stage in ("first-run", "initialising"):
        return reverse("home")
    if visit.user is None:
        return _log_in_page(request)
    if visit.store is None and stage != "any-store":
        return reverse("choose-store")
    return None


def _set_up_page(here: Here) -> str | None:
    if not here.is_set_up:
        return "first-run"
    if here.is_remote and not here.initialised:
        return "initialising"
    return None


def _log_in_page(request: HttpRequest) -> str:
    wanted = request.get_full_path()
    log_in = reverse("log-in")
    if request.method != "GET" or wanted == reverse("home"):
        return log_in
    return f"{log_in}?{urlencode({'next': wanted})}"
