"""The first run: choose what this instance is, then watch a remote site initialise."""

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from msupply.services import instance
from msupply.sync import cycle, driver, failure
from msupply.sync.failure import SyncFailure
from msupply.web import page, sync_state
from msupply.web.access import before_set_up, open_to_all, while_initialising
from msupply.web.visit import PageRequest

NEW_PASSWORD = {"autocomplete": "new-password"}


class CentralForm(forms.Form):
    """What a central server needs to begin with."""

    own_url = forms.CharField(
        label=gettext_lazy("URL of this server"),
        help_text=gettext_lazy("The address at which the sites reach this server."),
        widget=forms.URLInput(),
    )
    admin_name = forms.CharField(label=gettext_lazy("Administrator"), max_length=200)
    admin_password = forms.CharField(
        label=gettext_lazy("Password"), strip=False, widget=forms.PasswordInput(NEW_PASSWORD)
    )
    store_name = forms.CharField(
        label=gettext_lazy("Name of the first store"),
        help_text=gettext_lazy("Usually the central medical store."),
    )
    store_code = forms.CharField(label=gettext_lazy("Code of the first store"))

    names: ClassVar = {
        "url": "own_url",
        "username": "admin_name",
        "name": "store_name",
        "password": "admin_password",
        "code": "store_code",
    }


class RemoteForm(forms.Form):
    """How a remote site reaches its central server."""

    url = forms.CharField(
        label=gettext_lazy("URL"),
        help_text=gettext_lazy("The address of the mSupply central server."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    site_name = forms.CharField(
        label=gettext_lazy("Site name"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=gettext_lazy("The site's password, not that of a user."),
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


@before_set_up
@require_GET
def choice(request: PageRequest) -> HttpResponse:
    """Ask what this instance is to be."""
    return render(request, "first_run/choice.html")


@before_set_up
def central(request: PageRequest) -> HttpResponse:
    """Make this instance a central server."""
    form = CentralForm(request.POST or None, initial={"own_url": request.build_absolute_uri("/")})
    if request.method == "POST" and form.is_valid():
        try:
            instance.create_central(connection, **form.cleaned_data)
        except ValidationError as error:
            page.add_errors(form, error, CentralForm.names)
        else:
            return redirect("log-in")
    context = {"form": form, "title": _("Central server")}
    return render(request, "first_run/form.html", context, status=422 if form.errors else 200)


@before_set_up
def remote(request: PageRequest) -> HttpResponse:
    """Make this instance a remote site, and begin its first synchronisation."""
    form = RemoteForm(request.POST or None)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            instance.ensure_secret_key()
            cycle.initialise_site(connection, **form.cleaned_data)
        except SyncFailure as refused:
            title, advice = failure.explain(refused.code)
            problem = {"title": title, "advice": advice, "detail": refused.detail}
        else:
            driver.request_cycle(connection)
            return redirect("initialising")
    context = {"form": form, "title": _("Remote site"), "problem": problem}
    failed = bool(form.errors or problem)
    return render(request, "first_run/form.html", context, status=422 if failed else 200)


@while_initialising
@require_GET
def initialising(request: PageRequest) -> HttpResponse:
    """Show the first synchronisation."""
    return render(request, "first_run/initialising.html", _progress())


@open_to_all
@require_GET
def progress(request: PageRequest) -> HttpResponse:
    """Show how far the first synchronisation is; once it is over, lead to log-in."""
    here = request.visit.here
    if not here.is_remote or here.initialised:
        return HttpResponseClientRedirect(reverse("log-in"))
    return render(request, "first_run/progress.html", _progress())


@while_initialising
@require_POST
def retry(request: PageRequest) -> HttpResponse:
    """Synchronise again after a failure."""
    driver.request_cycle(connection)
    if request.htmx:
        return render(request, "first_run/progress.html", _progress() | {"asked": True})
    return redirect("initialising")


def _progress() -> dict[str, object]:
    return {"sync": sync_state.shown(first=True)}
