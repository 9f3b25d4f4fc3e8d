"""Forms that are refused before they are read: opened too long ago, or sent from elsewhere.

Browsers say in `Origin` (or `Referer`) from which address a form comes. Behind a proxy that this
server was not told of, that address is not the one by which it believes to be asked.
"""

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from msupply.records.security_log import SecurityEvent
from msupply.sync.here import Here
from msupply.web import alerts
from msupply.web.alerts import Alert
from msupply.wire import security_log

logger = logging.getLogger(__name__)

# Whoever tries this in a loop is told of once.
_SAME = timedelta(minutes=10)


def refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say why a form was refused, and what to do (`CSRF_FAILURE_VIEW`); note who sent it."""
    security_log.note(
        connection,
        SecurityEvent.FORGED_FORM,
        refused=True,
        at_most_every=_SAME,
        reason=reason,
        origin=request.headers.get("Origin"),
    )
    visit = getattr(request, "visit", None)
    alert = (
        _of_origin(request, visit.here if visit else None) if "checking failed" in reason else None
    )
    return alerts.response(request, alert or _too_old())


def _too_old() -> Alert:
    return Alert(
        _("This form was open for too long"),
        _("Go back, load the page again, and send the form once more."),
    )


def _of_origin(request: HttpRequest, here: Here | None) -> Alert:
    """Tell a proxy that says too little from another website that sends a form."""
    sent_from = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    own = urlsplit(here.own_url if here else "")
    title = _("The form was not taken: its address is not that of this server")
    if sent_from.scheme == "https" and not request.is_secure():
        if sent_from.netloc in (request.get_host(), own.netloc):
            peer = request.META.get("REMOTE_ADDR")
            logger.warning("An encrypted form came in clear: `--behind-proxy %s` is missing", peer)
            return Alert(
                title,
                _(
                    "A proxy encrypts the way to this server, and this server was not told of it."
                    " Its administrator starts it with --behind-proxy and the proxy's address, which"
                    " its log names; the proxy must send X-Forwarded-Proto."
                ),
            )
    elif sent_from.netloc and sent_from.netloc == own.netloc:
        return Alert(
            title,
            _(
                "A proxy before this server passes another name on than the one in your address."
                " Its administrator sets it to pass the Host header as it came."
            ),
        )
    return Alert(
        title,
        _("Nothing was done. Open the page at this server, and send the form from there."),
    )
