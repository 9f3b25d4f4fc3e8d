"""Store by site: where a store is active, and which sites have a copy of it (domain.md D.1)."""

from dataclasses import dataclass
from enum import Enum

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import registry
from msupply.sync.models import StoreSync


class SyncType(Enum):
    """What a store is on a site.

    - ACTIVE: its records are edited there.
    - COLLECTOR: a full copy to read.
    - TRANSFER: only the transfer documents that concern both.
    - NONE: nothing.
    """

    ACTIVE = "ACTIVE"
    COLLECTOR = "COLLECTOR"
    TRANSFER = "TRANSFER"
    NONE = "NONE"


@dataclass(frozen=True)
class SiteStores:
    """The ids of the stores that a site has, by sync type."""

    active: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    transfer: tuple[str, ...] = ()


def active_stores(connection: BaseDatabaseWrapper, site_id: int | None) -> tuple[str, ...]:
    """Return the ids of the stores that are active on a site."""
    columns = registry().store_columns
    sql = f'SELECT id FROM "{registry().stores.table}" WHERE {columns.site} = %s ORDER BY id'
    with connection.cursor() as cursor:
        cursor.execute(sql, [site_id])
        return tuple(store for (store,) in cursor.fetchall())


def collected_stores(connection: BaseDatabaseWrapper, site_id: int) -> tuple[str, ...]:
    """Return the ids of the stores that a site has a copy of to read."""
    copies = StoreSync.objects.using(connection.alias).filter(
        site_id=site_id, sync_with=SyncType.COLLECTOR.value
    )
    return tuple(copies.order_by("store_id").values_list("store_id", flat=True))


def has_active_dispensary(connection: BaseDatabaseWrapper, site_id: int) -> bool:
    """True when a store in dispensary mode is active on a site."""
    columns, table = registry().store_columns, registry().stores.table
    sql = f'SELECT 1 FROM "{table}" WHERE {columns.site} = %s AND {columns.dispensary} LIMIT 1'
    with connection.cursor() as cursor:
        cursor.execute(sql, [site_id])
        return cursor.fetchone() is not None


def of_site(connection: BaseDatabaseWrapper, site_id: int) -> SiteStores:
    """Return the stores that a site has."""
    active = active_stores(connection, site_id)
    copies = StoreSync.objects.using(connection.alias).filter(site_id=site_id)
    by_type: dict[str, list[str]] = {choice: [] for choice in StoreSync.SyncWith}
    for store_id, sync_with in copies.order_by("store_id").values_list("store_id", "sync_with"):
        by_type[sync_with].append(store_id)
    own = set(active)
    collected, transfer = (
        tuple(store for store in by_type[choice] if store not in own)
        for choice in (StoreSync.SyncWith.COLLECTOR, StoreSync.SyncWith.TRANSFER)
    )
    return SiteStores(active, collected, transfer)


def of_store(connection: BaseDatabaseWrapper, store_id: str) -> dict[int, SyncType]:
    """Return what a store is on each site that has it, by site number."""
    copies = StoreSync.objects.using(connection.alias).filter(store_id=store_id)
    found = {
        site_id: SyncType(sync_with)
        for site_id, sync_with in copies.values_list("site_id", "sync_with")
    }
    if active := active_site(connection, store_id):
        found[active] = SyncType.ACTIVE
    return found


def sync_type(connection: BaseDatabaseWrapper, store_id: str, site_id: int) -> SyncType:
    """Return what a store is on a site."""
    if active_site(connection, store_id) == site_id:
        return SyncType.ACTIVE
    copies = StoreSync.objects.using(connection.alias).filter(store_id=store_id, site_id=site_id)
    found = copies.values_list("sync_with", flat=True).first()
    return SyncType(found) if found else SyncType.NONE


def active_site(connection: BaseDatabaseWrapper, store_id: str) -> int | None:
    """Return the number of the site where a store is active; None for an unknown store."""
    columns = registry().store_columns
    sql = f'SELECT {columns.site} FROM "{registry().stores.table}" WHERE id = %s'
    with connection.cursor() as cursor:
        cursor.execute(sql, [store_id])
        row = cursor.fetchone()
    return row[0] if row else None
