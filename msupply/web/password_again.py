"""The password again before what gives others power: users, their rights and passwords, sites.

Who finds a browser left open must not make an own way in. What was filled in meanwhile is kept.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from msupply.records.sites import Site
from msupply.records.users import DocumentPermission, User, UserPermission, UserStore
from msupply.services import own_password
from msupply.sync.declare import Record
from msupply.web import session
from msupply.web.screens import screen as screens
from msupply.web.visit import PageRequest, View

# Log-in counts too.
WITHIN = timedelta(minutes=15)
FIELD = "own_password"
_KINDS: frozenset[type[Record]] = frozenset(
    {User, UserPermission, UserStore, DocumentPermission, Site}
)
# Pages of every record type that change something.
_CHANGING = frozenset({"create", "edit", "delete", "import", "import-preview", "import-now"})


def asks_password(view: View) -> View:
    """Mark a page that is only opened by who has given the own password within some minutes."""
    view.asks_password = True  # type: ignore[attr-defined]
    return view


def first(request: PageRequest, view: View, kwargs: Mapping[str, Any]) -> HttpResponse | None:
    """Return the page that asks for the password, None where it need not come before a page."""
    if not _is_asked_for(request, view, kwargs) or session.has_given_password(request, WITHIN):
        return None
    if request.method == "GET":
        where = f"{reverse('password-again')}?{urlencode({'next': request.get_full_path()})}"
        return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
    problem = take(request) if FIELD in request.POST else ""
    if FIELD in request.POST and not problem:
        return None
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (FIELD, "csrfmiddlewaretoken")
    ]
    return ask(request, request.get_full_path(), sent, problem)


def take(request: PageRequest) -> str:
    """Take the password that was sent; return what is wrong with it, nothing when it is right."""
    user = request.visit.user
    assert user is not None
    try:
        address = request.META.get("REMOTE_ADDR", "")
        own_password.confirm(connection, user, request.POST.get(FIELD, ""), address)
    except ValidationError as error:
        return " ".join(error.messages)
    session.password_given(request)
    return ""


def ask(
    request: PageRequest, action: str, sent: list[tuple[str, str]], problem: str
) -> HttpResponse:
    """Show the page that asks; what it sends on goes to `action` together with the password."""
    context = {"action": action, "sent": sent, "problem": problem, "field": FIELD}
    status = 422 if problem else 200
    return render(request, "account/password_again.html", context, status=status)


def _is_asked_for(request: PageRequest, view: View, kwargs: Mapping[str, Any]) -> bool:
    if getattr(view, "asks_password", False):
        return True
    match = request.resolver_match
    if match is None or match.url_name not in _CHANGING:
        return False
    shown = screens.find(kwargs["slug"])
    return shown is not None and shown.kind.model in _KINDS
