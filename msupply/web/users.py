"""Users and what they may do in each store, on the mSupply central server."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from msupply.central import users
from msupply.records.permissions import Permission
from msupply.records.stores import Store
from msupply.records.users import Language, User, UserPermission, UserStore
from msupply.web import page
from msupply.web.page import FormPage, PasswordForm
from msupply.web.sites import require_admin
from msupply.web.visit import PageRequest


class NewUserForm(forms.Form):
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
    language = forms.TypedChoiceField(
        label=gettext_lazy("Language"), coerce=int, choices=Language.choices
    )


class RightsForm(forms.Form):
    """What a user may do in a store: bundles of permissions, and single ones."""

    store = forms.ChoiceField(label=gettext_lazy("Store"))
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), required=False, widget=page.Ticks()
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"), required=False, widget=page.Ticks()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = Store.objects.select_related("name").order_by("name__name")
        choices: dict[str, list[tuple[str, Any]]] = {
            "store": [(store.pk, f"{store.name.name} ({store.code})") for store in stores],
            "roles": [(name, role.title) for name, role in users.ROLES.items()],
            "permissions": list(Permission.choices),
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = found


@dataclass(frozen=True)
class Access:
    """What a user may do in one store."""

    store: Store
    permissions: list[str]


def create(request: PageRequest) -> HttpResponse:
    """Add a user, who may do nothing yet."""
    require_admin(request)
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = users.add_user(connection, **form.cleaned_data)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Now choose the stores in which this user works."))
            return redirect("user-rights", user.pk)
    frame = FormPage(_("New user"), reverse("list", args=["users"]), _("Users"), _("Save"))
    return page.show(request, frame, form)


def rights(request: PageRequest, user_id: str) -> HttpResponse:
    """Show and set what a user may do, store by store."""
    require_admin(request)
    user = get_object_or_404(User, pk=user_id)
    form = RightsForm(request.POST or None, initial=_held(user, request.GET.get("store", "")))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        store = get_object_or_404(Store, pk=values["store"])
        try:
            users.grant(connection, user, store, values["roles"], values["permissions"])
        except ValidationError as error:
            page.add_errors(form, error, {"role": "roles", "permission": "permissions"})
        else:
            messages.success(
                request, _("Saved. It takes effect at a site when the user next logs in there.")
            )
            return redirect("user-rights", user.pk)
    context = {"form": form, "shown_user": user, "access": _access(user)}
    return render(request, "manage/rights.html", context, status=422 if form.errors else 200)


def _held(user: User, store_id: str) -> dict[str, Any]:
    if not store_id:
        return {}
    held = UserPermission.objects.filter(user=user, store_id=store_id)
    return {"store": store_id, "permissions": list(held.values_list("permission", flat=True))}


def _access(user: User) -> list[Access]:
    names = dict(Permission.choices)
    held: dict[str, list[str]] = {}
    for store_id, name in UserPermission.objects.filter(user=user).values_list(
        "store_id", "permission"
    ):
        held.setdefault(store_id or "", []).append(str(names.get(name, name)))
    joins = UserStore.objects.filter(user=user).select_related("store__name")
    return [Access(join.store, sorted(held.get(join.store_id, []))) for join in joins]


@require_POST
def revoke(request: PageRequest, user_id: str, store_id: str) -> HttpResponse:
    """Take a store away from a user."""
    require_admin(request)
    users.revoke(
        connection, get_object_or_404(User, pk=user_id), get_object_or_404(Store, pk=store_id)
    )
    messages.success(request, _("Saved"))
    return redirect("user-rights", user_id)


def password(request: PageRequest, user_id: str) -> HttpResponse:
    """Set a user's password anew."""
    require_admin(request)
    user = get_object_or_404(User, pk=user_id)
    form = PasswordForm(request.POST or None)
    back = reverse("user-rights", args=[user.pk])
    if request.method == "POST" and form.is_valid():
        try:
            users.set_password(connection, user, form.cleaned_data["password"])
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect(back)
    frame = FormPage(_("New password"), back, user.username, _("Save"))
    return page.show(request, frame, form)
