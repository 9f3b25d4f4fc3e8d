"""Equipment: list, register, detail, edit, status log."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from msupply.records.activity import ActivityLog
from msupply.records.assets import (
    Asset,
    AssetCatalogueItem,
    AssetCatalogueType,
    AssetCategory,
    AssetLog,
    AssetStatus,
)
from msupply.records.users import User
from msupply.services import assets, edit
from msupply.services.meanwhile import Gone
from msupply.services.permissions import PermissionMissing
from msupply.web import gone
from msupply.web.cold_chain import shown_properties
from msupply.web.edit_form import EditForm
from msupply.web.screens import cells, labels, views
from msupply.web.screens import forms as record_forms
from msupply.web.screens.cells import STATUS_COLOURS, Cell
from msupply.web.screens.forms import ChooserInput, DateInput, MomentInput
from msupply.web.screens.screen import Column, Screen
from msupply.web.visit import PageRequest, Visit

SLUG = "asset"
LOGS_SHOWN = 50
SUMMARY = (
    "asset_catalogue_item",
    "asset_class",
    "asset_category",
    "asset_catalogue_type",
    "serial_number",
    "store",
    "installation_date",
    "replacement_date",
    "warranty_start",
    "warranty_end",
    "needs_replacement",
    "donor_name",
    "notes",
)
EDITED = (
    "asset_number",
    "serial_number",
    "installation_date",
    "replacement_date",
    "warranty_start",
    "warranty_end",
    "needs_replacement",
    "donor_name",
    "notes",
)


class RegisterForm(forms.Form):
    """A new asset, from the catalogue or not."""

    asset_catalogue_item = forms.CharField(
        label=gettext_lazy("Catalogue item"),
        required=False,
        widget=ChooserInput(AssetCatalogueItem),
        help_text=gettext_lazy("Search by code, manufacturer or model."),
    )
    asset_number = forms.CharField(label=gettext_lazy("Asset number"), max_length=100)
    serial_number = forms.CharField(
        label=gettext_lazy("Serial number"), max_length=200, required=False
    )
    installation_date = forms.DateField(
        label=gettext_lazy("Installation date"), required=False, widget=DateInput()
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Functional status"),
        choices=AssetStatus.choices,
        initial=AssetStatus.FUNCTIONING,
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    asset_category = forms.ModelChoiceField(
        AssetCategory.objects.order_by("name"),
        label=gettext_lazy("Category"),
        required=False,
        help_text=gettext_lazy("Only for equipment that is not in the catalogue."),
    )
    asset_catalogue_type = forms.ModelChoiceField(
        AssetCatalogueType.objects.order_by("name"), label=gettext_lazy("Type"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("asset_category", "asset_catalogue_type"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            # Records have no text of their own.
            field.choices = [("", ""), *((r.pk, r.name) for r in field.queryset or ())]


class LogForm(forms.Form):
    """One entry of the status log."""

    status = forms.ChoiceField(
        label=gettext_lazy("Functional status"), choices=[("", ""), *AssetStatus.choices]
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False)
    log_datetime = forms.DateTimeField(
        label=gettext_lazy("Date and time"),
        required=False,
        widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        help_text=gettext_lazy("Leave empty for now."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Show the equipment of the store, on the central server of all stores."""
    return views.show_list(
        request,
        SLUG,
        "cold_chain/equipment.html",
        {"may_register": _may_register(request.visit)},
        add_cells=_status_cells,
    )


def _may_register(visit: Visit) -> bool:
    return visit.may("ASSET_MUTATE")


def _status_cells(rows: list[cells.Row]) -> tuple[str, list[Cell]]:
    """Return the column of functional statuses for the rows of a list."""
    heading = _("Functional status")
    found = assets.statuses(connection, [row.record.pk for row in rows])
    return heading, [status_cell(heading, found.get(row.record.pk)) for row in rows]


def status_cell(heading: str, status: str | None) -> Cell:
    """Return a status as a coloured word."""
    if not status:
        return Cell(heading, "empty")
    text = str(dict(AssetStatus.choices).get(status, status))
    return Cell(heading, "status", text, colour=STATUS_COLOURS.get(status, "secondary"))


