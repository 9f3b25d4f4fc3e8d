"""The pages of a user about the own account: password, second factor, sessions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from msupply.records.users import User
from msupply.services import own_password, second_factor, sessions
from msupply.web import asked, page, password_again, require, session
from msupply.web.access import any_store
from msupply.web.page import FormPage
from msupply.web.password_again import asks_password
from msupply.web.visit import PageRequest

# What the next secret is made of, until the app has shown a code.
_NONCE_KEY = "second_factor_nonce"

_CODE = forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "none"})


def _password_field(label: Any, kind: str) -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput({"autocomplete": kind})
    )


class OwnPasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old = _password_field(gettext_lazy("Old password"), "current-password")
    password = _password_field(gettext_lazy("New password"), "new-password")
    repeated = _password_field(gettext_lazy("New password, again"), "new-password")

    def clean(self) -> dict[str, Any]:
        """Both new ones must be the same: what was typed cannot be seen."""
        values = super().clean() or {}
        if "repeated" in values and values["repeated"] != values.get("password"):
            self.add_error("repeated", _("The two new passwords are not the same."))
        return values


class FirstCodeForm(forms.Form):
    """What shows that the app has the secret."""

    code = forms.CharField(
        label=gettext_lazy("Code that the app shows"), max_length=100, widget=_CODE
    )


class RemoveForm(forms.Form):
    """What shows that it is the user who removes the second factor."""

    password = _password_field(gettext_lazy("Your password"), "current-password")
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=100,
        help_text=gettext_lazy("Six digits from your app, or one of your recovery codes."),
        widget=_CODE,
    )


def _user(request: PageRequest) -> User:
    assert request.visit.user is not None
    return request.visit.user


def _address(request: PageRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@any_store
def own(request: PageRequest) -> HttpResponse:
    """Show the account; change the password."""
    user, here = _user(request), request.visit.here
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            own_password.change(
                connection,
                user,
                form.cleaned_data["old"],
                form.cleaned_data["password"],
                _address(request),
            )
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            _stay_alone(request, user)
            messages.success(
                request, _("Your password is changed. Your other sessions have ended.")
            )
            return redirect("my-password")
    context = {
        "form": form,
        "is_changed_here": own_password.is_changed_here(connection, user),
        "central_page": f"{here.central_url}{reverse('my-password')}",
        "enrolled": here.is_central and second_factor.is_enrolled(connection, user),
        "codes_left": second_factor.recovery_codes_left(connection, user),
        "sessions": sessions.of_user(connection, user, request.session.session_key),
    }
    return render(request, "account/own.html", context, status=422 if form.errors else 200)


def _stay_alone(request: PageRequest, user: User) -> None:
    """Keep this session, and end all others of its user."""
    update_session_auth_hash(request, user)
    session.password_given(request)
    sessions.end_all(connection, user, but=request.session.session_key)


@any_store
@require_POST
def end_session(request: PageRequest) -> HttpResponse:
    """End one of the visitor's sessions, or all but this one."""
    user, name = _user(request), asked.text(request.POST, "session")
    if name:
        sessions.end(connection, user, name)
    else:
        sessions.end_all(connection, user, but=request.session.session_key)
    messages.success(request, _("Logged out there."))
    return redirect("my-password")


@any_store
@asks_password
def enrol(request: PageRequest) -> HttpResponse:
    """Set up a second factor: show the secret to the app, and take the code that it shows."""
    require.central(request)
    user = _user(request)
    if second_factor.is_enrolled(connection, user):
        return redirect("my-password")
    nonce = request.session.get(_NONCE_KEY) or second_factor.new_nonce()
    request.session[_NONCE_KEY] = nonce
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.enrol(connection, user, nonce, form.cleaned_data["code"])
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            del request.session[_NONCE_KEY]
            request.session[session.SECOND_FACTOR_KEY] = True
            _stay_alone(request, user)
            return render(request, "account/recovery_codes.html", {"codes": codes})
    secret = second_factor.secret(nonce)
    issuer = f"mSupply {request.visit.here.site_name}"
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "qr": mark_safe(second_factor.qr_svg(user, issuer, nonce)),  # noqa: S308 - drawn by segno
        "is_required": request.visit.here.second_factor_required,
    }
    return render(request, "account/enrol.html", context, status=422 if form.errors else 200)


@any_store
def remove(request: PageRequest) -> HttpResponse:
    """Remove the second factor, with password and code."""
    require.central(request)
    user = _user(request)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            second_factor.remove(
                connection, user, values["password"], values["code"], _address(request)
            )
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            request.session[session.SECOND_FACTOR_KEY] = False
            messages.success(request, _("From now on your password is enough to log in."))
            return redirect("my-password")
    back = reverse("my-password")
    frame = FormPage(_("Remove the second factor"), back, _("My password"), _("Remove"))
    return page.show(request, frame, form)


@any_store
def again(request: PageRequest) -> HttpResponse:
    """Ask for the password, and go on to the page that wants it."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = page.address_here(asked.text(given, "next"), reverse("home"))
    problem = password_again.take(request) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return redirect(wanted)
    return password_again.ask(request, reverse("password-again"), [("next", wanted)], problem)
