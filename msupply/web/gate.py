"""What every request meets first and every answer last: a host that can be one, and the headers."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.log import log_response
from django.utils.translation import gettext as _

from msupply.web.alerts import Alert

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# What an answer says of itself counts: files and styles have rules of their own.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    # Patients and passwords are in pages and in what sites fetch alike.
    "Cache-Control": "no-store",
}


class GateMiddleware:
    """Refuses a host that cannot be one; gives pages, files, APIs and errors their headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with all headers."""
        response = _bad_host(request) or self._get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _bad_host(request: HttpRequest) -> HttpResponse | None:
    """Refuse a Host header that is missing or malformed; it is the caller's mistake, not ours."""
    try:
        request.get_host()
    except DisallowedHost:
        with translation.override(translation.get_language_from_request(request)):
            page = render_to_string("503.html", {"alert": _wrong_name()})
        response = HttpResponse(page, status=400)
        # Once, and without the traceback that Django has for it.
        log_response("Bad Host: %s", request.path, response=response, request=request, level="info")
        return response
    return None


def _wrong_name() -> Alert:
    return Alert(
        _("This server cannot be reached by this name"),
        _(
            "The name in the address has signs that names of computers must not have, such as “_”."
            " Use another name of this server, or its number, for instance http://192.168.1.20:8000."
        ),
    )
