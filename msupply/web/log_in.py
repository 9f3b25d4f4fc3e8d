"""Log-in, log-out, and the choice of store and language."""

from django import forms
from django.contrib.auth import login, logout
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from msupply.records.users import LANGUAGE_CODES, User
from msupply.services import log_in as log_in_service
from msupply.services import permissions
from msupply.services.log_in import LogInRefused
from msupply.web import asked, language, page
from msupply.web.access import STORE_KEY, any_store, open_to_all
from msupply.web.visit import PageRequest

BACKEND = "msupply.services.log_in.Backend"
# Further ones are searched for.
STORES_SHOWN = 50


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
            _begin_session(request, user)
            return _enter(request, user)
    reason = request.session.pop("ended", "") if request.method == "GET" else ""
    context = {"form": form, "ended": reason, "here": here}
    return render(request, "log_in/log_in.html", context, status=422 if form.errors else 200)


def _begin_session(request: PageRequest, user: User) -> None:
    chosen = request.session.get(language.SESSION_KEY)
    request.session.flush()
    login(request, user, backend=BACKEND)
    language.choose(request, chosen or LANGUAGE_CODES.get(user.language, ""))


def _enter(request: PageRequest, user: User) -> HttpResponse:
    stores = permissions.stores_of(user, most=2)
    wanted = page.address_here(request.GET.get("next", ""), reverse("home"))
    if len(stores) == 1:
        request.session[STORE_KEY] = stores[0].pk
        return redirect(wanted)
    request.session["next"] = wanted
    return redirect("choose-store")


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
    logout(request)
    answer = redirect("log-in")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@open_to_all
@require_POST
def choose_language(request: PageRequest) -> HttpResponse:
    """Answer this session in another language."""
    language.choose(request, request.POST.get("language", ""))
    return redirect(page.address_here(request.POST.get("next", ""), reverse("home")))
