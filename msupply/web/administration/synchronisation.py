"""A store's Synchronisation tab: where it is active, which sites have a copy, and of what."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from msupply.central import resync, store_sync
from msupply.central.store_sync import SiteSetting, StoreSyncSettings
from msupply.records.activity_types import ActivityType
from msupply.records.stores import Store, StoreMode
from msupply.services import meanwhile
from msupply.services.meanwhile import Conflict
from msupply.services.permissions import SERVER_ADMIN
from msupply.sync.placement import SyncType
from msupply.web import asked, require
from msupply.web.administration import change_log, frame, looks, places_form, unlock
from msupply.web.administration.confirm import Question
from msupply.web.administration.places_form import TYPE
from msupply.web.edit_form import EditForm
from msupply.web.visit import PageRequest

# The sites on one page; others are searched for.
SHOWN = 50
INCLUDE = "include_transactions"
LOGGED = (
    ActivityType.STORE_SYNC_TYPE_CHANGED,
    ActivityType.STORE_ACTIVE_SITE_CHANGED,
    ActivityType.STORE_TRANSACTIONS_IN_SYNC_CHANGED,
    ActivityType.STORE_MOVE_STARTED,
    ActivityType.STORE_MOVE_CANCELLED,
    ActivityType.STORE_MOVE_FINISHED,
    ActivityType.STORE_RESYNCED,
    ActivityType.STORE_PATIENTS_RESYNCED,
)


@dataclass(frozen=True)
class Line:
    """One site of the table, and the field for what the store is there."""

    setting: SiteSetting
    field: BoundField

    @property
    def mark(self) -> looks.Mark:
        """What the store is there now."""
        return looks.mark(self.setting.sync_type)

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """What may be chosen, each with its word."""
        return [(kind.value, looks.CHOICE_WORDS[kind]) for kind in self.setting.choices]


def tab(request: PageRequest, store_id: str) -> HttpResponse:
    """Show how a store is synchronised; change it while the padlock is open."""
    require.central(request)
    store = get_object_or_404(Store.objects.select_related("name"), pk=store_id)
    settings = store_sync.settings_of(connection, store, text=asked.text(request.GET), most=SHOWN)
    form = places_form.form_of(request, settings, store_sync.placed(connection, store))
    if request.method == "POST":
        _require_open(request)
        if form.is_valid() and _is_saved(request, store, form):
            messages.success(request, _("Saved"))
            return redirect("store-sync", store.pk)
    return _show(request, store, settings, form)


def _require_open(request: PageRequest) -> None:
    require.permission(request, SERVER_ADMIN)
    unlock.require(request)


def _show(
    request: PageRequest, store: Store, settings: StoreSyncSettings, form: EditForm
) -> HttpResponse:
    context = frame.of_store(request, store, "store-sync") | {
        "settings": settings,
        "text": asked.text(request.GET),
        "form": form,
        "local": places_form.local_of(form),
        "lines": [Line(s, form[f"{TYPE}{s.site.site_id}"]) for s in settings.sites],
        "may_unlock": request.visit.may(SERVER_ADMIN),
        "log": change_log.entries(store.pk, LOGGED),
    }
    return render(request, "administration/synchronisation.html", context, status=form.status)


def _is_saved(request: PageRequest, store: Store, form: EditForm) -> bool:
    """Make every change that was asked for, or none and say why."""
    wanted = _wanted(store, form)
    try:
        with transaction.atomic():
            now = places_form.values(store_sync.placed(connection, store, lock=True), wanted)
            meanwhile.check(form.shown, wanted, now)
            for name, value in wanted.items():
                with _at(form, name):
                    _change(request, store, name, value)
    except Conflict as conflict:
        form.tell(conflict)
    except ValidationError as error:
        if not form.errors:
            form.add_error(None, error.messages)
    return not form.errors


def _wanted(store: Store, form: EditForm) -> dict[str, Any]:
    """Return what the form was changed in, where that means anything."""
    active = f"{TYPE}{store.site_id}"
    return {
        name: value
        for name, value in form.changes.items()
        if value != ""
        and name != active
        and (name != INCLUDE or store.store_mode == StoreMode.DISPENSARY)
    }


def _change(request: PageRequest, store: Store, name: str, value: Any) -> None:
    user, number = request.visit.user, places_form.number_of(name)
    if number is not None:
        store_sync.set_sync_type(connection, store.pk, number, SyncType(value), user)
    elif name == "local":
        store_sync.set_local(connection, store.pk, value, user)
    elif name == INCLUDE:
        store_sync.set_include_transactions(connection, store.pk, value, user)
    elif value:
        resync.resync_patients(connection, store.pk, user)


@contextmanager
def _at(form: EditForm, name: str) -> Iterator[None]:
    """Show what a service refuses at the line of a site."""
    try:
        yield
    except ValidationError as error:
        line = f"{TYPE}{form.cleaned_data[name]}" if name == "local" else name
        form.add_error(line if line in form.fields else None, " ".join(error.messages))
        raise


def resync_store(request: PageRequest, store_id: str) -> HttpResponse:
    """Send all records of a store to its sites once more."""
    require.central(request)
    store = get_object_or_404(Store.objects.select_related("name"), pk=store_id)
    _require_open(request)
    question = Question(
        _("Resync store"),
        [
            _("All records of “%(name)s” are sent again to every site that has the store.")
            % {"name": store.name.name},
            _("Nothing is lost or doubled. The sites need longer for their next synchronisation."),
        ],
        _("Resync store"),
        reverse("store-sync", args=[store.pk]),
        store.name.name,
    )
    if not question.is_confirmed(request):
        return question.ask(request)
    resync.resync_store(connection, store.pk, request.visit.user)
    messages.success(request, _("The records of the store are sent again."))
    return redirect("store-sync", store.pk)
