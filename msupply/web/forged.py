"""What comes without the token of its form: forms that were open too long, and forged ones."""

from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.csrf import csrf_failure

from msupply.records.security_log import SecurityEvent
from msupply.wire import security_log

# Whoever tries this in a loop is told of once.
_SAME = timedelta(minutes=10)


def refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer as Django does, with our page; note who sent it, and from which page."""
    security_log.note(
        connection,
        SecurityEvent.FORGED_FORM,
        refused=True,
        at_most_every=_SAME,
        reason=reason,
        origin=request.headers.get("Origin"),
    )
    return csrf_failure(request, reason)
