"""A store's Visibility tab: what it sees, who sees it, and the sync types that follow."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from msupply.central import visibility
from msupply.central.visibility_copy import Parts
from msupply.records.master_lists import MasterList, MasterListLine, MasterListNameJoin
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.services import edit
from msupply.sync import placement
from msupply.sync.declare import Record
from msupply.sync.models import StoreSync
from msupply.sync.placement import SyncType
from msupply.web import asked, page, require
from msupply.web.administration import frame, looks, visibility_copy
from msupply.web.page import FormPage
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest

SHOWN = 50
PARTS: dict[str, str | Promise] = {
    "names": gettext_lazy("Names"),
    "items": gettext_lazy("Items"),
    "patients": gettext_lazy("Patients"),
    "seen": gettext_lazy("Seen by"),
}


class _Chooser(forms.Form):
    """One search field that finds what may become visible."""

    record = forms.CharField(max_length=100)

    def __init__(self, part: str, *args: Any) -> None:
        super().__init__(*args)
        target, label, asking = _CHOSEN[part]
        field = self.fields["record"]
        field.label, field.widget = str(label), ChooserInput(target, asking)
        field.widget.attrs["placeholder"] = _("Add: %(what)s …") % {"what": label}


_CHOSEN: dict[str, tuple[type[Model], str | Promise, str]] = {
    "names": (Name, gettext_lazy("Name"), "parties"),
    "items": (MasterList, gettext_lazy("Master list"), ""),
    "patients": (Name, gettext_lazy("Patient"), "patients"),
    "seen": (Store, gettext_lazy("Store"), ""),
}


def _store(request: PageRequest, store_id: str, *, to_edit: bool = False) -> Store:
    require.central_data(request, to_edit=to_edit)
    return get_object_or_404(Store.objects.select_related("name"), pk=store_id)


@require_GET
def tab(request: PageRequest, store_id: str) -> HttpResponse:
    """Show one part of what a store sees."""
    store = _store(request, store_id)
    part = request.GET.get("part", "names")
    if part not in PARTS:
        raise Http404
    text = asked.text(request.GET)
    found = asked.page(request, _visible(store, part, text), SHOWN)
    context = frame.of_store(request, store, "store-visibility")
    context |= asked.turning(found, part=part, q=text) | {
        "part": part,
        "parts": PARTS.items(),
        "joins": _with_types(request, store, part, found.object_list),
        "template": f"administration/visibility_{part}.html",
        "search_text": text,
        "chooser": _Chooser(part),
        "may_edit": request.visit.may("EDIT_CENTRAL_DATA"),
    }
    return render(request, "administration/visibility.html", context)


def _visible(store: Store, part: str, text: str) -> QuerySet[Any]:
    if part == "items":
        lists = MasterListNameJoin.objects.filter(name_id=store.name_id)
        if text:
            lists = lists.filter(
                Q(master_list__name__icontains=text) | Q(master_list__code__icontains=text)
            )
        lines = MasterListLine.objects.filter(master_list_id=OuterRef("master_list_id"))
        count = lines.order_by().values("master_list_id").annotate(n=Count("pk")).values("n")
        counted = lists.annotate(items=Coalesce(Subquery(count), 0))
        return counted.select_related("master_list").order_by("master_list__name", "pk")
    if part == "seen":
        viewers = NameStoreJoin.objects.filter(name_id=store.name_id).exclude(store=store)
        if text:
            viewers = viewers.filter(
                Q(store__name__name__icontains=text) | Q(store__code__icontains=text)
            )
        return viewers.select_related("store__name").order_by("store__code", "pk")
    joins = NameStoreJoin.objects.filter(store=store, name__deleted_datetime=None)
    patients = Q(name__type="PATIENT")
    joins = joins.filter(patients if part == "patients" else ~patients)
    if text:
        joins = joins.filter(Q(name__name__icontains=text) | Q(name__code__icontains=text))
    return joins.select_related("name").order_by("name__name", "pk")


def _with_types(
    request: PageRequest, store: Store, part: str, joins: Iterable[Any]
) -> list[tuple[Record, looks.Mark | None]]:
    """Return each join with the sync type that follows from it, where it is one of two stores."""
    if not request.visit.here.is_central:
        # A primary server does not know what other sites have.
        return [(join, None) for join in joins]
    if part == "names":
        return _with_stores(store, list(joins))
    if part == "seen":
        types = placement.of_store(connection, store.pk)
        return [(j, looks.mark(types.get(j.store.site_id, SyncType.NONE))) for j in joins]
    return [(join, None) for join in joins]


def _with_stores(
    store: Store, joins: list[NameStoreJoin]
) -> list[tuple[Record, looks.Mark | None]]:
    """Return each visible name, with what it is on this store's site where it is a store."""
    names = [join.name_id for join in joins]
    behind = dict(Store.objects.filter(name_id__in=names).values_list("name_id", "pk"))
    on_site = placement.of_site(connection, store.site_id)
    kinds = dict.fromkeys(on_site.transfer, SyncType.TRANSFER)
    kinds |= dict.fromkeys(on_site.collected, SyncType.COLLECTOR)
    kinds |= dict.fromkeys(on_site.active, SyncType.ACTIVE)
    return [
        (join, looks.mark(kinds.get(found, SyncType.NONE)) if found else None)
        for join in joins
        for found in [behind.get(join.name_id)]
    ]


