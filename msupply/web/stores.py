"""Stores of the whole system, on the mSupply central server."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from msupply.central import stores
from msupply.records.sites import Site
from msupply.records.stores import Store, StoreMode
from msupply.services import edit
from msupply.services.permissions import PermissionMissing
from msupply.web import alerts, page
from msupply.web.page import FormPage
from msupply.web.visit import PageRequest

SHOWN = 500


class StoreForm(forms.Form):
    """A store: its name, its code, the site where it is active."""

    store_name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=100)
    site_number = forms.TypedChoiceField(
        label=gettext_lazy("Active on the site"), coerce=int, choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["site_number"]
        assert isinstance(field, forms.TypedChoiceField)
        sites = Site.objects.order_by("name").values_list("site_id", "name")
        field.choices = [(number, f"{name} ({number})") for number, name in sites]


class StoreEditForm(StoreForm):
    """What may be changed of a store; its name belongs to the customer or supplier it is paired with."""

    store_mode = forms.ChoiceField(label=gettext_lazy("Mode"), choices=StoreMode.choices)
    is_disabled = forms.BooleanField(label=gettext_lazy("Disabled"), required=False)


def _require_central(request: PageRequest, *, to_edit: bool = False) -> None:
    if not request.visit.here.is_central:
        raise alerts.central_only()
    if to_edit and not request.visit.may("EDIT_CENTRAL_DATA"):
        raise PermissionMissing("EDIT_CENTRAL_DATA")


@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Show the stores and the sites where they are active."""
    _require_central(request)
    found = Store.objects.select_related("name").order_by("code")
    text = request.GET.get("q", "").strip().replace("\0", "")
    if text:
        found = found.filter(models.Q(code__icontains=text) | models.Q(name__name__icontains=text))
    sites = dict(Site.objects.values_list("site_id", "name"))
    rows = [(store, sites.get(store.site_id, "")) for store in found[:SHOWN]]
    context = {
        "rows": rows,
        "search": text,
        "may_edit": request.visit.may("EDIT_CENTRAL_DATA"),
        "more": found.count() > SHOWN,
        "shown": SHOWN,
    }
    template = "manage/stores_table.html" if request.htmx else "manage/stores.html"
    return render(request, template, context)


def create(request: PageRequest) -> HttpResponse:
    """Add a store, with the name that it is paired with."""
    _require_central(request, to_edit=True)
    form = StoreForm(request.POST or None, initial={"site_number": request.visit.here.site_id})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            stores.add_store(
                connection, values["code"], values["store_name"], values["site_number"]
            )
        except ValidationError as error:
            page.add_errors(form, error, {"name": "store_name"})
        else:
            messages.success(request, _("Saved"))
            return redirect("stores")
    frame = FormPage(_("New store"), reverse("stores"), _("Stores"), _("Save"))
    return page.show(request, frame, form)


def edit_page(request: PageRequest, store_id: str) -> HttpResponse:
    """Change a store."""
    _require_central(request, to_edit=True)
    store = get_object_or_404(Store.objects.select_related("name"), pk=store_id)
    form = StoreEditForm(
        request.POST or None,
        initial={
            "code": store.code,
            "site_number": store.site_id,
            "store_mode": store.store_mode,
            "is_disabled": store.is_disabled,
        },
    )
    del form.fields["store_name"]
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, store, form.cleaned_data)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect("stores")
    frame = FormPage(store.name.name, reverse("stores"), _("Stores"), _("Save"))
    return page.show(request, frame, form)


def _change(request: PageRequest, store: Store, values: dict[str, Any]) -> None:
    assert request.visit.user is not None
    others = Store.objects.exclude(pk=store.pk).filter(code__iexact=values["code"])
    if others.exists():
        raise ValidationError({"code": _("Another store has this code.")})
    changed = {
        "code": values["code"],
        "site_id": values["site_number"],
        "store_mode": values["store_mode"],
        "is_disabled": values["is_disabled"],
    }
    edit.save(connection, request.visit.user, request.visit.store_id, Store, changed, store.pk)
