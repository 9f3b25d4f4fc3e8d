"""Moving a store, step by step: where to, what must be so before, how far it is, giving it up.

All that the page shows is read from the database, so it may be closed and opened again.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from msupply.central import store_move
from msupply.central.store_move import MoveCheck, MoveProgress
from msupply.records.sites import Site
from msupply.records.store_moves import MoveState, StoreMove
from msupply.records.stores import Store
from msupply.web import page, require
from msupply.web.administration import frame, unlock
from msupply.web.idle import polled
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest

PAST_MOVES = 10


class MoveForm(forms.Form):
    """Where a store goes, and what its old site keeps."""

    to = forms.CharField(
        label=gettext_lazy("Move to the site"), max_length=100, widget=ChooserInput(Site)
    )
    keep = forms.ChoiceField(
        label=gettext_lazy("What the old site keeps"),
        required=False,
        choices=(
            ("", gettext_lazy("What it has now; it gets no more than transfers.")),
            ("collector", gettext_lazy("A full copy to read, which stays up to date (collector).")),
        ),
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )

    def clean_keep(self) -> bool:
        """Tell whether the old site keeps a full copy."""
        return bool(self.cleaned_data["keep"] == "collector")

    def clean_to(self) -> Site:
        """Find the site; the search field gives its record id."""
        site = Site.objects.filter(pk=self.cleaned_data["to"]).first()
        if site is None:
            raise ValidationError(_("Choose a site of the list."))
        return site


@dataclass(frozen=True)
class Step:
    """One step of a move; `state` is waiting, active or done."""

    label: str | Promise
    state: str


@require_GET
def tab(request: PageRequest, store_id: str) -> HttpResponse:
    """Show the move that goes on, or what is needed to begin one."""
    store = _store(request, store_id)
    move = store_move.open_move(connection, store.pk)
    if move is not None:
        return render(request, "administration/move.html", _of_move(request, store, move))
    form = MoveForm(request.GET) if "to" in request.GET else MoveForm()
    return render(request, "administration/move.html", _of_plan(request, store, form))


def _store(request: PageRequest, store_id: str) -> Store:
    require.central_admin(request)
    return get_object_or_404(Store.objects.select_related("name"), pk=store_id)


def _of_plan(request: PageRequest, store: Store, form: MoveForm) -> dict[str, Any]:
    context = frame.of_store(request, store, "store-move") | {
        "form": form,
        "past": _past(store),
    }
    # A plan that was refused as a whole is shown again, with its problems as they are now.
    if form.is_bound and not {"to", "keep"} & set(form.errors):
        check = _check(store, form)
        context |= {
            "target": form.cleaned_data["to"],
            "keeps": form.cleaned_data["keep"],
            "check": check,
            "refused": [text for text in form.non_field_errors() if text not in check.problems],
            "plan_url": f"{reverse('store-move', args=[store.pk])}?{urlencode(_asked(form))}",
        }
    return context


def _asked(form: MoveForm) -> dict[str, str]:
    values = form.cleaned_data
    return {"to": values["to"].pk, "keep": "collector" if values["keep"] else ""}


def _check(store: Store, form: MoveForm) -> MoveCheck:
    values = form.cleaned_data
    return store_move.check(
        connection, store.pk, values["to"].site_id, keep_collector=values["keep"]
    )


def _past(store: Store) -> list[MoveProgress]:
    ended = StoreMove.objects.filter(
        store_id=store.pk, state__in=[MoveState.DONE, MoveState.CANCELLED]
    )
    moves = ended.order_by("-pk")[:PAST_MOVES]
    return [store_move.progress(connection, move) for move in moves]


@polled
@require_GET
def checklist(request: PageRequest, store_id: str) -> HttpResponse:
    """Show the live part of a plan: what stands against it, and what will be waited for."""
    store = _store(request, store_id)
    form = MoveForm(request.GET)
    context = _of_plan(request, store, form)
    context["only_conditions"] = request.GET.get("part") == "conditions" and "check" in context
    part = "move_conditions" if context["only_conditions"] else "move_checklist"
    return render(request, f"administration/{part}.html", context)


@require_POST
def start(request: PageRequest, store_id: str) -> HttpResponse:
    """Freeze the store, and let the move begin."""
    store = _store(request, store_id)
    unlock.require(request)
    form = MoveForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            store_move.start(
                connection,
                store.pk,
                values["to"].site_id,
                keep_collector=values["keep"],
                user=request.visit.user,
            )
        except ValidationError as error:
            page.add_errors(form, error, {"site": "to"})
        else:
            return redirect("store-move", store.pk)
    context = _of_plan(request, store, form)
    return render(request, "administration/move.html", context, status=422)


@polled
@require_GET
def progress(request: PageRequest, store_id: str) -> HttpResponse:
    """Show the live part of a move; with another state the whole page is drawn anew."""
    store = _store(request, store_id)
    move = store_move.open_move(connection, store.pk)
    if move is None or move.state != request.GET.get("state"):
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "administration/move_progress.html", _of_move(request, store, move))


def _of_move(request: PageRequest, store: Store, move: StoreMove) -> dict[str, Any]:
    shown = store_move.progress(connection, move)
    return frame.of_store(request, store, "store-move") | {
        "move": move,
        "progress": shown,
        "done": shown.total - shown.left,
        "percent": 100 - shown.left * 100 // shown.total if shown.total else 100,
        "steps": _steps(move),
        "past": _past(store),
    }


def _steps(move: StoreMove) -> list[Step]:
    sending = move.state == MoveState.SENDING
    return [
        Step(gettext_lazy("Frozen"), "done"),
        Step(gettext_lazy("The old site sends what it has"), "done" if sending else "active"),
        Step(gettext_lazy("Sending to the new site"), "active" if sending else "waiting"),
        Step(gettext_lazy("Done"), "waiting"),
    ]


@require_POST
def cancel(request: PageRequest, store_id: str) -> HttpResponse:
    """Give the move up; the store is free again where it was."""
    store = _store(request, store_id)
    unlock.require(request)
    move = store_move.open_move(connection, store.pk)
    try:
        if move is not None:
            store_move.cancel(connection, move.pk, request.visit.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The move is cancelled. The store is edited where it was."))
    return redirect("store-move", store.pk)
