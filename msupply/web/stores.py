"""Stores of the whole system, on the mSupply central server: list, matrix, new, edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from msupply.central import store_matrix, stores
from msupply.central.store_matrix import Page, StoreRow
from msupply.records.sites import Site
from msupply.records.stores import Store, StoreMode
from msupply.services import edit
from msupply.services.meanwhile import Gone
from msupply.services.permissions import EDIT_CENTRAL_DATA
from msupply.sync.placement import SyncType
from msupply.web import asked, gone, page, require
from msupply.web.administration import frame, looks, visibility_copy
from msupply.web.administration.visibility_copy import TemplateField
from msupply.web.edit_form import EditForm
from msupply.web.page import FormPage
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest

# Longer lists of sites are not offered to choose from: the number is typed.
LONGEST_CHOICE = 300
# More columns than this nobody can read: larger countries are looked at by site or by store.
WIDEST_MATRIX = 15
BADGES = 4


class StoreForm(forms.Form):
    """A store: its name, its code, the site where it is active."""

    store_name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=100)
    store_mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=StoreMode.choices,
        required=False,
        help_text=gettext_lazy("Only dispensaries have patients and prescriptions."),
    )
    site = forms.CharField(
        label=gettext_lazy("Active on the site"), max_length=100, widget=ChooserInput(Site)
    )
    template = TemplateField(
        label=gettext_lazy("It sees the same as the store"),
        required=False,
        help_text=gettext_lazy(
            "Its customers, suppliers and items; and the stores that see it will see the new one."
        ),
    )

    def clean_site(self) -> Site:
        """Find the site; the search field gives its record id."""
        site = Site.objects.filter(pk=self.cleaned_data["site"]).first()
        if site is None:
            raise ValidationError(_("Choose a site of the list."))
        return site


class StoreEditForm(EditForm):
    """What may be changed of a store; its name belongs to the customer or supplier it is paired with."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=100)
    store_mode = forms.ChoiceField(label=gettext_lazy("Mode"), choices=StoreMode.choices)
    is_disabled = forms.BooleanField(label=gettext_lazy("Disabled"), required=False)


@dataclass(frozen=True)
class Search:
    """What the reader looks for: a part of a name or code, and a site."""

    text: str
    site: int | None
    page: int

    @classmethod
    def of(cls, request: PageRequest) -> "Search":
        """Read what was asked; what is no number counts as not asked."""
        text = asked.text(request.GET)
        return cls(text, _number(request, "site"), _number(request, "page") or 1)

    def found(self) -> "Page[StoreRow]":
        """Return the page of stores that was asked for."""
        return store_matrix.matrix(
            connection,
            search=self.text,
            site_id=self.site,
            page=self.page,
            most_copies=WIDEST_MATRIX,
        )

    def address(self, page_number: int) -> str:
        """Return the parameters of another page of the same search."""
        wanted = {"q": self.text, "site": self.site or "", "page": page_number}
        return "?" + urlencode({key: value for key, value in wanted.items() if value != ""})


