"""Merging two records that mean the same: which, what would change, and the last word."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.services import merges
from msupply.services.merges import KINDS, Preview
from msupply.services.permissions import PermissionMissing
from msupply.sync.declare import Record
from msupply.sync.ownership import EditRefused
from msupply.web import alerts, page
from msupply.web.screens import cells, labels, screen
from msupply.web.screens.cells import Cell
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest, Visit


@dataclass(frozen=True)
class Line:
    """One value of both records; what differs is marked."""

    kept: Cell
    lost: Cell

    @property
    def differs(self) -> bool:
        """True where something of the record that goes is not kept."""
        return (self.kept.kind, self.kept.text) != (self.lost.kind, self.lost.text)


class PairForm(forms.Form):
    """The record that stays, and the one that goes."""

    keep = forms.CharField(label=gettext_lazy("The record that stays"), max_length=100)
    delete = forms.CharField(label=gettext_lazy("The record that goes"), max_length=100)

    def __init__(self, visit: Visit, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = ChooserInput(KINDS[kind].model, _ASKING.get(kind, ""), visit)


# Patients stand among the names: each search finds its own (screens/visible.py).
_ASKING = {"patient": "patients", "name": "parties"}


def kinds_for(visit: Visit) -> list[tuple[str, str | Promise]]:
    """Return the kinds of records that a visitor has the right to merge, each with its word."""
    return [
        (name, capfirst(str(kind.label)))
        for name, kind in KINDS.items()
        if visit.may(kind.permission)
    ]


def choose_kind(request: PageRequest) -> HttpResponse:
    """Offer the kinds of records."""
    context = {"kinds": kinds_for(request.visit)}
    return render(request, "administration/merge_kinds.html", context)


def pair(request: PageRequest, kind: str) -> HttpResponse:
    """Choose two records, see what would change, and merge them."""
    if kind not in KINDS:
        raise Http404
    what = KINDS[kind]
    if not request.visit.may(what.permission):
        raise PermissionMissing(what.permission)
    given = request.POST or request.GET
    is_whole = bool(given.get("keep") and given.get("delete"))
    asked: dict[str, Any] = {"data": given} if is_whole else {"initial": given.dict()}
    form = PairForm(request.visit, kind, **asked)
    preview = _preview(request, kind, form) if is_whole else None
    if preview is not None and request.method == "POST":
        done = _merged(request, kind, form)
        if done is not None:
            return done
    context: dict[str, Any] = {
        "form": form,
        "kind": kind,
        "title": _("Merge: %(kind)s") % {"kind": what.label},
        "preview": preview,
    }
    if preview is not None:
        turned = urlencode({"keep": preview.lost.pk, "delete": preview.kept.pk})
        context |= {
            "lines": _lines(request.visit, preview),
            "kept_label": labels.one(preview.kept),
            "lost_label": labels.one(preview.lost),
            "swap": f"{reverse('merge', args=[kind])}?{turned}",
        }
    status = 422 if form.errors else 200
    return render(request, "administration/merge.html", context, status=status)


def _preview(request: PageRequest, kind: str, form: PairForm) -> Preview | None:
    if not form.is_valid():
        return None
    visit = request.visit
    keep, delete = _ids(form)
    try:
        return merges.preview(connection, visit.user, visit.store_id, kind, keep, delete)
    except ValidationError as error:
        page.add_errors(form, error, {})
    except EditRefused as refused:
        if request.method == "POST":
            raise
        # Who only looks keeps the two records in sight, and may choose others.
        alert = alerts.of_refusal(refused.refusal, visit.here)
        form.add_error(None, f"{alert.title}. {alert.text}")
    return None


def _ids(form: PairForm) -> tuple[str, str]:
    values = form.cleaned_data
    return values["keep"], values["delete"]


def _merged(request: PageRequest, kind: str, form: PairForm) -> HttpResponse | None:
    visit = request.visit
    keep, delete = _ids(form)
    try:
        merges.merge(connection, visit.user, visit.store_id, kind, keep, delete)
    except ValidationError as error:
        page.add_errors(form, error, {})
        return None
    messages.success(request, _("Merged. Every site does the same when it next synchronises."))
    return redirect("merge", kind)


def _lines(visit: Visit, preview: Preview) -> list[Line]:
    columns = screen.visible_fields(type(preview.kept))
    return [
        Line(kept, lost)
        for kept, lost in zip(
            _values(visit, columns, preview.kept),
            _values(visit, columns, preview.lost),
            strict=True,
        )
        if not kept.kind == lost.kind == "empty"
    ]


def _values(visit: Visit, columns: list[screen.Column], record: Record) -> list[Cell]:
    row = cells.rows(visit, columns, [record], lambda _record: "")[0]
    return row.cells
