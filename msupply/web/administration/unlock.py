"""The padlock: who changes how stores are synchronised gives the password again before.

The session remembers it for some minutes. Every change asks here, whatever the page has shown.
"""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from msupply.central import unlock as padlock
from msupply.sync import clock
from msupply.sync.clock import now
from msupply.web import page, session
from msupply.web.visit import PageRequest

KEY = "unlocked_until"


def is_open(request: PageRequest) -> bool:
    """Tell whether the visitor has given the password within the last minutes."""
    until: str = request.session.get(KEY, "")
    if not until:
        return False
    return clock.left(datetime.fromisoformat(until), padlock.LASTS) > timedelta(0)


def require(request: PageRequest) -> None:
    """Raise PermissionDenied unless the padlock is open."""
    if not is_open(request):
        raise PermissionDenied(_("This page is locked. Unlock it with your password first."))


@require_POST
def unlock(request: PageRequest) -> HttpResponse:
    """Open the padlock with the visitor's password, and go back to the page that has it."""
    assert request.visit.user is not None
    address = request.META.get("REMOTE_ADDR", "")
    password = request.POST.get("password", "")
    try:
        padlock.unlock(connection, request.visit.user, password, address)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        session.password_given(request)
        request.session[KEY] = (now() + padlock.LASTS).isoformat()
    return redirect(_back(request))


@require_POST
def lock(request: PageRequest) -> HttpResponse:
    """Close the padlock before its time is over."""
    request.session.pop(KEY, None)
    return redirect(_back(request))


def _back(request: PageRequest) -> str:
    return page.address_here(request.POST.get("next", ""), reverse("stores"))
