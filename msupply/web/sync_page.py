"""The Sync page: how it goes, Sync now, what could not be taken, and the settings."""

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from msupply.central import clock_words, failing, integration
from msupply.records.security_log import SecurityEvent
from msupply.services import instance, meanwhile
from msupply.services.instance import check_url
from msupply.services.meanwhile import Conflict
from msupply.sync import cycle, driver, failure, left_out, log, quarantine
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.failure import SyncFailure
from msupply.sync.here import Here
from msupply.sync.models import Quarantined, Setting
from msupply.web import asked, require, sync_state
from msupply.web.administration.system_settings import ExceptionForm
from msupply.web.edit_form import EditForm
from msupply.web.idle import polled
from msupply.web.password_again import asks_password
from msupply.web.screens import screen
from msupply.web.visit import PageRequest
from msupply.wire import file_transfer, security_log

QUARANTINED_SHOWN = 20
LEFT_OUT_SHOWN = 50
SHORTEST_INTERVAL = 10
SERVER_ADMIN = "SERVER_ADMIN"


@require_GET
def sync_page(request: PageRequest) -> HttpResponse:
    """Show everything about synchronisation that this user may see."""
    here, may_set = request.visit.here, request.visit.may(SERVER_ADMIN)
    url = here.own_url or request.build_absolute_uri("/").rstrip("/")
    context = _status(here) | {"server_url": url, "qr": _qr(url), "may_set": may_set}
    # What could not be taken may belong to any store.
    kept_back = _quarantined(request) if may_set else {}
    context["little_room"] = sync_state.has_little_room()
    return render(request, "sync/page.html", context | kept_back)


@polled
@require_GET
def status(request: PageRequest) -> HttpResponse:
    """Show the live part of the page; a central server has none."""
    if not request.visit.here.is_remote:
        return HttpResponse(status=204)
    return render(request, "sync/status.html", _status(request.visit.here))


@require_POST
def sync_now(request: PageRequest) -> HttpResponse:
    """Ask for a cycle; whoever is logged in may."""
    if not request.visit.here.is_remote:
        return redirect("sync")
    driver.request_cycle(connection)
    if request.htmx:
        return render(request, "sync/status.html", _status(request.visit.here))
    return redirect("sync")


@require_POST
def retry_files(request: PageRequest) -> HttpResponse:
    """Try the files again that failed; whoever is logged in may."""
    if request.visit.here.is_remote and file_transfer.retry_all(connection):
        messages.success(request, _("The files are tried again."))
    return redirect("sync")


def _status(here: Here) -> dict[str, Any]:
    if not here.is_remote:
        return {"sync": None}
    shown = sync_state.shown()
    asked = Setting.objects.filter(key="cycle_request").exists()
    return {
        "sync": shown,
        "busy": shown.running or asked,
        "last_success": log.last_success(connection),
        "queue_length": sync_state.queue_length(),
        "files": file_transfer.waiting(connection),
        "clock_advice": clock_words.advice(),
        "clock": clock_words.of_here(here),
    }


def _qr(url: str) -> str:
    drawing = segno.make(url, error="m").svg_inline(scale=4, border=2)
    return mark_safe(drawing)  # noqa: S308 - drawn by segno, the text is encoded in squares


def _quarantined(request: PageRequest) -> dict[str, Any]:
    rows = Quarantined.objects.order_by("-id")
    found = asked.page(request, rows, QUARANTINED_SHOWN)
    shown = [
        (row, _type_name(row), quarantine.in_words(row.reason, row.reason_values))
        for row in found.object_list
    ]
    return {"quarantined": found, "quarantined_rows": shown} | _left_out(request)


def _left_out(request: PageRequest) -> dict[str, Any]:
    """Return the records that cannot be sent as they are."""
    rows = left_out.noted(connection)
    shown = []
    for row in rows[:LEFT_OUT_SHOWN]:
        kind = registry().by_number.get(row.record_type)
        if kind:
            reason = quarantine.in_words(row.reason, row.reason_values)
            url = screen.of_type(kind).page("detail", row.record_id)
            shown.append((row, str(kind.model._meta.verbose_name), reason, url))
    return {"left_out_count": rows.count(), "left_out_rows": shown}


def _type_name(row: Quarantined) -> str:
    kind = registry().by_wire[Wire(row.wire)].get(row.table_name)
    return str(kind.model._meta.verbose_name) if kind else row.table_name


