"""The asset catalogue: list, an item, and the import from CSV on the central server."""

import base64
import binascii
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from msupply.central import asset_catalogue
from msupply.records.assets import AssetCatalogueItem
from msupply.services import assets
from msupply.services.permissions import PermissionMissing
from msupply.web import alerts
from msupply.web.alerts import Alert
from msupply.web.cold_chain import shown_properties
from msupply.web.screens import cells, views
from msupply.web.visit import PageRequest, Visit

SLUG = "assetcatalogueitem"
ROWS_SHOWN = 20
ERRORS_SHOWN = 100
NEEDED = ("ASSET_CATALOGUE_ITEM_MUTATE", "EDIT_CENTRAL_DATA")


class ImportForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("The catalogue as Open mSupply lays it out, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Show the catalogue."""
    import_refused = _import_refusal(request.visit)
    extra = {
        "import_alert": (
            alerts.of_exception(import_refused, request.visit.here) if import_refused else None
        )
    }
    return views.show_list(request, SLUG, "cold_chain/catalogue.html", extra)


@require_GET
def item_page(request: PageRequest, item_id: str) -> HttpResponse:
    """Show one catalogue item with its properties by their names."""
    screen = views.open_screen(request, SLUG)
    item = views.find_record(request, screen, item_id)
    assert isinstance(item, AssetCatalogueItem)
    columns = [column for column in screen.fields if column.name != "properties"]
    definitions = assets.property_definitions(connection, item)
    context = {
        "screen": screen,
        "record": item,
        "label": f"{item.manufacturer or ''} {item.model}".strip(),
        "cells": cells.details(request.visit, columns, item),
        "properties": shown_properties.named(definitions, assets.properties(item)),
        "edit_alert": views.edit_alert(request.visit, item),
        "may_delete": True,
        "may_register": request.visit.may("ASSET_MUTATE"),
        "files": [],
    }
    return render(request, "cold_chain/catalogue_item.html", context)


def _import_refusal(visit: Visit) -> Exception | None:
    if not visit.here.is_oms_central:
        return alerts.central_only()
    missing = [name for name in NEEDED if not visit.may(name)]
    return PermissionMissing(missing[0]) if missing else None


def _require_import(request: PageRequest) -> None:
    refused = _import_refusal(request.visit)
    if refused:
        raise refused


def import_page(request: PageRequest) -> HttpResponse:
    """Take a file and show what its import would do."""
    _require_import(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context |= _preview(form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error.messages)
    return render(request, "cold_chain/import.html", context, status=422 if form.errors else 200)


def _preview(upload: "UploadedFile[Any]") -> dict[str, object]:
    if (upload.size or 0) > asset_catalogue.LARGEST_FILE:
        raise ValidationError(_("The file is larger than 20 MB."))
    content = upload.read()
    preview = asset_catalogue.read(connection, content)
    known = set(
        QuerySet(preview.model)
        .filter(pk__in=[row["id"] for row in preview.rows])
        .values_list("pk", flat=True)
    )
    errors_of: dict[int, list[str]] = {}
    for error in preview.errors:
        errors_of.setdefault(error.line, []).append(error.text)
    bad = [(line, row, errors_of[line]) for line, row in preview.lines if line in errors_of]
    return {
        "preview": preview,
        "file_name": upload.name,
        "titles": preview.titles[:7],
        "sample": [row[:7] for _line, row in preview.lines[:ROWS_SHOWN]],
        "bad_rows": [(line, row[:7], texts) for line, row, texts in bad[:ERRORS_SHOWN]],
        "bad_count": len(bad),
        "new_count": sum(1 for row in preview.rows if row["id"] not in known),
        # The page carries the file on, so that any server process can go on with it.
        "content": base64.b64encode(content).decode(),
    }


def _content(request: PageRequest) -> bytes:
    try:
        return base64.b64decode(request.POST.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError(_("The file did not arrive whole. Choose it again.")) from None


@require_POST
def import_now(request: PageRequest) -> HttpResponse:
    """Write what was previewed, all or nothing."""
    _require_import(request)
    assert request.visit.user is not None
    try:
        preview = asset_catalogue.read(connection, _content(request))
        done = asset_catalogue.apply(connection, request.visit.user, preview)
    except ValidationError as error:
        return alerts.response(request, Alert(_("CSV file"), " ".join(error.messages)), 422)
    messages.success(
        request,
        _("Imported: %(created)d new, %(changed)d changed, %(same)d unchanged.")
        % {"created": done.created, "changed": done.changed, "same": done.same},
    )
    return redirect("asset-catalogue")


@require_POST
def import_errors(request: PageRequest) -> HttpResponse:
    """Give the file back with a column that says what is wrong with each row."""
    _require_import(request)
    try:
        preview = asset_catalogue.read(connection, _content(request))
    except ValidationError as error:
        return alerts.response(request, Alert(_("CSV file"), " ".join(error.messages)), 422)
    answer = HttpResponse("\ufeff" + preview.error_file(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="errors.csv"'
    return answer
