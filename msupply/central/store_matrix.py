"""The matrix of stores and sites, for people: what each store is on each site.

It is never built whole: a page of stores comes with the sites where each of them is anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from msupply.records.sites import Site
from msupply.records.stores import Store, StoreMode
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.placement import SyncType

PAGE = 50

T = TypeVar("T")


@dataclass(frozen=True)
class SiteType:
    """A site, and what a store is there; `name` is empty for a site that is not known here."""

    site_id: int
    name: str
    sync_type: SyncType


@dataclass(frozen=True)
class StoreRow:
    """A store with the site where it is active, and those that have a copy, by site number.

    `more` counts the copies of each type that were not read: every site may have one.
    """

    store_id: str
    code: str
    name: str
    is_dispensary: bool
    is_disabled: bool
    include_transactions: bool
    is_frozen: bool
    active: SiteType
    copies: tuple[SiteType, ...]
    more: Mapping[SyncType, int]

    @property
    def sites(self) -> tuple[SiteType, ...]:
        """The sites that have the store, the active one first."""
        return (self.active, *self.copies)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of all that were found; pages are counted from 1."""

    rows: tuple[T, ...]
    total: int
    page: int
    pages: int


def matrix(
    connection: BaseDatabaseWrapper,
    *,
    search: str = "",
    site_id: int | None = None,
    page: int = 1,
    per_page: int = PAGE,
    most_copies: int | None = None,
) -> Page[StoreRow]:
    """Return a page of stores, each with the sites that have it, in the order of their codes.

    `search` finds in code and name; `site_id` keeps the stores that are anything on that site.
    Of each store `most_copies` copies of each type are read, all by default.
    """
    stores = _found(connection, search)
    if site_id is not None:
        copied = StoreSync.objects.using(connection.alias).filter(site_id=site_id)
        here_too = Q(site_id=site_id) | Q(pk__in=copied.values("store_id"))
        stores = stores.filter(here_too)
    found, total, page, pages = _page(stores.order_by("code", "id"), page, per_page)
    return Page(tuple(_rows(connection, found, most_copies)), total, page, pages)


def _rows(
    connection: BaseDatabaseWrapper, stores: list[Store], most_copies: int | None
) -> list[StoreRow]:
    """Return these stores with their sites: three queries, however many there are."""
    ids = [store.pk for store in stores]
    copies: dict[str, list[tuple[int, SyncType]]] = {}
    more: dict[str, dict[SyncType, int]] = {}
    group = [F("store_id"), F("sync_with")]
    links = StoreSync.objects.using(connection.alias).filter(store_id__in=ids)
    links = links.annotate(
        place=Window(RowNumber(), group, order_by="site_id"), total=Window(Count("pk"), group)
    )
    if most_copies is not None:
        links = links.filter(place__lte=most_copies)
    for store_id, number, kind, total in links.values_list(
        "store_id", "site_id", "sync_with", "total"
    ):
        sync_type = SyncType(kind)
        copies.setdefault(store_id, []).append((number, sync_type))
        if most_copies is not None and total > most_copies:
            more.setdefault(store_id, {})[sync_type] = total - most_copies
    numbers = {store.site_id for store in stores}
    numbers |= {number for found in copies.values() for number, _kind in found}
    sites = Site.objects.using(connection.alias).filter(site_id__in=numbers)
    names = dict(sites.values_list("site_id", "name"))
    settings = StoreSettings.objects.using(connection.alias).in_bulk(ids)
    return [
        _row(
            store,
            copies.get(store.pk, []),
            more.get(store.pk, {}),
            names,
            settings.get(store.pk),
        )
        for store in stores
    ]


def _found(connection: BaseDatabaseWrapper, search: str) -> QuerySet[Store]:
    stores = Store.objects.using(connection.alias).select_related("name")
    text = search.strip()
    if text:
        stores = stores.filter(Q(code__icontains=text) | Q(name__name__icontains=text))
    return stores


def _page(stores: QuerySet[Store], page: int, per_page: int) -> tuple[list[Store], int, int, int]:
    total = stores.count()
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    return list(stores[(page - 1) * per_page : page * per_page]), total, page, pages


def _row(
    store: Store,
    copies: list[tuple[int, SyncType]],
    more: dict[SyncType, int],
    names: dict[int, str],
    settings: StoreSettings | None,
) -> StoreRow:
    return StoreRow(
        store.pk,
        store.code,
        store.name.name,
        store.store_mode == StoreMode.DISPENSARY,
        store.is_disabled,
        settings is None or settings.include_transactions,
        settings is not None and settings.frozen_since is not None,
        SiteType(store.site_id, names.get(store.site_id, ""), SyncType.ACTIVE),
        tuple(
            SiteType(number, names.get(number, ""), kind)
            for number, kind in sorted(copies, key=lambda copy: copy[0])
            if number != store.site_id
        ),
        more,
    )
