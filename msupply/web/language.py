"""The language of a page: chosen on this device, else the user's own, else the browser's.

Before log-in what was chosen stands in a cookie: a session would be a row for each stranger. Log-in
takes it into the session, so that the next user of the device begins with the own language.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

SESSION_KEY = "language"
COOKIE = "language"


class LanguageMiddleware:
    """Activates a language for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's language."""
        language = of_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def of_request(request: HttpRequest) -> str:
    """Return the language in which to answer.

    The session holds what was chosen, or what log-in took from the user record.
    """
    chosen = request.session.get(SESSION_KEY) if request.COOKIES else None
    chosen = chosen or request.COOKIES.get(COOKIE)
    if chosen in known():
        return str(chosen)
    return translation.get_language_from_request(request)


def known() -> set[str]:
    """Return the codes of the languages that pages are written in."""
    return {code for code, _ in settings.LANGUAGES}


def choose(request: HttpRequest, code: str) -> None:
    """Answer this session in a language from now on; an unknown one changes nothing."""
    if code in known():
        request.session[SESSION_KEY] = code
        translation.activate(code)


def choose_before_log_in(response: HttpResponse, code: str) -> None:
    """Answer this browser in a language from now on; an unknown one changes nothing."""
    if code in known():
        response.set_cookie(
            COOKIE,
            code,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def forget_before_log_in(response: HttpResponse) -> None:
    """Remove what was chosen before log-in."""
    response.delete_cookie(COOKIE, samesite="Lax")