def register(request: PageRequest) -> HttpResponse:
    """Add an asset to the current store."""
    visit = request.visit
    assert visit.user is not None
    assert visit.store is not None
    if not _may_register(visit):
        raise PermissionMissing("ASSET_MUTATE")
    form = RegisterForm(
        request.POST or None,
        initial={
            "asset_number": assets.next_number(connection, visit.store),
            "asset_catalogue_item": request.GET.get("item", ""),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            asset = _register(visit, form.cleaned_data)
        except ValidationError as error:
            record_forms.add_errors(form, error)
        else:
            messages.success(request, _("The equipment is registered."))
            return redirect("asset", asset.pk)
    context = {"form": form}
    return render(request, "cold_chain/register.html", context, status=422 if form.errors else 200)


def _register(visit: Visit, values: dict[str, Any]) -> Asset:

    assert visit.user is not None
    type_, category = values["asset_catalogue_type"], values["asset_category"]
    if type_ and not category:
        category = type_.asset_category
    given = {
        "asset_catalogue_item_id": values["asset_catalogue_item"] or None,
        "asset_number": values["asset_number"],
        "serial_number": values["serial_number"] or None,
        "installation_date": values["installation_date"],
        "notes": values["notes"] or None,
        "asset_category_id": category.pk if category else None,
        "asset_class_id": category.asset_class_id if category else None,
        "asset_catalogue_type_id": type_.pk if type_ else None,
    }
    with transaction.atomic():
        asset = assets.register(connection, visit.user, visit.store_id, given)
        if visit.may("ASSET_STATUS_MUTATE"):
            status = values["status"]
            assets.add_log(connection, visit.user, visit.store_id, asset, status=status)
    return asset


def find(request: PageRequest, asset_id: str) -> Asset:
    """Return an asset that the visitor may see."""
    screen = views.open_screen(request, SLUG)
    asset = views.find_record(request, screen, asset_id)
    assert isinstance(asset, Asset)
    return asset


@require_GET
def detail(request: PageRequest, asset_id: str) -> HttpResponse:
    """Show an asset with its properties, status history, documents and activity."""
    asset = find(request, asset_id)
    return render(request, "cold_chain/asset.html", _detail(request, asset))


def _detail(request: PageRequest, asset: Asset) -> dict[str, Any]:
    visit = request.visit
    screen = views.open_screen(request, SLUG)
    columns = [column for column in screen.fields if column.name in SUMMARY]
    definitions = assets.property_definitions(connection, asset)
    logs = AssetLog.objects.filter(asset=asset).order_by("-log_datetime", "-created_datetime")
    shown = list(logs.select_related("reason")[:LOGS_SHOWN])
    status = assets.statuses(connection, [asset.pk]).get(asset.pk)
    return {
        "screen": screen,
        "asset": asset,
        "label": asset.asset_number or labels.one(asset),
        "status": status_cell(_("Functional status"), status),
        "cells": cells.details(visit, columns, asset),
        "properties": shown_properties.named(definitions, assets.properties(asset)),
        "logs": [_shown_log(log) for log in _with_users(shown)],
        "files": assets.files_of(connection, asset),
        "edit_alert": views.edit_alert(visit, asset),
        "may_log": visit.may("ASSET_STATUS_MUTATE"),
        "log_form": LogForm(),
        "activity": _activity(visit, asset),
    }


def _with_users(logs: list[AssetLog]) -> list[tuple[AssetLog, str]]:

    names = labels.of(User, [log.user_id for log in logs])
    return [(log, names.get(log.user_id, "")) for log in logs]


def _shown_log(entry: tuple[AssetLog, str]) -> dict[str, Any]:
    log, user = entry
    return {
        "log": log,
        "user": user,
        "status": status_cell("", log.status),
        "reason": log.reason.reason if log.reason else "",
    }


def _activity(visit: Visit, asset: Asset) -> list[ActivityLog]:
    if not visit.may("LOG_QUERY"):
        return []
    found = ActivityLog.objects.filter(record_id=asset.pk).order_by("-datetime")
    return list(found[:LOGS_SHOWN])


@require_GET
def reasons(request: PageRequest) -> HttpResponse:
    """Offer the reasons of a status."""
    found = assets.reasons_for(connection, request.GET.get("status", ""))
    return render(request, "cold_chain/reasons.html", {"reasons": found})


@require_POST
def add_log(request: PageRequest, asset_id: str) -> HttpResponse:
    """Write a status into the log."""
    asset = find(request, asset_id)
    visit = request.visit
    assert visit.user is not None
    if not visit.may("ASSET_STATUS_MUTATE"):
        raise PermissionMissing("ASSET_STATUS_MUTATE")
    form = LogForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            assets.add_log(
                connection,
                visit.user,
                visit.store_id,
                asset,
                status=values["status"],
                reason_id=values["reason"],
                comment=values["comment"],
                log_datetime=values["log_datetime"],
            )
        except ValidationError as error:
            record_forms.add_errors(form, error)
        else:
            messages.success(request, _("The status is updated."))
            return redirect("asset", asset.pk)
    context = _detail(request, asset) | {
        "log_form": form,
        "reasons": assets.reasons_for(connection, form.data.get("status", "")),
    }
    return render(request, "cold_chain/asset.html", context, status=422)


def edit_page(request: PageRequest, asset_id: str) -> HttpResponse:
    """Change an asset and its properties."""
    screen = views.open_screen(request, SLUG)
    columns = [column for column in screen.form_fields if column.name in EDITED]
    try:
        asset = find(request, asset_id)
    except Http404:
        return _gone(request, screen, columns)
    views.refuse_if(request.visit, asset)
    definitions = assets.property_definitions(connection, asset)
    form = _edit_form(request, asset, columns, definitions)
    if form.is_valid():
        changed = record_forms.changed_values(columns, form, asset)
        changed |= shown_properties.changed(form, assets.properties(asset))
        try:
            is_saved = _save(request, asset, changed, form)
        except Gone:
            return _gone(request, screen, columns)
        if is_saved:
            messages.success(request, _("Saved"))
            return redirect("asset", asset.pk)
    context = {
        "screen": screen,
        "form": form,
        "title": asset.asset_number or labels.one(asset),
        "cancel": reverse("asset", args=[asset.pk]),
    }
    return render(request, "screens/form.html", context, status=form.status)


def _gone(request: PageRequest, screen: Screen, columns: list[Column]) -> HttpResponse:
    typed = shown_properties.typed(request.POST)
    form = record_forms.form_of(request, columns, SLUG, None, typed)
    return gone.show(request, form, screen.url, screen.title)


def _edit_form(request: PageRequest, asset: Asset, columns: Any, definitions: Any) -> EditForm:
    more = shown_properties.fields(definitions)
    initial = shown_properties.initial(definitions, assets.properties(asset))
    form = record_forms.form_of(request, columns, SLUG, asset, more, initial)
    assert isinstance(form, EditForm)
    return form


def _save(request: PageRequest, asset: Asset, changed: dict[str, Any], form: EditForm) -> bool:
    assert request.visit.user is not None
    shown = shown_properties.as_stored(form.shown)
    try:
        assets.save(
            connection, request.visit.user, request.visit.store_id, changed, asset.pk, shown=shown
        )
    except ValidationError as error:
        record_forms.add_errors(form, error, edit.kind_of(Asset))
        return False
    return True
