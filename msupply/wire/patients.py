"""Finding patients of the whole system, and making them visible in a store."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.records.stores import Store
from msupply.sync import changelog
from msupply.sync.here import Here

# Nobody reads on past this many patients.
MOST_FOUND = 1_000


class Unknown(Exception):
    """There is no such patient or store; the text says which."""


class NotAllowed(Exception):
    """The store belongs to another site than the one that asks."""


@dataclass(frozen=True)
class Search:
    """What patients are searched by. `@` in a text stands for any characters."""

    first_name: str = ""
    last_name: str = ""
    code: str = ""
    date_of_birth: date | None = None
    is_deleted: bool | None = None
    offset: int = 0
    limit: int = MOST_FOUND


def search(connection: BaseDatabaseWrapper, wanted: Search) -> list[Name]:
    """Return the patients that match everything that is asked for."""
    found = _patients(connection)
    found = found.filter(_like("first_name", wanted.first_name))
    found = found.filter(_like("last_name", wanted.last_name))
    if wanted.code:
        found = found.filter(code=wanted.code)
    if wanted.date_of_birth:
        found = found.filter(date_of_birth=wanted.date_of_birth)
    if wanted.is_deleted is not None:
        found = found.filter(deleted_datetime__isnull=not wanted.is_deleted)
    end = wanted.offset + min(wanted.limit, MOST_FOUND)
    return list(found.order_by("name", "id")[wanted.offset : end])


def make_visible(
    connection: BaseDatabaseWrapper,
    here: Here,
    site_id: int,
    name_id: str,
    store_id: str,
    join_id: str | None = None,
) -> tuple[NameStoreJoin, bool]:
    """Join a patient to a store of a site, once; return the join and whether it is new.

    The patient's records go to the site anew. Raises Unknown and NotAllowed.
    """
    alias = connection.alias
    store = Store.objects.using(alias).filter(pk=store_id).first()
    if store is None:
        raise Unknown("there is no such store")
    if store.site_id != site_id:
        raise NotAllowed("this store is not active on the calling site")
    with transaction.atomic(using=alias):
        # The lock makes of two requests at once two in a row.
        if _patients(connection).select_for_update().filter(pk=name_id).first() is None:
            raise Unknown("there is no such patient")
        joins = NameStoreJoin.objects.using(alias)
        join = joins.filter(name_id=name_id, store_id=store_id).order_by("id").first()
        if join is not None:
            return join, False
        values = {"id": join_id} if join_id and not joins.filter(pk=join_id).exists() else {}
        join = joins.create(name_id=name_id, store_id=store_id, **values)
        changelog.touch_visible(connection, [name_id], here.served, site_id)
    return join, True


def is_known(connection: BaseDatabaseWrapper, name_id: str) -> bool:
    """Tell whether a patient is here."""
    return _patients(connection).filter(pk=name_id).exists()


def _patients(connection: BaseDatabaseWrapper) -> QuerySet[Name]:
    return Name.objects.using(connection.alias).filter(type=NameType.PATIENT)


def _like(column: str, pattern: str) -> Q:
    """Return the condition that a column matches a pattern, in upper or lower case."""
    if not pattern.strip("@"):
        return Q()
    if "@" not in pattern:
        return Q((f"{column}__iexact", pattern))
    first, *middle, last = pattern.split("@")
    condition = Q()
    if first:
        condition &= Q((f"{column}__istartswith", first))
    for piece in filter(None, middle):
        condition &= Q((f"{column}__icontains", piece))
    if last:
        condition &= Q((f"{column}__iendswith", last))
    return condition
