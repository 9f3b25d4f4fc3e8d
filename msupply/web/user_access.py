"""What an administrator does about the way in of another user: sessions and the second factor."""

from collections.abc import Callable

from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from msupply.central import users
from msupply.records.users import User
from msupply.web import require
from msupply.web.administration.confirm import Question
from msupply.web.password_again import asks_password
from msupply.web.visit import PageRequest


@asks_password
def end_sessions(request: PageRequest, user_id: str) -> HttpResponse:
    """Log a user out of this server in every browser, once it is confirmed."""
    consequences = [
        _(
            "“%(user)s” is logged out of this server in every browser; what is unsaved there is lost."
        ),
        _("Sessions at sites go on. To end these too, make the user inactive."),
    ]
    return _ask(request, user_id, _("End all sessions"), consequences, users.end_sessions)


@asks_password
def reset_second_factor(request: PageRequest, user_id: str) -> HttpResponse:
    """Let a user log in by the password alone, once it is confirmed."""
    consequences = [
        _("“%(user)s” can log in by the password alone, until a new second factor is set up."),
        _("Make sure that it is really this person who has asked you for it."),
    ]
    title = _("Remove the second factor")
    return _ask(request, user_id, title, consequences, users.reset_second_factor)


def _ask(
    request: PageRequest,
    user_id: str,
    title: str,
    consequences: list[str],
    act: Callable[..., object],
) -> HttpResponse:
    require.central_admin(request)
    user = get_object_or_404(User, pk=user_id)
    if user == request.visit.user:
        # There this session stays, and the second factor needs its code.
        return redirect("my-password")
    back = reverse("user-rights", args=[user.pk])
    told = [text % {"user": user.username} for text in consequences]
    question = Question(title, told, title, back, user.username)
    if not question.is_confirmed(request):
        return question.ask(request)
    act(connection, user, request.visit.user)
    messages.success(request, _("Saved"))
    return redirect(back)
