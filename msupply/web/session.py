"""What a session remembers of how it was begun, and of when its user gave the password."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from msupply.services.sessions import ADDRESS, BEGAN_AT, BROWSER
from msupply.sync.clock import now
from msupply.web.visit import PageRequest

SECOND_FACTOR_KEY = "second_factor"
_PASSWORD_AT = "password_given_at"  # noqa: S105 - the name of a key
# Enough to know one's own browser by.
_LONGEST_BROWSER = 300


def begin(request: PageRequest, **_signal: Any) -> None:
    """Note who has come in from where; the session is over at a fixed time.

    Django calls it after each log-in (`user_logged_in`).
    """
    session = request.session
    # A moment, not a length: with a length every change of the session would prolong it.
    session.set_expiry(now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    session[BEGAN_AT] = now().isoformat()
    session[ADDRESS] = request.META.get("REMOTE_ADDR", "")
    session[BROWSER] = request.headers.get("User-Agent", "")[:_LONGEST_BROWSER].replace("\0", "")
    password_given(request)


def began_at(request: PageRequest) -> datetime:
    """Return when a session of somebody who is logged in was begun."""
    return datetime.fromisoformat(request.session[BEGAN_AT])


def password_given(request: PageRequest) -> None:
    """Remember that the visitor has given the own password just now."""
    request.session[_PASSWORD_AT] = now().isoformat()


def has_given_password(request: PageRequest, within: timedelta) -> bool:
    """Tell whether the visitor has given the own password within some time before now."""
    given: str = request.session.get(_PASSWORD_AT, "")
    # A clock that was ahead once must not leave it open for years.
    return given != "" and timedelta(0) <= now() - datetime.fromisoformat(given) <= within
