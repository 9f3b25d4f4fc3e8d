"""Cookies of encrypted requests: sent back encrypted only, and bound to this very host.

One server may be reached encrypted through a proxy and in clear from its own building, so the
request decides. The two ways have cookies of different names: what somebody in between put into a
request in clear is never read from one that came encrypted.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Browsers take such a name from encrypted answers alone, for one host and all its paths.
PREFIX = "__Host-"


class SecureCookiesMiddleware:
    """Renames cookies on their way in and out; pages know them by their plain names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Read and write the cookies that go with the scheme of the request."""
        # Escaped NULs are unpacked in cookies; a session with one is asked of the database.
        given = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if not request.is_secure():
            request.COOKIES = given
            return self._get_response(request)
        request.COOKIES = {
            name.removeprefix(PREFIX): value
            for name, value in given.items()
            if name.startswith(PREFIX)
        }
        response = self._get_response(request)
        for name, cookie in list(response.cookies.items()):
            del response.cookies[name]
            # It keeps what it says of itself: its age, and whether scripts may read it.
            cookie.set(PREFIX + name, cookie.value, cookie.coded_value)
            cookie["secure"], cookie["path"], cookie["domain"] = True, "/", ""
            response.cookies[PREFIX + name] = cookie
        return response
