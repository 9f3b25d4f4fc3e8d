"""Sites, on the mSupply central server: list, add, edit, reset of the hardware id."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from msupply.central import sites
from msupply.records.sites import Site, SiteKind
from msupply.records.stores import Store
from msupply.services import edit, instance
from msupply.services.permissions import PermissionMissing
from msupply.sync.clock import now
from msupply.web import alerts, page
from msupply.web.page import FormPage
from msupply.web.visit import PageRequest

SILENT_AFTER = timedelta(days=30)
FORM_NAMES = {"store": "stores"}


@dataclass(frozen=True)
class ShownSite:
    """One line of the list."""

    site: Site
    stores: list[str]
    backlog: int
    is_silent: bool


class SiteForm(forms.Form):
    """What can be said of a site that exists."""

    is_oms_central = forms.BooleanField(
        label=gettext_lazy("Site is Open mSupply central server"), required=False
    )
    url = forms.CharField(
        label=gettext_lazy("This site's URL"),
        required=False,
        help_text=gettext_lazy("The address at which other sites reach it."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


class NewSiteForm(SiteForm):
    """What a new site needs; stores that are used elsewhere are not offered."""

    name = forms.CharField(label=gettext_lazy("Site name"), max_length=100)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        help_text=gettext_lazy("It is entered once at the site, when it is initialised."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    stores = forms.MultipleChoiceField(
        label=gettext_lazy("Stores that are active on this site"),
        required=False,
        widget=page.Ticks(),
    )
    new_store_code = forms.CharField(label=gettext_lazy("Code of a new store"), required=False)
    new_store_name = forms.CharField(label=gettext_lazy("Name of a new store"), required=False)
    field_order = (
        "name",
        "password",
        "stores",
        "new_store_code",
        "new_store_name",
        "is_oms_central",
        "url",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stores"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = _free_stores()

    def clean(self) -> dict[str, Any]:
        """A new store has both a code and a name."""
        values = super().clean() or {}
        for given, missing in (
            ("new_store_code", "new_store_name"),
            ("new_store_name", "new_store_code"),
        ):
            if values.get(given) and not values.get(missing):
                self.add_error(missing, _("A new store needs a code and a name."))
        return values


def _free_stores() -> list[tuple[str, str]]:
    """Return the stores that no initialised site uses."""
    used = Site.objects.exclude(initialisation_status="new").values_list("site_id", flat=True)
    free = Store.objects.exclude(site_id__in=list(used)).select_related("name").order_by("code")
    return [(store.code, f"{store.name.name} ({store.code})") for store in free]


def require_admin(request: PageRequest) -> None:
    """Let administrators of the mSupply central server pass; the place counts first."""
    if not request.visit.here.is_central:
        raise alerts.central_only()
    if not request.visit.may("SERVER_ADMIN"):
        raise PermissionMissing("SERVER_ADMIN")


@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Show all sites, and how far behind they are."""
    require_admin(request)
    return render(request, "manage/sites.html", {"sites": _shown()})


def _shown() -> list[ShownSite]:
    names: dict[int, list[str]] = {}
    for site_id, name in Store.objects.order_by("code").values_list("site_id", "name__name"):
        names.setdefault(site_id, []).append(name)
    return [
        ShownSite(
            site,
            names.get(site.site_id, []),
            0 if _is_here(site) else sites.backlog(connection, site),
            not _is_here(site) and _is_silent(site),
        )
        for site in Site.objects.order_by("site_id")
    ]


def _is_here(site: Site) -> bool:
    return site.kind == SiteKind.CENTRAL


def _is_silent(site: Site) -> bool:
    last = site.last_connection_datetime
    return last is None or now() - last > SILENT_AFTER


def create(request: PageRequest) -> HttpResponse:
    """Add a site."""
    require_admin(request)
    form = NewSiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            site = _add(form.cleaned_data)
        except ValidationError as error:
            page.add_errors(form, error, FORM_NAMES)
        else:
            messages.success(
                request, _("The site “%(name)s” can now connect.") % {"name": site.name}
            )
            return redirect("sites")
    frame = FormPage(_("New site"), reverse("sites"), _("Sites"), _("Save"))
    return page.show(request, frame, form)


def _add(values: dict[str, Any]) -> Site:
    stores: list[sites.StoreChoice] = [(code, None) for code in values["stores"]]
    if values["new_store_code"]:
        stores.append((values["new_store_code"], values["new_store_name"]))
    return sites.add_site(
        connection,
        values["name"],
        values["password"],
        stores,
        values["is_oms_central"],
        values["url"],
    )


def edit_page(request: PageRequest, site_id: str) -> HttpResponse:
    """Change a site."""
    require_admin(request)
    site = get_object_or_404(Site, pk=site_id)
    form = SiteForm(
        request.POST or None, initial={"url": site.url, "is_oms_central": site.is_oms_central}
    )
    if _is_here(site):
        del form.fields["password"]
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, site, form)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect("sites")
    context = {"form": form, "site": site, "is_here": _is_here(site)}
    return render(request, "manage/site.html", context, status=422 if form.errors else 200)


def _change(request: PageRequest, site: Site, form: SiteForm) -> None:
    values = form.cleaned_data
    if site.is_oms_central and not values["is_oms_central"]:
        text = _("Tick this box at another site instead: one site must have it.")
        raise ValidationError({"is_oms_central": text})
    url = instance.check_url(values["url"]) if values["url"].strip() else ""
    if values.get("password"):
        sites.set_password(connection, site, values["password"])
    assert request.visit.user is not None
    changed = {"url": url} if url != site.url else {}
    edit.save(connection, request.visit.user, request.visit.store_id, Site, changed, site.pk)
    site.url = url
    if values["is_oms_central"]:
        sites.make_oms_central(connection, site)


@require_POST
def reset(request: PageRequest, site_id: str) -> HttpResponse:
    """Free a site for another device."""
    require_admin(request)
    site = get_object_or_404(Site, pk=site_id)
    try:
        sites.reset_hardware_id(connection, site.name)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = _("The site “%(name)s” can now be initialised on another device.")
        messages.success(request, text % {"name": site.name})
    return redirect("site", site_id)
