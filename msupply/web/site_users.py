"""New users of a remote site, who work in the store in which they are created."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.services import new_users
from msupply.services.permissions import SERVER_ADMIN
from msupply.services.roles import ROLES
from msupply.sync.declare.policy import Editor
from msupply.sync.ownership import EditRefused, Refusal
from msupply.web import page, require
from msupply.web.page import FormPage
from msupply.web.visit import PageRequest, Visit


class PersonForm(forms.Form):
    """Who a new user is."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), required=False)


class SiteUserForm(PersonForm):
    """Who a new user is, and what the user may do in this store."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        required=False,
        widget=page.Ticks(),
        help_text=gettext_lazy("Only those are offered of which you have every permission here."),
    )

    def __init__(self, visit: Visit, *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["roles"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (name, role.title)
            for name, role in ROLES.items()
            if all(visit.may(permission) for permission in role.permissions)
        ]


def create(request: PageRequest) -> HttpResponse:
    """Add a user of this site to the store in which the visitor works."""
    visit = request.visit
    if visit.is_view_only:
        raise EditRefused(Refusal(Editor.OWNER, visit.store_id))
    require.permission(request, SERVER_ADMIN)
    form = SiteUserForm(visit, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        granted = {p for role in values.pop("roles") for p in ROLES[role].permissions}
        assert visit.user is not None
        try:
            new_users.add(connection, visit.user, visit.store_id, granted=granted, **values)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            text = _(
                "“%(name)s” can log in here now. The central server learns of it with the next"
                " synchronisation."
            )
            messages.success(request, text % {"name": values["username"].strip()})
            return redirect("list", "users")
    note = _("The user works in this store alone. More can be given on the central server.")
    frame = FormPage(_("New user"), reverse("list", args=["users"]), _("Users"), _("Save"), note)
    return page.show(request, frame, form)