def _number(request: PageRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@dataclass(frozen=True)
class Badges:
    """The first sites of one type, and how many more there are."""

    marks: list[looks.Mark]
    more: int


@dataclass(frozen=True)
class ShownRow:
    """A store with its badges."""

    row: StoreRow

    @property
    def active(self) -> looks.Mark:
        """The site where it is active."""
        return looks.site_mark(SyncType.ACTIVE, self.row.active.site_id, self.row.active.name)

    @property
    def collectors(self) -> "Badges":
        """The sites that have a full copy."""
        return self._of(SyncType.COLLECTOR)

    @property
    def transfers(self) -> "Badges":
        """The sites that may send it transfers."""
        return self._of(SyncType.TRANSFER)

    def _of(self, kind: SyncType) -> "Badges":
        copies = [copy for copy in self.row.copies if copy.sync_type is kind]
        marks = [looks.site_mark(kind, copy.site_id, copy.name) for copy in copies]
        shown = marks[:BADGES]
        return Badges(shown, len(marks) - len(shown) + self.row.more.get(kind, 0))

    def over(self, sites: Sequence[Site]) -> list[looks.Mark]:
        """Return one badge per site, in the order of the sites."""
        kinds = {place.site_id: place.sync_type for place in self.row.sites}
        return [looks.mark(kinds.get(site.site_id, SyncType.NONE)) for site in sites]


@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Show the stores, with the sites where each is active, collector or transfer."""
    require.central(request)
    template = "manage/stores_table.html" if request.htmx else "manage/stores.html"
    return render(request, template, _listed(request))


@require_GET
def matrix(request: PageRequest) -> HttpResponse:
    """Show the same as a table of stores by sites, where there are few enough sites."""
    require.central(request)
    context = _listed(request)
    sites = list(Site.objects.order_by("site_id")[: WIDEST_MATRIX + 1])
    if len(sites) <= WIDEST_MATRIX:
        context["lines"] = [(shown.row, shown.over(sites)) for shown in context["rows"]]
        context["columns"] = sites
    template = "manage/matrix_table.html" if request.htmx else "manage/matrix.html"
    return render(request, template, context)


def _listed(request: PageRequest) -> dict[str, Any]:
    search = Search.of(request)
    found = search.found()
    sites = list(Site.objects.order_by("name")[: LONGEST_CHOICE + 1])
    return {
        "rows": [ShownRow(row) for row in found.rows],
        "search": search,
        "page_number": found.page,
        "page_total": found.pages,
        "newer": search.address(found.page - 1) if found.page > 1 else "",
        "older": search.address(found.page + 1) if found.page < found.pages else "",
        "sites": sites if len(sites) <= LONGEST_CHOICE else [],
        "legend": [looks.mark(kind) for kind in SyncType if kind is not SyncType.NONE],
        "may_edit": request.visit.may(EDIT_CENTRAL_DATA),
        "widest": WIDEST_MATRIX,
    }


def create(request: PageRequest) -> HttpResponse:
    """Add a store, with the name that it is paired with."""
    require.central_data(request, to_edit=True)
    own_site = Site.objects.filter(site_id=request.visit.here.site_id or 0).first()
    initial = {"site": own_site.pk if own_site else "", "store_mode": StoreMode.DISPENSARY}
    form = StoreForm(request.POST or None, initial=initial)
    note = _("Next you choose which names and items the store sees, and who may work there.")
    if request.visit.here.is_remote:
        del form.fields["site"]
        note = _("On the central server it is then given to its site, and users to it.")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                store = _created(request, form.cleaned_data)
        except ValidationError as error:
            page.add_errors(form, error, {"name": "store_name", "site_number": "site"})
        else:
            messages.success(request, _("The store is created. Next: what it sees."))
            return redirect("store-visibility", store.pk)
    back = frame.list_of_stores(request)
    shown = FormPage(_("New store"), back, _("Stores"), _("Save"), note)
    return page.show(request, shown, form)


def _created(request: PageRequest, values: dict[str, Any]) -> Store:
    site = values.get("site")
    number = site.site_id if site else None
    store = stores.add_store(connection, values["code"], values["store_name"], number)
    if values["store_mode"] and values["store_mode"] != store.store_mode:
        _change(request, store, {"store_mode": values["store_mode"]})
    if values["template"] is not None:
        visibility_copy.copy(request, values["template"], store)
    return store


def edit_page(request: PageRequest, store_id: str) -> HttpResponse:
    """Change a store."""
    require.central(request, EDIT_CENTRAL_DATA)
    store = Store.objects.select_related("name").filter(pk=store_id).first()
    now = {name: getattr(store, name, None) for name in StoreEditForm.base_fields}
    form = StoreEditForm(request, now)
    if store is None:
        return gone.show(request, form, reverse("stores"), _("Stores"))
    if form.is_valid():
        try:
            _change(request, store, form.changes, form.shown)
        except Gone:
            return gone.show(request, form, reverse("stores"), _("Stores"))
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect("store", store.pk)
    context = frame.of_store(request, store, "store") | {"form": form}
    return render(request, "administration/store.html", context, status=form.status)


def _change(
    request: PageRequest,
    store: Store,
    values: dict[str, Any],
    shown: dict[str, Any] | None = None,
) -> None:
    assert request.visit.user is not None
    if "code" in values:
        others = Store.objects.exclude(pk=store.pk).filter(code__iexact=values["code"])
        if others.exists():
            raise ValidationError({"code": _("Another store has this code.")})
    edit.save(
        connection,
        request.visit.user,
        request.visit.store_id,
        Store,
        values,
        store.pk,
        shown=shown,
    )
