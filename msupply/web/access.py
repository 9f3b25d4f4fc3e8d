"""Who may open a page: set-up before log-in, log-in before pages, one store at a time."""

import logging
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import logout
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from msupply import disk
from msupply.records.security_log import SecurityEvent
from msupply.records.users import User
from msupply.services import permissions
from msupply.services.permissions import SERVER_ADMIN, PermissionMissing
from msupply.sync import here as here_module
from msupply.sync.failure import told
from msupply.sync.here import Here
from msupply.sync.sql import dialect
from msupply.web import alerts, idle, password_again, session
from msupply.web.visit import PageRequest, View, Visit
from msupply.wire import security_log
from msupply.wire.server_http import address

logger = logging.getLogger(__name__)

STORE_KEY = "store"
# Machines come here, with credentials of their own.
API_PATHS = ("/sync/", "/central/", "/api/")
# All that browsers send to a page.
METHODS = ("GET", "HEAD", "POST")
# The largest file, and what a form adds to it.
LARGEST_REQUEST = 51 * 1024 * 1024
# No form for which nobody must have logged in is larger.
LARGEST_FROM_ANYBODY = 1024 * 1024
_SAME_REFUSAL = timedelta(minutes=1)


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
        """Attach the visit; refuse what no page takes."""
        if request.path.startswith(API_PATHS):
            return self.get_response(request)
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        try:
            request.visit = _visit(request)
        except Error as error:
            trouble = _trouble(error)
            if trouble is None:
                raise
            return _unusable(request, error, trouble)
        user = request.visit.user
        with security_log.acting(user.username if user else "", address(request)):
            response = _unread(request) or self.get_response(request)
        if request.visit.user is not None:
            idle.note(request, response)
        return response

    def process_view(
        self, request: PageRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return where to go first, None when the page may be shown."""
        if request.path.startswith(API_PATHS):
            return None
        refused = _of_no_text(request)
        if refused:
            return refused
        stage = getattr(view, "stage", "")
        if stage == "open":
            return None
        first = _first_page(request, stage)
        if first is None or request.path == first.partition("?")[0]:
            refused = None if stage else _of_another_store(request)
            return refused or password_again.first(request, view, kwargs)
        return _lead_to(request, first)

    def process_exception(self, request: PageRequest, error: Exception) -> HttpResponse | None:
        """Turn refusals into the alert, and what nobody foresaw into a friendly page."""
        if request.path.startswith(API_PATHS) or not hasattr(request, "visit"):
            return None
        trouble = _trouble(error)
        if trouble:
            return _unusable(request, error, trouble)
        alert = alerts.of_exception(error, request.visit.here)
        if alert:
            _note_refusal(request, error)
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


def _note_refusal(request: PageRequest, error: Exception) -> None:
    """Note that somebody wanted what is not theirs; pressing again a moment later says no more."""
    security_log.note(
        connection,
        SecurityEvent.PERMISSION_REFUSED,
        refused=True,
        at_most_every=_SAME_REFUSAL,
        reason=type(error).__name__,
        permission=error.permission if isinstance(error, PermissionMissing) else None,
        method=request.method,
        path=request.path,
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Answer what failed outside of a page: while a form was read, or a session stored."""
    error = sys.exception()
    trouble = _trouble(error)
    if error is None or trouble is None:
        return HttpResponse(render_to_string("500.html"), status=500)
    return _unusable(request, error, trouble)


def _trouble(error: BaseException | None) -> alerts.Alert | None:
    """Return what to say of a machine that cannot go on, whatever a user does."""
    if isinstance(error, Error) and dialect(connection).is_away(error):
        return alerts.database_away()
    return alerts.disk_full() if disk.is_full(error) else None


def _unusable(request: HttpRequest, error: BaseException, alert: alerts.Alert) -> HttpResponse:
    """Say so on a page for which neither database nor disk is asked."""
    logger.error("%s: %s %s: %s", alert.title, request.method, request.path, told(error))
    # The middleware that attaches them may not have been reached.
    on_top = bool(HtmxDetails(request))
    template = "parts/alert.html" if on_top else "503.html"
    response = HttpResponse(render_to_string(template, {"alert": alert}), status=503)
    return alerts.on_top(response) if on_top else response


def _of_no_text(request: PageRequest) -> HttpResponse | None:
    """Refuse what holds the sign NUL, which no database keeps; a question is asked without it."""
    if "\0" in request.path:
        raise Http404
    if _holds_nul(request.GET):
        pairs = [(name, text) for name, texts in request.GET.lists() for text in texts]
        request.GET = QueryDict(urlencode(pairs).replace("%00", ""))
    if not _holds_nul(request.POST):
        return None
    title = _("This request could not be understood")
    text = _("It holds a sign that belongs to no text. Type what was pasted, and try again.")
    return alerts.response(request, alerts.Alert(title, text), 422)


def _holds_nul(given: QueryDict) -> bool:
    return any("\0" in text for name, values in given.lists() for text in (name, *values))


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

    return isinstance(error, (Http404, BadRequest, SuspiciousOperation))


def _visit(request: PageRequest) -> Visit:
    here = here_module.load(connection)
    user = request.user
    if not (here.is_set_up and user.is_authenticated):
        return Visit(here)
    assert isinstance(user, User)
    if not user.is_active:
        _end_session(request, user, "inactive", _("Your user is no longer active."))
        return Visit(here)
    minutes = here.sessions_idle_minutes
    if idle.has_ended(request, minutes):
        text = _("You were logged out because nothing was done here for {minutes} minutes.")
        _end_session(request, user, "idle", text.format(minutes=minutes))
        return Visit(here)
    chosen = request.session.get(STORE_KEY)
    store = permissions.store_of(user, chosen) if chosen else None
    if store is None and not permissions.has_stores(user):
        _end_session(
            request,
            user,
            "no_store",
            _(
                "You can no longer work in this store here: either it has been moved to another"
                " site, or you no longer have access to it."
            ),
        )
        return Visit(here)
    return Visit(here, user, store)


def _end_session(request: PageRequest, user: User, why: str, told: str) -> None:
    with security_log.acting(user.username, address(request)):
        security_log.note(connection, SecurityEvent.LOGGED_OUT, reason=why)
    logout(request)
    request.session["ended"] = told


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
    return None if stage == "any-store" else _page_before_all_others(request)


def _page_before_all_others(request: PageRequest) -> str | None:
    if request.visit.store is None:
        return reverse("choose-store")
    return reverse("second-factor") if _lacks_second_factor(request) else None


def _lacks_second_factor(request: PageRequest) -> bool:
    """True for administrators of the central server who are to have one, and came in without."""
    visit = request.visit
    if not (visit.here.is_central and visit.here.second_factor_required):
        return False
    return visit.may(SERVER_ADMIN) and not request.session.get(session.SECOND_FACTOR_KEY)


def _set_up_page(here: Here) -> str | None:
    if not here.is_set_up:
        return "first-run"
    if here.is_remote and not here.initialised:
        return "initialising"
    return None


def _log_in_page(request: PageRequest) -> str:
    # A part of a page that was asked for by HTMX is no page to come back to.
    wanted = (request.htmx and request.htmx.current_url_abs_path) or request.get_full_path()
    log_in = reverse("log-in")
    if request.method != "GET" or wanted == reverse("home"):
        return log_in
    return f"{log_in}?{urlencode({'next': wanted})}"
