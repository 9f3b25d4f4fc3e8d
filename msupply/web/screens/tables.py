"""Tables of any record type as files: export of what a list found, templates, import with preview."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from msupply.central import table_makers
from msupply.records.uploads import Upload
from msupply.services.tables import exporting, faulty, files, importing, templates, writing
from msupply.services.tables.columns import columns_of
from msupply.services.tables.plans import Plan, RowError
from msupply.sync.clock import horizon, now
from msupply.web import alerts, downloads
from msupply.web.alerts import Alert
from msupply.web.screens import labels, refusals
from msupply.web.screens.screen import Screen
from msupply.web.screens.views import listing_of, open_screen
from msupply.web.visit import PageRequest

ERRORS_SHOWN = 200
ROWS_SHOWN = 20
KEPT = timedelta(days=1)


class ImportForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )


@require_GET
def export_csv(request: PageRequest, slug: str) -> HttpResponseBase:
    """Give all records that a list found, with all their columns, as a CSV file."""
    screen = open_screen(request, slug)
    found = listing_of(request, screen).found
    lines = exporting.csv_lines(connection, columns_of(screen.kind), found)
    return downloads.csv(lines, screen.slug)


@require_GET
def export_excel(request: PageRequest, slug: str) -> HttpResponseBase:
    """Give all records that a list found, with all their columns, as an Excel workbook."""
    screen = open_screen(request, slug)
    found = listing_of(request, screen).found
    columns = columns_of(screen.kind)
    try:
        book = exporting.excel(connection, columns, found, str(screen.title))
    except ValidationError as error:
        alert = Alert(_("Too many rows"), " ".join(error.messages))
        return alerts.response(request, alert, 422)
    return downloads.excel(book, screen.slug)


@require_GET
def template(request: PageRequest, slug: str, form: str) -> HttpResponseBase:
    """Give a file to fill in."""
    screen = _importable(request, slug)
    columns = templates.fillable(screen.kind, screen.only)
    further = _further(screen)
    if form == "xlsx":
        book = templates.excel_template(columns, str(screen.title), further)
        return downloads.excel(book, f"{screen.slug}-template")
    return downloads.csv([templates.csv_template(columns, further)], f"{screen.slug}-template")


def _further(screen: Screen) -> list[str]:
    """Return the titles that only new records have."""
    maker = table_makers.of(connection, screen.kind)
    return list(maker.further.values()) if maker else []


def _importable(request: PageRequest, slug: str) -> Screen:
    screen = open_screen(request, slug)
    refused = refusals.of_new(request.visit, screen)
    if refused:
        raise refused
    return screen


def import_page(request: PageRequest, slug: str) -> HttpResponse:
    """Take a file, and go on to what its import would do."""
    screen = _importable(request, slug)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = _keep(request, form.cleaned_data["file"])
            _keep_preview(request, screen, upload)
        except ValidationError as error:
            form.add_error("file", error.messages)
        else:
            return redirect(reverse("import-preview", args=[slug, upload.pk]))
    context = {
        "screen": screen,
        "form": form,
        "columns": templates.fillable(screen.kind, screen.only),
        "further": _further(screen),
        "largest": files.LARGEST_FILE,
    }
    return render(request, "screens/import.html", context, status=422 if form.errors else 200)


def _keep(request: PageRequest, file: "UploadedFile[Any]") -> Upload:
    """Keep a file until its import is decided about; forget those that nobody decided about."""
    if (file.size or 0) > files.LARGEST_FILE:
        text = _("The file is larger than {n} MB. Split it.")
        raise ValidationError(text.format(n=files.LARGEST_FILE // 2**20))
    assert request.visit.user is not None
    old = Q(created_datetime__lt=now() - KEPT) | Q(created_datetime__gt=horizon())
    Upload.objects.filter(old).delete()
    return Upload.objects.create(
        user_id=request.visit.user.pk,
        name=(file.name or "")[:200],
        content=gzip.compress(file.read(), 3),
        created_datetime=now(),
    )


def _upload(request: PageRequest, upload_id: str) -> Upload:
    assert request.visit.user is not None
    mine = Upload.objects.filter(user_id=request.visit.user.pk)
    found = mine.filter(pk=upload_id).first()
    if found is None:
        raise Http404
    return found


def _plan(request: PageRequest, screen: Screen, upload: Upload) -> Plan:
    sheet = files.read(gzip.decompress(upload.content))
    maker = table_makers.of(connection, screen.kind)
    return importing.plan(request.visit.viewer, screen.kind, sheet, screen.only, maker)


def _planned(
    view: Callable[[PageRequest, Screen, Upload, Plan], HttpResponseBase],
) -> Callable[[PageRequest, str, str], HttpResponseBase]:
    """Return what acts on a file that waits for a decision; what is wrong with it is told.

    It is planned anew: others may have changed records since it was shown.
    """

    @wraps(view)
    def shown(request: PageRequest, slug: str, upload_id: str) -> HttpResponseBase:
        screen = _importable(request, slug)
        upload = _upload(request, upload_id)
        try:
            return view(request, screen, upload, _plan(request, screen, upload))
        except ValidationError as error:
            alert = Alert(capfirst(_("nothing was imported")), " ".join(error.messages))
            return alerts.response(request, alert, 422)

    return shown


class Shown(msgspec.Struct, frozen=True):
    """One row of the preview: which record, and what becomes of its values."""

    row: int
    is_new: bool
    name: str
    changes: list[tuple[str, str, str]]


class Preview(msgspec.Struct, frozen=True):
    """What an import would do, as it is shown and kept; planning takes too long for each look."""

    language: str
    new: int
    changed: int
    unchanged: int
    faulty: int
    rows: int
    ignored: list[str]
    key: tuple[str, ...]
    key_heading: str
    errors: list[RowError]
    more_errors: bool
    shown: list[Shown]


def _preview(planned: Plan) -> Preview:
    return Preview(
        get_language() or "",
        planned.new,
        planned.changed,
        planned.unchanged,
        planned.faulty,
        len(planned.rows),
        planned.ignored,
        planned.key,
        planned.key_heading,
        planned.errors[:ERRORS_SHOWN],
        len(planned.errors) > ERRORS_SHOWN,
        _shown(planned),
    )


def _keep_preview(request: PageRequest, screen: Screen, upload: Upload) -> Preview:
    """Plan an import, and keep what is shown of it. Raises ValidationError."""
    found = _preview(_plan(request, screen, upload))
    upload.preview = msgspec.json.encode(found)
    upload.save(update_fields=["preview"])
    return found


@require_GET
def preview(request: PageRequest, slug: str, upload_id: str) -> HttpResponse:
    """Show what an import would do, and the errors of its rows."""
    screen = _importable(request, slug)
    upload = _upload(request, upload_id)
    if upload.preview is None:
        raise Http404
    plan = msgspec.json.decode(bytes(upload.preview), type=Preview)
    if plan.language != get_language():
        plan = _keep_preview(request, screen, upload)
    context = {"screen": screen, "upload": upload, "plan": plan}
    return render(request, "screens/import_preview.html", context)


def _shown(planned: Plan) -> list[Shown]:
    found = []
    for row in planned.rows[:ROWS_SHOWN]:
        changes = []
        for column in planned.columns:
            name = column.attname
            if name in row.given:
                old = row.before.get(str(column.field.column)) if row.before else None
                changes.append((column.heading, _text(column, old), _text(column, row.given[name])))
        names = [getattr(row.record, n, "") for n in labels.columns_of(planned.kind.model)]
        text = " · ".join(str(n) for n in names if isinstance(n, (str, int)) and n != "")
        found.append(Shown(row.row, row.is_new, text, changes))
    return found


def _text(column: Any, value: Any) -> str:
    if value is None or value == "":
        return ""
    if column.form.value == "reference":
        return labels.of(column.target, [value]).get(str(value), str(value))
    return str(column.choices.get(value, value))


@require_POST
@_planned
def import_now(request: PageRequest, screen: Screen, upload: Upload, planned: Plan) -> HttpResponse:
    """Write what was previewed: all rows, or the good ones if so asked."""
    good_rows_only = request.POST.get("rows") == "good"

    def take() -> None:
        """Let this be the one that imports the file: the button may have been pressed twice."""
        if not Upload.objects.filter(pk=upload.pk, imported=False).update(imported=True):
            raise ValidationError(_("This file has been imported already."))

    writing.apply(request.visit.viewer, planned, good_rows_only=good_rows_only, first=take)
    if planned.errors:
        messages.warning(
            request, _("%(n)d rows with errors were not imported.") % {"n": planned.faulty}
        )
    else:
        upload.delete()
    done = {"new": planned.new, "changed": planned.changed, "same": planned.unchanged}
    text = _("Imported: %(new)d new, %(changed)d changed, %(same)d unchanged.") % done
    messages.success(request, text)
    made_up = planned.maker.made_up if planned.maker else []
    if not made_up:
        return redirect(screen.url)
    shown = render(request, "screens/import_passwords.html", {"screen": screen, "made_up": made_up})
    shown["Cache-Control"] = "no-store"
    return shown


@require_GET
@_planned
def faulty_rows(
    request: PageRequest, screen: Screen, upload: Upload, planned: Plan
) -> HttpResponseBase:
    """Give the rows with errors back, with a column that says what is wrong with each."""
    if upload.name.lower().endswith(".xlsx"):
        return downloads.excel(faulty.excel_file(planned), f"{screen.slug}-errors")
    return downloads.csv([faulty.csv_file(planned)], f"{screen.slug}-errors")
