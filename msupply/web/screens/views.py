"""The pages of every record type: list, detail, create, edit, delete, choose."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, models
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from msupply.services import edit
from msupply.services.meanwhile import Gone
from msupply.services.permissions import PermissionMissing
from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType, registry
from msupply.web import asked, gone
from msupply.web.alerts import Alert
from msupply.web.edit_form import EditForm
from msupply.web.screens import cells, children, forms, labels, query, refusals, scope, visible
from msupply.web.screens import screen as screens
from msupply.web.screens.filters import filters_of, more
from msupply.web.screens.screen import Screen
from msupply.web.visit import PageRequest, Visit

CHOICES_SHOWN = 20


def open_screen(request: PageRequest, slug: str) -> Screen:
    """Return a screen that the visitor may see. Raises Http404 or PermissionMissing."""
    screen = screens.find(slug)
    if screen is None:
        raise Http404
    if not screen.may_view(request.visit):
        raise PermissionMissing(screen.view_permission)
    return screen


def find_record(request: PageRequest, screen: Screen, record_id: str) -> Record:
    """Return a record that the visitor may see, deleted ones too."""
    visible = scope.records(request.visit, screen.kind, with_deleted=True)
    return get_object_or_404(visible, pk=record_id)


def listing_of(request: PageRequest, screen: Screen) -> query.Listing:
    """Return the list that an address describes, as the visitor's store sees it."""
    listing = query.listing(request.visit, screen, request.GET)
    return replace(listing, found=visible.in_list(request.visit, screen, listing.found))


AddCells = Callable[[list[cells.Row]], tuple[str, list[cells.Cell]]]


@require_GET
def list_page(request: PageRequest, slug: str) -> HttpResponse:
    """Show a list; HTMX gets its table alone."""
    return show_list(request, slug, "screens/list.html")


def show_list(
    request: PageRequest,
    slug: str,
    template: str,
    extra: dict[str, Any] | None = None,
    *,
    add_cells: AddCells | None = None,
) -> HttpResponse:
    """Show a list in a template of its own; `add_cells` makes one more column, the second."""
    screen = open_screen(request, slug)
    listing = listing_of(request, screen)
    page = listing.page()
    headings = _headings(listing)
    rows = cells.rows(
        request.visit,
        screen.list_fields,
        list(page.object_list),
        lambda record: (
            cells.address_of(screen.kind, record.pk)
            if not screen.only
            else screen.page("detail", record.pk)
        ),
    )
    if add_cells:
        heading, column = add_cells(rows)
        headings.insert(1, {"text": heading})
        for row, cell in zip(rows, column, strict=True):
            row.cells.insert(1, cell)
    context = (extra or {}) | {
        "screen": screen,
        "listing": listing,
        "page": page,
        "headings": headings,
        "rows": rows,
        "sizes": query.PAGE_SIZES,
        "create_alert": refusals.alert_of(refusals.of_new(request.visit, screen), request.visit),
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "screens/table.html", context)
    return render(
        request, template, context | {"filters": filters_of(listing), "more_filters": more(listing)}
    )


def _headings(listing: query.Listing) -> list[dict[str, Any]]:
    found = []
    for column in listing.screen.list_fields:
        downwards = listing.sort == column.name
        found.append(
            {
                "text": screens.heading(column),
                "is_number": isinstance(column, (models.FloatField, models.IntegerField))
                and not column.choices,
                "address": listing.address(
                    sort=f"-{column.name}" if downwards else column.name, page=None
                ),
                "sorted": {column.name: "up", f"-{column.name}": "down"}.get(listing.sort, ""),
            }
        )
    return found


@require_GET
def detail(request: PageRequest, slug: str, record_id: str) -> HttpResponse:
    """Show one record, the records that belong to it, and what may be done with it."""
    screen = open_screen(request, slug)
    record = find_record(request, screen, record_id)
    told = cells.details(request.visit, screen.fields, record)
    context = {
        "screen": screen,
        "record": record,
        "label": labels.one(record),
        "cells": [cell for cell in told if cell.kind != "empty"],
        "empty": [cell.heading for cell in told if cell.kind == "empty"],
        "children": children.of(request.visit, screen, record),
        "extra": cells.prettified(record.extra or "") if request.visit.may("SERVER_ADMIN") else "",
        "edit_alert": edit_alert(request.visit, record),
        "may_delete": may_delete(screen.kind),
    }
    return render(request, "screens/detail.html", context)


def edit_page(request: PageRequest, slug: str, record_id: str) -> HttpResponse:
    """Show and take the form of an existing record."""
    screen = open_screen(request, slug)
    try:
        record = find_record(request, screen, record_id)
    except Http404:
        return gone.show(request, _typed(request, screen), screen.url, screen.title)
    refuse_if(request.visit, record)
    return _form_page(request, screen, record)


def _typed(request: PageRequest, screen: Screen) -> Form:
    """Return the form of what is no longer there, with what was typed into it."""
    return forms.form_of(request, screen.form_fields, screen.slug, None)


