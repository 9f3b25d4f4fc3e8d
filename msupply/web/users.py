"""Users and what they may do in each store, on the mSupply central server."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.central import users
from msupply.records.permissions import Permission
from msupply.records.stores import Store
from msupply.records.users import Language, User, UserPermission, UserStore
from msupply.services import own_way_in, second_factor
from msupply.services.roles import ROLES
from msupply.web import asked, page, require, site_users
from msupply.web.administration.confirm import Question
from msupply.web.edit_form import EditForm
from msupply.web.page import FormPage, PasswordForm
from msupply.web.password_again import asks_password
from msupply.web.screens.forms import ChooserInput
from msupply.web.site_users import PersonForm
from msupply.web.visit import PageRequest

# The stores of a user on one page.
SHOWN = 50


class NewUserForm(PersonForm):
    """Who a new user is, and in which language."""

    language = forms.TypedChoiceField(
        label=gettext_lazy("Language"), coerce=int, choices=Language.choices
    )


class RightsForm(EditForm):
    """What a user may do in a store: bundles of permissions, and single ones."""

    store = forms.CharField(label=gettext_lazy("Store"), max_length=100, widget=ChooserInput(Store))
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), required=False, widget=page.Ticks()
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"),
        required=False,
        widget=page.Ticks(),
        choices=Permission.choices,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, role.title) for name, role in ROLES.items()]

    def clean_store(self) -> Store:
        """Find the store; the search field gives its record id."""
        wanted = self.cleaned_data["store"]
        store = Store.objects.select_related("name").filter(pk=wanted).first()
        if store is None:
            raise ValidationError(_("Choose a store of the list."))
        return store


@dataclass(frozen=True)
class Access:
    """What a user may do in one store."""

    store: Store
    permissions: list[str]


@asks_password
def create(request: PageRequest) -> HttpResponse:
    """Add a user, who may do nothing yet; at a remote site one of this store."""
    if request.visit.here.is_remote:
        return site_users.create(request)
    require.central_admin(request)
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = users.add_user(connection, **form.cleaned_data)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Now choose the stores in which this user works."))
            return redirect(rights_page(user, request.GET.get("store", "")))
    frame = FormPage(_("New user"), reverse("list", args=["users"]), _("Users"), _("Save"))
    return page.show(request, frame, form)


def rights_page(user: User, store_id: str = "") -> str:
    """Return the address of a user's permissions; with a store, where those in it are set."""
    where = reverse("user-rights", args=[user.pk])
    return f"{where}?{urlencode({'store': store_id})}#rights" if store_id else where


@asks_password
def rights(request: PageRequest, user_id: str) -> HttpResponse:
    """Show what a user may do, store by store; add to it, or set it anew for one store."""
    require.central_admin(request)
    user = get_object_or_404(User, pk=user_id)
    wanted = asked.text(request.GET, "store")
    edited = Store.objects.select_related("name").filter(pk=wanted).first() if wanted else None
    held = _held(user, edited) if edited else []
    initial = {"store": edited.pk, "permissions": held} if edited else {}
    form = RightsForm(request, initial)
    if form.is_valid():
        try:
            with transaction.atomic(), _own_way_in_kept(request):
                _change_rights(user, form, edited)
        except ValidationError as error:
            page.add_errors(form, error, {"role": "roles", "permission": "permissions"})
        else:
            messages.success(
                request, _("Saved. It takes effect at a site when the user next logs in there.")
            )
            return redirect("user-rights", user.pk)
    context = {
        "form": form,
        "shown_user": user,
        "edited": edited,
        "enrolled": second_factor.is_enrolled(connection, user),
    } | _access(request, user)
    return render(request, "manage/rights.html", context, status=form.status)


def _change_rights(user: User, form: RightsForm, edited: Store | None) -> None:
    """Give and take what the form was changed in; what others have given or taken stays."""
    values = form.cleaned_data
    wanted = set(values["permissions"])
    # Giving access takes nothing away that was not shown.
    known = set(form.initial.get("permissions", []))
    shown = set(form.shown.get("permissions", known)) if values["store"] == edited else set()
    users.change_rights(
        connection,
        user,
        values["store"],
        roles=values["roles"],
        give=wanted - shown,
        take=shown - wanted,
        shown=shown,
    )


def _held(user: User, store: Store) -> list[str]:
    held = UserPermission.objects.filter(user=user, store=store)
    return list(held.values_list("permission", flat=True))


def _own_way_in_kept(request: PageRequest) -> AbstractContextManager[None]:
    assert request.visit.user is not None
    return own_way_in.kept(connection, request.visit.user, request.visit.store_id)


def _access(request: PageRequest, user: User) -> dict[str, Any]:
    """Return a page of the stores that a user may enter, with what is permitted in each."""
    text = asked.text(request.GET)
    joins = UserStore.objects.filter(user=user).select_related("store__name")
    if text:
        joins = joins.filter(Q(store__code__icontains=text) | Q(store__name__name__icontains=text))
    found = asked.page(request, joins.order_by("store__code", "pk"), SHOWN)
    stores = [join.store for join in found]
    names = dict(Permission.choices)
    held: dict[str | None, list[str]] = {}
    rows = UserPermission.objects.filter(user=user, store__in=stores)
    for store_id, name in rows.values_list("store_id", "permission"):
        held.setdefault(store_id, []).append(str(names.get(name, name)))

    return {
        "access": [Access(store, sorted(held.get(store.pk, []))) for store in stores],
        "text": text,
    } | asked.turning(found, q=text)


@asks_password
def revoke(request: PageRequest, user_id: str, store_id: str) -> HttpResponse:
    """Take a store away from a user, once it is confirmed."""
    require.central_admin(request)
    user = get_object_or_404(User, pk=user_id)
    store = get_object_or_404(Store.objects.select_related("name"), pk=store_id)
    question = Question(
        _("Remove a store"),
        [
            _("“%(user)s” can no longer work in “%(store)s”.")
            % {"user": user.username, "store": store.name.name},
            _("At a site it takes effect when the user next logs in there with a connection."),
        ],
        _("Remove"),
        reverse("user-rights", args=[user.pk]),
        user.username,
    )
    if not question.is_confirmed(request):
        return question.ask(request)
    try:
        with transaction.atomic(), _own_way_in_kept(request):
            users.revoke(connection, user, store)
    except ValidationError as error:
        return question.ask(request, " ".join(error.messages))
    messages.success(request, _("Saved"))
    return redirect("user-rights", user.pk)


@asks_password
def password(request: PageRequest, user_id: str) -> HttpResponse:
    """Set the password of another user anew; one's own wants the old one."""
    require.central_admin(request)
    user = get_object_or_404(User, pk=user_id)
    if user == request.visit.user:
        return redirect("my-password")
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