@require_POST
def add(request: PageRequest, store_id: str) -> HttpResponse:
    """Make a name, a master list or a patient visible in a store."""
    store = _store(request, store_id, to_edit=True)
    part = request.POST.get("part", "")
    model, values = _join(store, part, asked.text(request.POST, "record"))
    if edit.rows_of(connection, model).filter(**values).exists():
        messages.info(request, _("It is visible already."))
        return _back(store, part)
    assert request.visit.user is not None
    with transaction.atomic():
        before = _types(values["name_id"])
        edit.save(connection, request.visit.user, request.visit.store_id, model, values)
        _follow(values["name_id"])
        _tell(request, before, _types(values["name_id"]))
    messages.success(request, _("Saved"))
    return _back(store, _part_of(part, values))


def _part_of(part: str, values: dict[str, str]) -> str:
    """Return where what was added is listed: the search for a name finds patients too."""
    if part not in ("names", "patients"):
        return part
    is_patient = Name.objects.filter(pk=values["name_id"], type="PATIENT").exists()
    return "patients" if is_patient else "names"


def _join(store: Store, part: str, record_id: str) -> tuple[type[Record], dict[str, str]]:
    """Return the kind of record that makes this visible in the store, with its values."""
    if part == "items":
        get_object_or_404(MasterList, pk=record_id)
        return MasterListNameJoin, {"name_id": store.name_id, "master_list_id": record_id}
    if part == "seen":
        viewer = get_object_or_404(Store.objects.exclude(pk=store.pk), pk=record_id)
        return NameStoreJoin, {"store_id": viewer.pk, "name_id": store.name_id}
    name = get_object_or_404(Name, pk=record_id, deleted_datetime=None)
    if part not in PARTS or name.pk == store.name_id:
        raise Http404
    return NameStoreJoin, {"store_id": store.pk, "name_id": name.pk}


@require_POST
def remove(request: PageRequest, store_id: str) -> HttpResponse:
    """Hide a name, a master list or a patient from a store."""
    store = _store(request, store_id, to_edit=True)
    part = request.POST.get("part", "")
    join_id = asked.text(request.POST, "join")
    if part not in PARTS or not join_id:
        raise Http404
    assert request.visit.user is not None
    model: type[Record]
    join: MasterListNameJoin | NameStoreJoin | None
    if part == "items":
        join = MasterListNameJoin.objects.filter(pk=join_id, name_id=store.name_id).first()
        model = MasterListNameJoin
    else:
        ours = {"name_id": store.name_id} if part == "seen" else {"store": store}
        join = NameStoreJoin.objects.filter(pk=join_id, **ours).first()
        model = NameStoreJoin
    if join is None:
        messages.info(request, _("It is not visible any more: others have taken it away."))
        return _back(store, part)
    try:
        with transaction.atomic():
            before = _types(join.name_id)
            edit.delete(connection, request.visit.user, request.visit.store_id, model, join.pk)
            _follow(join.name_id)
            _tell(request, before, _types(join.name_id))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved"))
    return _back(store, part)


def copy(request: PageRequest, store_id: str) -> HttpResponse:
    """Ask from which store a store gets what it sees, and copy."""
    store = _store(request, store_id, to_edit=True)
    form = visibility_copy.CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        wanted = Parts(values["names"], values["items"], values["seen_by"])
        try:
            visibility_copy.copy(request, values["template"], store, wanted)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            return redirect("store-visibility", store.pk)
    back = reverse("store-visibility", args=[store.pk])
    note = _("Nothing is taken away. Patients are not copied.")
    title = _("Copy from another store")
    return page.show(request, FormPage(title, back, store.name.name, _("Copy"), note), form)


def _back(store: Store, part: str) -> HttpResponse:
    where = reverse("store-visibility", args=[store.pk])
    return redirect(f"{where}?{urlencode({'part': part})}" if part in PARTS else where)


Types = dict[tuple[str, int], str]


def _follow(name_id: str) -> None:
    """Let the sync types of the store behind a name follow from its visibility, at once."""
    stores = Store.objects.filter(name_id=name_id).values_list("pk", flat=True)
    visibility.recompute(connection, list(stores))


def _types(name_id: str | None) -> Types:
    """Return what the store behind a name is, by site; nothing for other names."""
    stores = Store.objects.filter(name_id=name_id).values("pk")
    rows = StoreSync.objects.filter(store_id__in=stores)
    return {(s, n): kind for s, n, kind in rows.values_list("store_id", "site_id", "sync_with")}


def _tell(request: PageRequest, before: Types, after: Types) -> None:
    """Say which store has become what on which site."""
    changed = [key for key in before | after if before.get(key) != after.get(key)]
    if not changed:
        return
    found = Store.objects.filter(pk__in={store for store, _site in changed})
    stores = dict(found.values_list("pk", "name__name"))
    sites = dict(Site.objects.values_list("site_id", "name"))
    for store_id, site_id in changed[:10]:
        kind = after.get((store_id, site_id))
        text = (
            _("“%(store)s” is now %(type)s on the site %(site)s.")
            if kind
            else _("“%(store)s” is no longer on the site %(site)s.")
        )
        words = {
            "store": stores.get(store_id, store_id),
            "type": looks.WORDS[SyncType(kind)] if kind else "",
            "site": f"{sites.get(site_id, '')} (#{site_id})",
        }
        messages.info(request, text % words)
