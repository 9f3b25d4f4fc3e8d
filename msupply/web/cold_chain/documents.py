"""Documents and photos of equipment: attached here, or fetched from the central server."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from msupply.records.files import SyncFileReference
from msupply.services import assets
from msupply.sync import failure
from msupply.sync.failure import SyncFailure
from msupply.web import alerts
from msupply.web.administration.confirm import Question
from msupply.web.alerts import Alert
from msupply.web.cold_chain import equipment
from msupply.web.screens import labels, views
from msupply.web.visit import PageRequest
from msupply.wire import file_store, file_transfer

# What browsers show without running anything in it; the rest is downloaded.
SHOWN_IN_PAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


class UploadForm(forms.Form):
    """The file to attach."""

    file = forms.FileField(allow_empty_file=True)


@require_POST
def attach(request: PageRequest, asset_id: str) -> HttpResponse:
    """Keep a file with an asset."""
    asset = equipment.find(request, asset_id)
    views.refuse_if(request.visit, asset)
    assert request.visit.user is not None
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
        return redirect("asset", asset_id)
    try:
        assets.attach(
            connection,
            request.visit.user,
            request.visit.store_id,
            asset,
            form.cleaned_data["file"],
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The file is attached."))
    return redirect("asset", asset_id)


def _reference(request: PageRequest, asset_id: str, file_id: str) -> SyncFileReference:
    asset = equipment.find(request, asset_id)
    found = assets.files_of(connection, asset).filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found


@require_GET
def open_file(request: PageRequest, asset_id: str, file_id: str) -> HttpResponseBase:
    """Give a file; one that is not here yet is fetched from the central server first."""
    reference = _reference(request, asset_id, file_id)
    path = file_store.path_of(reference)
    if not path.is_file():
        if not request.visit.here.is_remote or request.visit.here.is_oms_central:
            return _not_here(request)
        try:
            path = file_transfer.fetch_file(connection, reference)
        except SyncFailure as failed:
            title, advice = failure.explain(failed.code)
            return alerts.response(request, Alert(str(title), str(advice)), 503)
    etag = quote_etag(reference.pk)
    known = get_conditional_response(request, etag)
    if known is not None:
        return _kept(known, etag)
    kind = reference.mime_type if reference.mime_type in SHOWN_IN_PAGES else None
    answer = FileResponse(
        path.open("rb"),
        as_attachment=kind is None,
        filename=reference.file_name,
        content_type=kind or "application/octet-stream",
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept(answer, etag)


def _kept(answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    """Let a browser keep a file, and ask each time whether it may still show it.

    A file never changes; a replacement has an id of its own.
    """
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _not_here(request: PageRequest) -> HttpResponse:
    return alerts.response(
        request,
        Alert(
            _("This file is not here yet"),
            _("It arrives from the site where it was attached when that site next synchronises."),
        ),
        404,
    )


def remove(request: PageRequest, asset_id: str, file_id: str) -> HttpResponse:
    """Ask whether to take a file away from an asset, and take it away."""
    asset = equipment.find(request, asset_id)
    views.refuse_if(request.visit, asset)
    reference = _reference(request, asset_id, file_id)
    question = Question(
        _("Remove a document"),
        [_("“%(name)s” is removed from this equipment.") % {"name": reference.file_name}],
        _("Remove"),
        reverse("asset", args=[asset_id]),
        asset.asset_number or labels.one(asset),
    )
    if not question.is_confirmed(request):
        return question.ask(request)
    assert request.visit.user is not None
    assets.remove_file(connection, request.visit.user, request.visit.store_id, asset, reference.pk)
    messages.success(request, _("The file is removed."))
    return redirect("asset", asset_id)
