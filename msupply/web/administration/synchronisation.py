"""A store's Synchronisation tab: where it is active, which sites have a copy, and of what."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from msupply.central import resync, store_sync
from msupply.central.store_sync import SiteSetting
from msupply.records.activity_types import ActivityType
from msupply.records.stores import Store, StoreMode
from msupply.services.permissions import SERVER_ADMIN
from msupply.sync.placement import SyncType
from msupply.web import asked, require
from msupply.web.administration import change_log, frame, looks, unlock
from msupply.web.administration.confirm import Question
from msupply.web.visit import PageRequest

# The sites on one page; others are searched for.
SHOWN = 50
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
    """One site of the table; `error` is what was wrong with what was chosen for it."""

    setting: SiteSetting
    error: str = ""

    @property
    def mark(self) -> looks.Mark:
        """What the store is there now."""
        return looks.mark(self.setting.sync_type)

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """What may be chosen, each with its word."""
        return [(kind.value, looks.CHOICE_WORDS[kind]) for kind in self.setting.choices]


@dataclass
class _Errors:
    """What was refused: of the whole form, or of one site's line by its number."""

    general: list[str] = field(default_factory=list)
    by_site: dict[int, str] = field(default_factory=dict)


def tab(request: PageRequest, store_id: str) -> HttpResponse:
    """Show how a store is synchronised; change it while the padlock is open."""
    require.central(request)
    store = get_object_or_404(Store.objects.select_related("name"), pk=store_id)
    errors = _Errors()
    if request.method == "POST":
        _require_open(request)
        try:
            with transaction.atomic():
                _save(request, store, errors)
        except ValidationError as error:
            errors.general += [] if errors.by_site else error.messages
        else:
            messages.success(request, _("Saved"))
            return redirect("store-sync", store.pk)
    return _show(request, store, errors)


def _require_open(request: PageRequest) -> None:
    require.permission(request, SERVER_ADMIN)
    unlock.require(request)


def _show(request: PageRequest, store: Store, errors: _Errors) -> HttpResponse:
    text = asked.text(request.GET)
    settings = store_sync.settings_of(connection, store, text=text, most=SHOWN)
    wrong = bool(errors.general or errors.by_site)
    context = frame.of_store(request, store, "store-sync") | {
        "settings": settings,
        "text": text,
        "lines": [Line(s, errors.by_site.get(s.site.site_id, "")) for s in settings.sites],
        "errors": errors.general,
        "may_unlock": request.visit.may(SERVER_ADMIN),
        "log": change_log.entries(store.pk, LOGGED),
    }
    status = 422 if wrong else 200
    return render(request, "administration/synchronisation.html", context, status=status)


def _save(request: PageRequest, store: Store, errors: _Errors) -> None:
    """Make every change that was asked for, or none. Raises ValidationError."""
    user = request.visit.user
    for number, chosen in _chosen(request):
        if number == store.site_id:
            continue
        with _at(errors, number):
            if chosen not in {kind.value for kind in SyncType}:
                raise ValidationError(_("Choose one of the offered values."))
            store_sync.set_sync_type(connection, store.pk, number, SyncType(chosen), user)
    local = request.POST.get("local", "")
    if local.isdecimal() and len(local) < 10 and int(local) != store.site_id:
        with _at(errors, int(local)):
            store_sync.set_local(connection, store.pk, int(local), user)
    if store.store_mode == StoreMode.DISPENSARY:
        include = "include_transactions" in request.POST
        store_sync.set_include_transactions(connection, store.pk, include, user)
    if "resync_patients" in request.POST:
        resync.resync_patients(connection, store.pk, user)


def _chosen(request: PageRequest) -> Iterator[tuple[int, str]]:
    """Return the sites of the form by number, each with the sync type that was chosen."""
    for name, chosen in request.POST.items():
        number = name.removeprefix("sync_")
        if name != number and number.isdecimal() and len(number) < 10:
            yield int(number), str(chosen)


@contextmanager
def _at(errors: _Errors, site_id: int) -> Iterator[None]:
    """Show what a service refuses at the line of a site."""
    try:
        yield
    except ValidationError as error:
        errors.by_site[site_id] = " ".join(error.messages)
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
