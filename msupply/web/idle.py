"""Sessions that nobody uses end: when somebody was last here stands in a signed cookie.

In the database it would be a write with nearly every request, which on SQLite waits for whatever is
being integrated. The cookie is good for its session alone; without it, log-in is what counts.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse

from msupply.sync.clock import now
from msupply.web import session
from msupply.web.visit import PageRequest, View

COOKIE = "seen"
# It is written no more often.
_EVERY = timedelta(minutes=1)
# Several hosts may serve one central server.
_CLOCKS_DIFFER = timedelta(minutes=5)


def polled(view: View) -> View:
    """Mark a view that pages ask for by themselves: that somebody is there does not follow."""
    view.is_polled = True  # type: ignore[attr-defined]
    return view


def has_ended(request: PageRequest, minutes: int) -> bool:
    """Tell whether nothing was done in a session for longer than it may be left.

    A session of the future ends too: its clock was wrong, and so is the time at which it would end.
    """
    since = now() - (_seen(request) or session.began_at(request))
    return not -_CLOCKS_DIFFER <= since <= timedelta(minutes=minutes)


def note(request: PageRequest, response: HttpResponse) -> None:
    """Let the browser remember that somebody was here just now."""
    match = request.resolver_match
    key = request.session.session_key
    if key is None or (match is not None and getattr(match.func, "is_polled", False)):
        return
    seen = _seen(request)
    if seen is not None and now() - seen < _EVERY:
        return
    moment = str(int(now().replace(tzinfo=UTC).timestamp()))
    response.set_cookie(
        COOKIE,
        _signer(key).sign(moment),
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _seen(request: PageRequest) -> datetime | None:
    """Return what the cookie says, None where it was not written for this session."""
    try:
        signer = _signer(request.session.session_key or "")
        moment = signer.unsign(request.COOKIES.get(COOKIE, ""))
    except BadSignature:
        return None
    return datetime.fromtimestamp(int(moment), UTC).replace(tzinfo=None)


def _signer(session_key: str) -> Signer:
    return Signer(salt=f"msupply.seen.{session_key}")
