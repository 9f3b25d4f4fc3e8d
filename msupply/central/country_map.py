"""Who supplies whom: the stores of a country as a graph, one by one or summed up.

A store has at most one main supplier: the supplying store of its name, else the store that it
orders from most, else a store that is visible to it as a supplier. Where that would go round in a
circle, the circle is opened, first where a supplier is only visible.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Q, QuerySet

from msupply.central.sync_report import Freshness, of_moment
from msupply.records.names import NameStoreJoin
from msupply.records.properties import NameOmsFields
from msupply.records.requisitions import Requisition, RequisitionType
from msupply.records.sites import Site, SiteKind
from msupply.records.stores import Store

# Keys of a name's properties that say where a store is; countries choose them themselves.
_LATITUDE = ("latitude", "lat", "gps_latitude", "gps_lat")
_LONGITUDE = ("longitude", "lng", "lon", "long", "gps_longitude", "gps_long")
# A union of types would be made anew for each of a country's stores.
_PLAIN = (str, int, float)
_REGION = ("region", "province", "state", "zone", "district")


class Level(StrEnum):
    """What one mark on the map stands for."""

    STORES = "stores"
    SITES = "sites"
    REGIONS = "regions"


@dataclass(frozen=True, slots=True)
class MapStore:
    """One store: where it is, how its site is doing, who supplies it."""

    id: str
    code: str
    label: str
    number: int
    site: str
    state: Freshness
    place: tuple[float, float] | None = None
    region: str = ""
    supplier: str | None = None


@dataclass(slots=True)
class Mark:
    """One mark of the map: a store, or a site or region with all its stores."""

    key: str
    label: str
    number: int | None
    states: Counter[Freshness] = field(default_factory=Counter)
    place: tuple[float, float] | None = None
    supplier: str | None = None
    stores: int = 0

    @property
    def worst(self) -> Freshness:
        """The state that needs attention most."""
        order = (Freshness.SILENT, Freshness.LATE, Freshness.NEVER, Freshness.NO_SITE)
        return next((s for s in order if self.states[s]), next(iter(self.states)))


def stores(connection: BaseDatabaseWrapper) -> list[MapStore]:
    """Return every store in use, with its region and main supplier."""
    alias = connection.alias
    rows = Store.objects.using(alias).filter(is_disabled=False).order_by("code")
    columns = ("id", "code", "name_id", "name__name", "site_id", "name__supplying_store_id")
    found = list(rows.values_list(*columns))
    by_name = {name_id: store for store, _c, name_id, *_rest in found}
    sites = {
        number: (name, Freshness.HERE if kind == SiteKind.CENTRAL else of_moment(last))
        for number, name, kind, last in Site.objects.using(alias).values_list(
            "site_id", "name", "kind", "last_connection_datetime"
        )
    }
    properties = _properties(connection)
    known = _ordered_from(connection, by_name) | {row[0]: row[5] for row in found if row[5]}
    central = {row[0] for row in found if sites.get(row[4], ("", None))[1] is Freshness.HERE}
    guessed = _visible_suppliers(connection, by_name, central)
    guessed = {store: supplier for store, supplier in guessed.items() if store not in known}
    # Guesses give way to what is known; that a store of the central server is supplied, first.
    weak = {store: 2 if store in central else 1 for store in guessed}
    chosen = _without_circles({row[0] for row in found}, guessed | known, weak)
    shown = []
    for store, code, name_id, label, number, _supplier in found:
        site, state = sites.get(number, ("", Freshness.NO_SITE))
        place, region = properties.get(name_id, (None, ""))
        shown.append(
            MapStore(
                store,
                code,
                label,
                number,
                site,
                state,
                place,
                region,
                chosen.get(store),
            )
        )
    return _with_regions(shown)


def marks(shown: Iterable[MapStore], level: Level) -> list[Mark]:
    """Return the marks of the map: one for each store, site or region."""
    listed = list(shown)
    key_of = {store.id: _key(store, level) for store in listed}
    found: dict[str, Mark] = {}
    supplied_by: dict[str, Counter[str]] = {}
    places: dict[str, list[tuple[float, float]]] = {}
    for store in listed:
        key = key_of[store.id]
        mark = found.get(key)
        if mark is None:
            number = store.number if level is not Level.REGIONS else None
            mark = found[key] = Mark(key, _mark_label(store, level), number)
        mark.states[store.state] += 1
        mark.stores += 1
        if store.place:
            places.setdefault(key, []).append(store.place)
        supplier = key_of.get(store.supplier or "")
        if supplier is not None and supplier != key:
            supplied_by.setdefault(key, Counter())[supplier] += 1
    main = {key: counts.most_common(1)[0][0] for key, counts in supplied_by.items()}
    for key, supplier in _without_circles(set(found), main).items():
        found[key].supplier = supplier
    for key, points in places.items():
        n = len(points)
        found[key].place = (sum(p[0] for p in points) / n, sum(p[1] for p in points) / n)
    return list(found.values())


def _key(store: MapStore, level: Level) -> str:
    if level is Level.STORES:
        return store.id
    return str(store.number) if level is Level.SITES else store.region


def _mark_label(store: MapStore, level: Level) -> str:
    if level is Level.STORES:
        return store.label
    return store.site or str(store.number) if level is Level.SITES else store.region


def _ordered_from(connection: BaseDatabaseWrapper, by_name: Mapping[str, str]) -> dict[str, str]:
    """Return the store from which each store that names no supplier orders most."""
    alias = connection.alias
    orders = (
        Requisition.objects.using(alias)
        .filter(
            type=RequisitionType.REQUEST,
            name__in=_names_of_stores(alias),
            store__in=_naming_none(alias),
        )
        .values_list("store_id", "name_id")
        .annotate(n=Count("id"))
        .order_by("n")
    )
    return {
        store: by_name[name]
        for store, name, _n in orders
        if name in by_name and by_name[name] != store
    }


def _visible_suppliers(
    connection: BaseDatabaseWrapper, by_name: Mapping[str, str], central: set[str]
) -> dict[str, str]:
    """Return a visible supplier of each store that names none."""
    alias = connection.alias
    joins = NameStoreJoin.objects.using(alias).filter(
        name__is_supplier=True, name__in=_names_of_stores(alias)
    )
    # Stores see each other both ways; a supplier is seen by more stores than it supplies it.
    seen = Counter(dict(joins.values_list("name_id").annotate(n=Count("id"))))
    found: dict[str, str] = {}
    best: dict[str, tuple[int, bool]] = {}
    seers = joins.filter(store__in=_naming_none(alias)).order_by("store_id", "name_id")
    for store, name in seers.values_list("store_id", "name_id"):
        supplier = by_name.get(name)
        if supplier is None or supplier == store:
            continue
        rank = (seen[name], supplier in central)
        if store not in best or rank > best[store]:
            found[store], best[store] = supplier, rank
    return found


def _naming_none(alias: str) -> QuerySet[Store]:
    return Store.objects.using(alias).filter(
        Q(name__supplying_store=None) | Q(name__supplying_store="")
    )


def _names_of_stores(alias: str) -> QuerySet[Store, Any]:
    return Store.objects.using(alias).values("name_id")


def _without_circles(
    keys: set[str], suppliers: Mapping[str, str], weak: Mapping[str, int] | None = None
) -> dict[str, str]:
    """Return the suppliers such that nobody supplies itself through others; the weakest go first."""
    weakness = weak or {}
    chosen = {k: s for k, s in suppliers.items() if k in keys and s in keys and k != s}
    safe: set[str] = set()
    for start in sorted(keys):
        way: list[str] = []
        on_way: set[str] = set()
        key: str | None = start
        while key is not None and key not in safe and key not in on_way:
            way.append(key)
            on_way.add(key)
            key = chosen.get(key)
        if key is not None and key in on_way:
            # Of those as weak, the one of the circle that supplies most is its head.
            circle = way[way.index(key) :]
            heads = Counter(chosen.values())
            del chosen[max(circle, key=lambda k: (weakness.get(k, 0), heads[k], k))]
        safe.update(way)
    return chosen


def _with_regions(shown: list[MapStore]) -> list[MapStore]:
    """Give stores without a region that of the hub that they are supplied through."""
    by_id = {store.id: store for store in shown}

    def region(store: MapStore) -> str:
        above = store
        while not above.region and above.supplier is not None:
            parent = by_id[above.supplier]
            if parent.supplier is None:
                break
            above = parent
        return above.region or above.label

    return [store if store.region else replace(store, region=region(store)) for store in shown]


def _properties(
    connection: BaseDatabaseWrapper,
) -> dict[str, tuple[tuple[float, float] | None, str]]:
    """Return the place and the region of names, where they have properties."""
    rows = NameOmsFields.objects.using(connection.alias).filter(
        properties__isnull=False, pk__in=Store.objects.using(connection.alias).values("name_id")
    )
    found = {}
    for name_id, text in rows.values_list("pk", "properties").iterator():
        try:
            said = msgspec.json.decode(text or "{}", type=dict[str, object])
        except msgspec.MsgspecError:
            continue
        lowered = {key.lower(): value for key, value in said.items()}
        # Thousands of stores share a region.
        found[name_id] = _place(lowered), sys.intern(_text(lowered, _REGION))
    return found


def _place(said: Mapping[str, object]) -> tuple[float, float] | None:
    latitude, longitude = _number(said, _LATITUDE, 90), _number(said, _LONGITUDE, 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _number(said: Mapping[str, object], keys: Iterable[str], most: float) -> float | None:
    text = _text(said, keys)
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _text(said: Mapping[str, object], keys: Iterable[str]) -> str:
    for key in keys:
        value = said.get(key)
        if isinstance(value, _PLAIN) and str(value).strip():
            return str(value).strip()
    return ""
