"""The sync report: when each site, and each store by its active site, was last heard of.

Everything is one statement per question, whatever the number of sites (domain.md G.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from msupply.records.sites import Site, SiteKind
from msupply.records.stores import Store
from msupply.sync import clock
from msupply.sync.clock import now

LATE_AFTER = timedelta(days=7)
SILENT_AFTER = timedelta(days=30)


class Freshness(StrEnum):
    """How long ago a site was heard of; `HERE` is this server itself."""

    FRESH = "FRESH"
    LATE = "LATE"
    SILENT = "SILENT"
    NEVER = "NEVER"
    HERE = "HERE"
    NO_SITE = "NO_SITE"


class Subject(StrEnum):
    """What the lines of the report are."""

    SITES = "sites"
    STORES = "stores"


# What a line can be ordered by; the name is that of the column.
SORTS = {
    Subject.SITES: ("title", "site_number", "last_connection", "version"),
    Subject.STORES: ("title", "code", "site_number", "site_name", "last_connection"),
}


@dataclass(frozen=True)
class Wanted:
    """Which lines, in which order; a `-` before `sort` turns the order round."""

    subject: Subject = Subject.SITES
    text: str = ""
    state: Freshness | None = None
    sort: str = "last_connection"


def counts(connection: BaseDatabaseWrapper, subject: Subject) -> dict[Freshness, int]:
    """Return how many sites or stores are in each state."""
    rows = _all(connection, subject).values("state").annotate(n=Count("pk")).order_by()
    found = {Freshness(state): n for state, n in rows.values_list("state", "n")}
    return {state: found.get(state, 0) for state in Freshness}


def lines(connection: BaseDatabaseWrapper, wanted: Wanted) -> "QuerySet[Any, dict[str, Any]]":
    """Return the lines as dictionaries, to be cut into pages."""
    rows = _all(connection, wanted.subject)
    if wanted.text:
        rows = rows.filter(holds(connection, wanted.subject, wanted.text))
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state.value)
    shown = ["pk", "site_number", "title", "state", "last_connection", "version"]
    if wanted.subject is Subject.STORES:
        shown += ["code", "site_name"]
    else:
        shown += ["app_name", "initialisation_status"]
    return rows.order_by(*_order(wanted)).values(*shown)


def stores_of(connection: BaseDatabaseWrapper, numbers: list[int]) -> dict[int, list[str]]:
    """Return the names of the stores that are active on some sites."""
    stores = Store.objects.using(connection.alias).filter(site_id__in=numbers).order_by("code")
    found: dict[int, list[str]] = {}
    for number, name in stores.values_list("site_id", "name__name"):
        found.setdefault(number, []).append(name)
    return found


def holds(connection: BaseDatabaseWrapper, subject: Subject, text: str) -> Q:
    """Return the condition that a name, code or number has a text; sites by their stores too."""
    of_store = Q(name__name__icontains=text) | Q(code__icontains=text)
    if subject is Subject.STORES:
        found = of_store | Q(site_name__icontains=text)
    else:
        stores = Store.objects.using(connection.alias).filter(of_store)
        found = Q(name__icontains=text) | Q(site_id__in=stores.values("site_id"))
    return found | _numbered(text)


def named(text: str) -> Q:
    """Return the condition that a site's name or number is a text."""
    return Q(name__icontains=text) | _numbered(text)


def _numbered(text: str) -> Q:
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return Q(site_id=int(text)) if is_number else Q()


def freshness(site: Site) -> Freshness:
    """Return the state of one site."""
    if site.kind == SiteKind.CENTRAL:
        return Freshness.HERE
    return of_moment(site.last_connection_datetime)


def of_moment(last: datetime | None) -> Freshness:
    """Return the state of a site that was last heard of at a moment."""
    if last is None:
        return Freshness.NEVER
    age = clock.age(last)
    if age > SILENT_AFTER:
        return Freshness.SILENT
    return Freshness.LATE if age > LATE_AFTER else Freshness.FRESH


def _all(connection: BaseDatabaseWrapper, subject: Subject) -> "QuerySet[Any]":
    if subject is Subject.SITES:
        sites = Site.objects.using(connection.alias)
        return sites.annotate(
            title=F("name"),
            site_number=F("site_id"),
            last_connection=F("last_connection_datetime"),
            version=F("app_version"),
            state=_state(),
        )
    stores = Store.objects.using(connection.alias).filter(is_disabled=False)
    site = Site.objects.using(connection.alias).filter(site_id=OuterRef("site_id"))
    # One look-up in the index for each of these, whatever is done with it.
    return stores.annotate(
        title=F("name__name"),
        site_number=F("site_id"),
        site_name=Subquery(site.values("name")[:1]),
        last_connection=Subquery(site.values("last_connection_datetime")[:1]),
        version=Subquery(site.values("app_version")[:1]),
        state=Coalesce(
            Subquery(site.annotate(state=_state()).values("state")[:1]),
            Value(Freshness.NO_SITE.value),
        ),
    )


def _state() -> Case:
    moment = now()
    last = "last_connection_datetime"
    return Case(
        When(Q(kind=SiteKind.CENTRAL), then=Value(Freshness.HERE.value)),
        When(Q(**{f"{last}__isnull": True}), then=Value(Freshness.NEVER.value)),
        When(_silent(last, moment), then=Value(Freshness.SILENT.value)),
        When(Q(**{f"{last}__lt": moment - LATE_AFTER}), then=Value(Freshness.LATE.value)),
        default=Value(Freshness.FRESH.value),
        output_field=CharField(),
    )


def _silent(last: str, moment: datetime) -> Q:
    """What a clock that was ahead has noted says nothing: nobody knows since when it is silent."""
    return Q(**{f"{last}__lt": moment - SILENT_AFTER}) | Q(**{f"{last}__gt": clock.horizon()})


def _order(wanted: Wanted) -> list[OrderBy]:
    key = wanted.sort.removeprefix("-")
    if key not in SORTS[wanted.subject]:
        key = "last_connection"
    # Who was never heard of stands with those who have been silent longest.
    if wanted.sort.startswith("-"):
        turned = F(key).desc(nulls_last=True)
    else:
        turned = F(key).asc(nulls_first=True)
    # This server is not what is looked for.
    at_the_end = Case(When(state=Freshness.HERE.value, then=Value(1)), default=Value(0))
    return [at_the_end.asc(), turned, F("pk").asc()]
