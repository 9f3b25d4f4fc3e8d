"""Sites, on the mSupply central server: list and edit; see site_actions.py for what ends things."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from msupply.central import sites, sync_report
from msupply.central.sync_report import Freshness, Subject
from msupply.records.activity_types import ActivityType
from msupply.records.sites import ClientType, Site, SiteKind
from msupply.services import edit, instance
from msupply.services.meanwhile import Gone
from msupply.web import asked, gone, page, require
from msupply.web.administration import change_log
from msupply.web.edit_form import EditForm
from msupply.web.visit import PageRequest

# The queue of each of them is counted.
SHOWN = 25
LOGGED = (ActivityType.SITE_CREATED, ActivityType.SITE_RESET)


@dataclass(frozen=True)
class ShownSite:
    """One line of the list."""

    site: Site
    stores: list[str]
    backlog: int
    is_silent: bool


class SiteForm(EditForm):
    """What can be said of a site that exists."""

    client_type = forms.ChoiceField(
        label=gettext_lazy("Client type"), choices=ClientType.choices, required=False
    )
    is_oms_central = forms.BooleanField(
        label=gettext_lazy("Site is Open mSupply central server"), required=False
    )
    url = forms.CharField(
        label=gettext_lazy("This site's URL"),
        required=False,
        help_text=gettext_lazy("The address at which other sites reach it."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Show the sites, page by page, and how far behind they are."""
    require.central_admin(request)
    text = asked.text(request.GET)
    found = Site.objects.order_by("site_id")
    if text:
        found = found.filter(sync_report.holds(connection, Subject.SITES, text))
    shown = asked.page(request, found, SHOWN)

    context = {
        "sites": _shown(list(shown)),
        "text": text,
    } | asked.turning(shown, q=text)
    template = "manage/sites_table.html" if request.htmx else "manage/sites.html"
    return render(request, template, context)


def _shown(found: list[Site]) -> list[ShownSite]:
    names = sync_report.stores_of(connection, [site.site_id for site in found])
    backlogs = sites.backlogs(connection, found)
    return [
        ShownSite(
            site,
            names.get(site.site_id, []),
            backlogs.get(site.site_id, 0),
            sync_report.freshness(site) in (Freshness.SILENT, Freshness.NEVER),
        )
        for site in found
    ]


def _is_here(site: Site) -> bool:
    return site.kind == SiteKind.CENTRAL


def edit_page(request: PageRequest, site_id: str) -> HttpResponse:
    """Change a site."""
    require.central_admin(request)
    site = Site.objects.filter(pk=site_id).first()
    now = {name: getattr(site, name, None) for name in SiteForm.base_fields}
    form = SiteForm(request, now)
    if site is None:
        return gone.show(request, form, reverse("sites"), _("Sites"))
    if form.is_valid():
        try:
            _change(request, site, form)
        except Gone:
            return gone.show(request, form, reverse("sites"), _("Sites"))
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect("site", site.pk)
    context = {
        "form": form,
        "site": site,
        "is_here": _is_here(site),
        "log": change_log.entries(site.pk, LOGGED),
    }
    return render(request, "manage/site.html", context, status=form.status)


def _change(request: PageRequest, site: Site, form: SiteForm) -> None:
    changed = form.changes
    becomes_oms_central = changed.pop("is_oms_central", None)
    if site.is_oms_central and becomes_oms_central is False:
        text = _("Tick this box at another site instead: one site must have it.")
        raise ValidationError({"is_oms_central": text})
    if changed.get("url"):
        changed["url"] = instance.check_url(changed["url"])
    if not changed.get("client_type"):
        changed.pop("client_type", None)
    visit = request.visit
    assert visit.user is not None
    with transaction.atomic():
        saved = edit.save(
            connection, visit.user, visit.store_id, Site, changed, site.pk, shown=form.shown
        )
        if becomes_oms_central or ("url" in changed and saved.is_oms_central):
            sites.make_oms_central(connection, saved)
