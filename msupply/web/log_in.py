"""Log-in, log-out, and the choice of store and language."""

from datetime import timedelta

from django import forms
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from msupply.records.security_log import SecurityEvent
from msupply.records.users import LANGUAGE_CODES, User
from msupply.services import log_in as log_in_service
from msupply.services import permissions, second_factor
from msupply.services.log_in import LogInRefused
from msupply.sync.clock import now
from msupply.web import asked, language, page, session
from msupply.web.access import STORE_KEY, any_store, open_to_all
from msupply.web.visit import PageRequest
from msupply.wire import security_log

BACKEND = "msupply.services.log_in.Backend"
# Further ones are searched for.
STORES_SHOWN = 50
# Between the password and the code.
_WAITING = "waiting_for_code"
_CODE_WITHIN = timedelta(minutes=10)


class LogInForm(forms.Form):
    """User name and password; the passwords of other programs must not be trimmed."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A one-time code of the user's app, or one of the recovery codes."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=100,
        help_text=gettext_lazy("Six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "autofocus": True}
        ),
    )


@open_to_all
def log_in(request: PageRequest) -> HttpResponse:
    """Let somebody in, straight into their store where there is one only."""
    here = request.visit.here
    if not here.is_set_up or (here.is_remote and not here.initialised):
        return redirect("home")
    if request.visit.user is not None:
        return redirect("home")
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = log_in_service.log_in(
                connection,
                form.cleaned_data["username"],
                form.cleaned_data["password"],
                request.META.get("REMOTE_ADDR", ""),
            )
        except LogInRefused as refused:
            form.add_error(None, str(refused))
        else:
            if here.is_central and second_factor.is_enrolled(connection, user):
                return _ask_for_code(request, user)
            return _enter(request, user, request.GET.get("next", ""))
    reason = request.session.pop("ended", "") if request.method == "GET" else ""
    context = {"form": form, "ended": reason, "here": here}
    return render(request, "log_in/log_in.html", context, status=422 if form.errors else 200)


def _ask_for_code(request: PageRequest, user: User) -> HttpResponse:
    """Remember for some minutes whose password was right; that opens nothing yet."""
    request.session.flush()
    request.session[_WAITING] = {"user": user.pk, "next": request.GET.get("next", "")}
    request.session.set_expiry(now() + _CODE_WITHIN)
    return redirect("log-in-code")


@open_to_all
def code(request: PageRequest) -> HttpResponse:
    """Let in who has given the right password, and now a code of the second factor."""
    waiting = request.session.get(_WAITING)
    if not waiting or request.visit.user is not None:
        return redirect("log-in")
    user = get_object_or_404(User, pk=waiting["user"], is_active=True)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check(connection, user, form.cleaned_data["code"])
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            return _enter(request, user, waiting["next"], with_code=True)
    context = {"form": form, "here": request.visit.here}
    return render(request, "log_in/code.html", context, status=422 if form.errors else 200)


def _enter(
    request: PageRequest, user: User, wanted: str, *, with_code: bool = False
) -> HttpResponse:
    """Begin the session, and go to the store that is the only one, or to the choice of one."""
    chosen = request.COOKIES.get(language.COOKIE)
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[session.SECOND_FACTOR_KEY] = with_code
    language.choose(request, chosen or LANGUAGE_CODES.get(user.language, ""))
    stores = permissions.stores_of(user, most=2)
    where = page.address_here(wanted, reverse("home"))
    if len(stores) == 1:
        request.session[STORE_KEY] = stores[0].pk
        response = redirect(where)
    else:
        request.session["next"] = where
        response = redirect("choose-store")
    language.forget_before_log_in(response)
    return response


@any_store
def choose_store(request: PageRequest) -> HttpResponse:
    """Show the user's stores, and enter one."""
    user = request.visit.user
    assert user is not None
    if request.method == "POST":
        chosen = permissions.store_of(user, asked.text(request.POST, "store"))
        if chosen is not None:
            request.session[STORE_KEY] = chosen.pk
            return redirect(request.session.pop("next", None) or reverse("home"))
    text = asked.text(request.GET)
    found = permissions.stores_of(user, text, STORES_SHOWN + 1)
    context = {
        "stores": found[:STORES_SHOWN],
        "more": len(found) > STORES_SHOWN,
        "text": text,
        "user": user,
    }
    return render(request, "log_in/choose_store.html", context)


@open_to_all
@require_POST
def log_out(request: PageRequest) -> HttpResponse:
    """End the session at once; what the browser keeps of it goes too."""
    if request.visit.user is not None:
        security_log.note(connection, SecurityEvent.LOGGED_OUT)
    logout(request)
    answer = redirect("log-in")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@open_to_all
@require_POST
def choose_language(request: PageRequest) -> HttpResponse:
    """Answer this session in another language, before log-in this browser."""
    wanted = request.POST.get("language", "")
    response = redirect(page.address_here(request.POST.get("next", ""), reverse("home")))
    if request.visit.user is None:
        language.choose_before_log_in(response, wanted)
    else:
        language.choose(request, wanted)
    return response
