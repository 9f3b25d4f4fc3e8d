"""Decisions for the whole system, and the one that a remote site may make for itself."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from msupply.central import settings
from msupply.central.settings import CentralSettings
from msupply.records.activity_types import ActivityType
from msupply.records.sites import Site
from msupply.services.permissions import SERVER_ADMIN
from msupply.web import page, require
from msupply.web.administration import change_log, unlock
from msupply.web.edit_form import EditForm
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest

LOGGED = (
    "primary_site",
    "centralised_procurement",
    "patients_edited_where_visible",
    "second_factor_required",
    "idle_minutes",
)


class SettingsForm(EditForm):
    """Who edits central data, purchase orders and patients; how people log in."""

    primary = forms.CharField(
        label=gettext_lazy("Primary server"),
        required=False,
        max_length=100,
        widget=ChooserInput(Site),
        help_text=gettext_lazy(
            "In a mirrored system: the site where items, names, master lists and stores are edited."
            " Leave it empty if they are edited on this server."
        ),
    )
    centralised_procurement = forms.BooleanField(
        label=gettext_lazy("Centralised procurement"),
        required=False,
        help_text=gettext_lazy(
            "Purchase orders of all stores are entered on the primary server alone; the sites see"
            " theirs. A site can make an exception for itself."
        ),
    )
    patients_edited_where_visible = forms.BooleanField(
        label=gettext_lazy("Patients are edited wherever they are visible"),
        required=False,
        help_text=gettext_lazy("Without it, a patient is edited at the home store alone."),
    )

    second_factor_required = forms.BooleanField(
        label=gettext_lazy("Administrators of the central server need a second factor"),
        required=False,
        help_text=gettext_lazy(
            "Who has none sets it up at the next page. Set up your own first, under your name, My"
            " password."
        ),
    )
    idle_minutes = forms.IntegerField(
        label=gettext_lazy("Log out after so many minutes without use"),
        min_value=settings.SHORTEST_IDLE,
        max_value=settings.LONGEST_IDLE,
        help_text=gettext_lazy(
            "At every site too. Twelve hours after log-in a session ends anyway."
        ),
    )

    def clean_primary(self) -> Site | None:
        """Find the site; the search field gives its record id."""
        wanted = self.cleaned_data["primary"]
        if not wanted:
            return None
        site = Site.objects.filter(pk=wanted).first()
        if site is None:
            raise ValidationError(_("Choose a site of the list."))
        return site


class ExceptionForm(EditForm):
    """Whether this site enters its own purchase orders although procurement is centralised."""

    local_procurement = forms.BooleanField(required=False)


def central(request: PageRequest) -> HttpResponse:
    """Show and change the settings of the whole system, on the mSupply central server."""
    require.central_admin(request)
    now = settings.current(connection)
    initial = {
        "primary": now.primary.pk if now.primary else "",
        "centralised_procurement": now.centralised_procurement,
        "patients_edited_where_visible": now.patients_edited_where_visible,
        "second_factor_required": now.second_factor_required,
        "idle_minutes": now.idle_minutes,
    }
    form = SettingsForm(request, initial)
    if request.method == "POST":
        unlock.require(request)
        if form.is_valid() and _saved(request, form):
            messages.success(request, _("Saved"))
            return redirect("system-settings")
    return _show(request, form, now)


def _saved(request: PageRequest, form: SettingsForm) -> bool:
    try:
        settings.change(connection, form.changes, form.shown, request.visit.user)
    except ValidationError as error:
        page.add_errors(form, error, {})
        return False
    return True


def _show(request: PageRequest, form: SettingsForm, now: CentralSettings) -> HttpResponse:
    kinds = (ActivityType.CENTRAL_SETTING_CHANGED,)
    log = [entry for name in LOGGED for entry in change_log.entries(name, kinds)]
    context = {
        "form": form,
        "now": now,
        "unlocked": unlock.is_open(request),
        "log": sorted(log, key=lambda entry: entry.moment, reverse=True),
    }
    return render(request, "administration/system_settings.html", context, status=form.status)


@require_POST
def local_procurement(request: PageRequest) -> HttpResponse:
    """On a remote site, enter purchase orders here although procurement is centralised."""
    user = request.visit.user
    assert user is not None
    require.permission(request, SERVER_ADMIN)
    here = request.visit.here
    form = ExceptionForm(request, {"local_procurement": here.local_procurement})
    wanted = form.changes if form.is_valid() else {}
    on = wanted.get("local_procurement", here.local_procurement)
    try:
        warning = settings.set_local_procurement(connection, on, user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved"))
        if warning:
            messages.warning(request, warning)
    return redirect("sync-settings")