@require_POST
def retry_quarantined(request: PageRequest) -> HttpResponse:
    """Try records again: one, or all of them."""
    require.permission(request, SERVER_ADMIN)
    rows = Quarantined.objects.all()
    if request.POST.get("id", "").isdecimal():
        rows = rows.filter(pk=int(request.POST["id"][:18]))
    sources = quarantine.requeue(connection, rows.values_list("pk", flat=True))
    _integrate_soon(request.visit.here, sources)
    messages.success(request, _("The records are tried again."))
    return redirect("sync")


def _integrate_soon(here: Here, sources: set[int | None]) -> None:
    if here.is_remote:
        driver.request_cycle(connection)
    for source in sources:
        if source is not None and here.served:
            failing.try_now(connection, source)
        elif here.is_central:
            integration.integrate_sources(connection, here, {source})


class SettingsForm(EditForm):
    """How a remote site synchronises."""

    url = forms.CharField(label=gettext_lazy("URL"), widget=forms.URLInput())
    site_name = forms.CharField(label=gettext_lazy("Site name"))
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        help_text=gettext_lazy("Needed only to change the URL, the site name or the password."),
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    interval_seconds = forms.IntegerField(
        label=gettext_lazy("Interval, in seconds"), min_value=SHORTEST_INTERVAL, max_value=86400
    )

    def clean(self) -> dict[str, Any]:
        """A changed address is checked with the server, for which the password is needed."""
        values = super().clean() or {}
        changed = {"url", "site_name"} & set(self.changed_data)
        if changed and not values.get("password") and "password" not in self.errors:
            self.add_error("password", _("Enter the site's password to change these settings."))
        return values


class OwnAddressForm(EditForm):
    """Where others reach this server."""

    own_url = forms.CharField(
        label=gettext_lazy("URL of this server"), widget=forms.URLInput(), required=False
    )

    def clean_own_url(self) -> str:
        """Check the address as everywhere else."""
        url = str(self.cleaned_data["own_url"]).strip()
        if not url:
            return ""
        try:
            return check_url(url)
        except forms.ValidationError as error:
            raise forms.ValidationError(error.messages) from None


@asks_password
def settings(request: PageRequest) -> HttpResponse:
    """Show and change how this instance synchronises."""
    require.permission(request, SERVER_ADMIN)
    here = request.visit.here
    problem = None
    form = _settings_form(request, here)
    if request.method == "POST" and form.is_valid():
        try:
            _change_settings(here, form)
        except Conflict as conflict:
            form.tell(conflict)
        except SyncFailure as refused:
            title, advice = failure.explain(refused.code)
            problem = {"title": title, "advice": advice, "detail": refused.detail}
        else:
            messages.success(request, _("Saved"))
            return redirect("sync")
    exception = ExceptionForm(request, {"local_procurement": here.local_procurement})
    context = {"form": form, "problem": problem, "back": reverse("sync"), "exception": exception}
    status = 422 if problem else form.status
    return render(request, "sync/settings.html", context, status=status)


def _settings_form(request: PageRequest, here: Here) -> EditForm:
    if not here.is_remote:
        return OwnAddressForm(request, {"own_url": here.own_url})
    return SettingsForm(
        request,
        {
            "url": here.central_url,
            "site_name": here.site_name,
            "interval_seconds": here.interval_seconds,
        },
    )


def _change_settings(here: Here, form: EditForm) -> None:
    changed, shown = form.changes, form.shown
    if here.is_remote:
        password = changed.pop("password", "")
        reached: dict[str, Any] = {
            name: changed.pop(name) for name in ("url", "site_name") if name in changed
        }
        now_here = {"url": here.central_url, "site_name": here.site_name}
        meanwhile.check(shown, reached, now_here)
        if password:
            wanted = now_here | reached
            cycle.initialise_site(connection, wanted["url"], wanted["site_name"], password)
    instance.change(connection, changed, shown)
    _note(form)


def _note(form: EditForm) -> None:
    for name, after in form.changes.items():
        if name == "password":
            security_log.note(connection, SecurityEvent.SITE_PASSWORD_SET)
            continue
        security_log.note(
            connection,
            SecurityEvent.SETTING_CHANGED,
            setting=name,
            before=str(form.initial.get(name)),
            after=str(after),
        )