def create(request: PageRequest, slug: str) -> HttpResponse:
    """Show and take the form of a new record."""
    screen = open_screen(request, slug)
    refused = refusals.of_new(request.visit, screen)
    if refused:
        raise refused
    if screen.kind.name in screens.OWN_CREATE:
        return redirect(screen.create_url)
    return _form_page(request, screen, None)


def _form_page(request: PageRequest, screen: Screen, record: Record | None) -> HttpResponse:
    columns = _form_columns(request.visit, screen, record)
    form = forms.form_of(request, columns, screen.slug, record)
    if form.is_valid():
        try:
            saved = _save(request, screen, record, form, columns)
        except Gone:
            return gone.show(request, _typed(request, screen), screen.url, screen.title)
        if saved is not None:
            messages.success(request, _("Saved"))
            return redirect(screen.page("detail", saved.pk))
    title = labels.one(record) if record else _("New: %(what)s") % {"what": screen.singular}
    cancel = screen.page("detail", record.pk) if record else screen.url
    context = {"screen": screen, "form": form, "title": title, "cancel": cancel}
    return render(request, "screens/form.html", context, status=forms.status_of(form))


def _save(
    request: PageRequest,
    screen: Screen,
    record: Record | None,
    form: Form,
    columns: list[screens.Column],
) -> Record | None:
    visit = request.visit
    assert visit.user is not None
    values = forms.changed_values(columns, form, record)
    if record is None:
        values |= screen.only
        store = scope.own_store_column(screen.kind)
        if store and store not in values:
            values[store] = visit.store_id
    try:
        return edit.save(
            connection,
            visit.user,
            visit.store_id,
            screen.kind.model,
            values,
            record.pk if record else None,
            shown=form.shown if isinstance(form, EditForm) else None,
        )
    except ValidationError as error:
        forms.add_errors(form, error, screen.kind)
        return None


def _form_columns(visit: Visit, screen: Screen, record: Record | None) -> list[screens.Column]:
    """The store of a record is not asked for where only one is possible."""
    store = scope.own_store_column(screen.kind)
    fixed = store if record is not None or not visit.sees_all_stores else None
    return [column for column in screen.form_fields if column.attname != fixed]


def delete(request: PageRequest, slug: str, record_id: str) -> HttpResponse:
    """Ask whether to delete a record, and delete it."""
    screen = open_screen(request, slug)
    record = find_record(request, screen, record_id)
    refuse_if(request.visit, record)
    context: dict[str, Any] = {"screen": screen, "record": record, "label": labels.one(record)}
    if request.method != "POST":
        return render(request, "screens/delete.html", context)
    visit = request.visit
    assert visit.user is not None
    try:
        edit.delete(connection, visit.user, visit.store_id, screen.kind.model, record.pk)
    except ObjectDoesNotExist:
        raise Http404 from None
    except ValidationError as error:
        return render(
            request, "screens/delete.html", context | {"errors": error.messages}, status=422
        )
    messages.success(request, _("Deleted"))
    return redirect(screen.url)


@require_GET
def choose(request: PageRequest, record_type: str) -> HttpResponse:
    """Offer records whose name holds what was typed."""
    kind = registry().by_name.get(record_type)
    if kind is None:
        raise Http404
    if not request.visit.may_view(kind):
        raise PermissionMissing(kind.permissions.view)
    screen = screens.of_type(kind)
    found = scope.records(request.visit, kind)
    found = visible.in_picker(request.visit, request.GET.get("for", ""), found)
    text = asked.text(request.GET)
    if text:
        found = found.filter(query.label_condition(kind.model, text))
    paths = labels.search_paths(kind.model)
    ids = list(found.order_by(*paths).values_list("pk", flat=True)[: CHOICES_SHOWN + 1])
    names = labels.of(kind.model, ids)
    context = {
        "choices": [(pk, names.get(pk, pk)) for pk in ids[:CHOICES_SHOWN]],
        "more": len(ids) > CHOICES_SHOWN,
        "screen": screen,
    }
    return render(request, "screens/choices.html", context)


def edit_alert(visit: Visit, record: Record) -> Alert | None:
    """Return why the visitor cannot edit a record here, None when they can."""
    return refusals.alert_of(refusals.of_record(visit, record), visit)


def refuse_if(visit: Visit, record: Record) -> None:
    """Raise what stands against editing a record here."""
    refused = refusals.of_record(visit, record)
    if refused:
        raise refused


def create_alert(visit: Visit, kind: RecordType) -> Alert | None:
    """Return why the visitor cannot make a new record of a type here, None when they can."""
    return refusals.alert_of(refusals.of_new(visit, screens.of_type(kind)), visit)


def may_delete(kind: RecordType) -> bool:
    """Return whether records of a type can be deleted at all."""
    return not kind.syncs or kind.removal is not None or "deleted_datetime" in kind.columns
