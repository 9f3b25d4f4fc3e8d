"""Visibility decides which sites may send transfers to a store (domain.md D.4).

A store is visible on a site when its name is visible in another store that is active there. Then
the site has at least a transfer copy of it; when that ends, the copy ends. The central servers and
the primary server have every store, whatever is visible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.central import acting
from msupply.records.activity_types import ActivityType
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.sync import changelog, cursors
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.here import Here
from msupply.sync.models import Setting
from msupply.sync.placement import SyncType
from msupply.sync.sql import dialect

_QUEUE, _CENTRAL = "visibility_queue", "visibility_central"
_DISPENSARIES = "visibility_dispensary_sites"
# When so many stores have changed, looking at all of them costs less.
_MANY = 500

# A store `s` with its name `n`, and a store `t` in which that name is visible.
_IN_VIEW = (
    "s.name_id = j.name_id AND n.id = s.name_id AND j.store_id = t.id AND t.id <> s.id"
    " AND NOT s.is_disabled AND n.deleted_datetime IS NULL"
)
# And the store is active elsewhere: its own site needs no copy.
_VISIBLE = f"{_IN_VIEW} AND t.site_id <> s.site_id"
# The order of the tables is the order in which SQLite reads them.
_FROM_SITE = "store t CROSS JOIN name_store_join j CROSS JOIN store s CROSS JOIN name n"
_FROM_STORE = "store s CROSS JOIN name n CROSS JOIN store t CROSS JOIN name_store_join j"


@dataclass(frozen=True)
class Recomputed:
    """How many pairs of store and site have become a transfer copy, or nothing."""

    added: int = 0
    removed: int = 0

    def __add__(self, other: "Recomputed") -> "Recomputed":
        return Recomputed(self.added + other.added, self.removed + other.removed)


def exempt_sites(connection: BaseDatabaseWrapper, here: Here) -> dict[int, SyncType]:
    """Return the sites that have every store, each with the least that a store is there."""
    ticked = Site.objects.using(connection.alias).filter(is_oms_central=True)
    found = dict.fromkeys(ticked.values_list("site_id", flat=True), SyncType.TRANSFER)
    if here.primary_site_id:
        found[here.primary_site_id] = SyncType.TRANSFER
    # Usually the central server is given everything; an existing TRANSFER stays.
    found[here.site_id or 0] = SyncType.COLLECTOR
    return found


def visible_on(connection: BaseDatabaseWrapper, store_id: str) -> frozenset[int]:
    """Return the sites on which a store is visible."""
    sql = f"SELECT DISTINCT t.site_id FROM {_FROM_STORE} WHERE s.id = %s AND {_VISIBLE}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [store_id])
        return frozenset(site_id for (site_id,) in cursor.fetchall())


def sees(connection: BaseDatabaseWrapper, site_id: int, store_id: str) -> bool:
    """True when a store of a site sees this store, other than the store itself."""
    sql = f"SELECT 1 FROM {_FROM_STORE} WHERE s.id = %s AND t.site_id = %s AND {_IN_VIEW} LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(sql, [store_id, site_id])
        return cursor.fetchone() is not None


def recompute(
    connection: BaseDatabaseWrapper,
    store_ids: Iterable[str] | None = None,
    site_ids: Iterable[int] = (),
) -> Recomputed:
    """Bring the sync types of some stores, and of some sites' view of all stores, up to date.

    Without `store_ids` all is looked at. It may be repeated at any time.
    """
    here = instance.load(connection)
    if not here.is_central:
        return Recomputed()
    exempt = exempt_sites(connection, here)
    speak = dialect(connection)
    stores = None if store_ids is None else speak.ids_parameter(sorted(set(store_ids)))
    done = Recomputed()
    with transaction.atomic(using=connection.alias):
        _give_to_exempt(connection, exempt, stores)
        _drop_unfounded(connection, stores)
        if stores is None:
            return _recompute(connection, exempt, "1 = 1", [], _FROM_SITE)
        done += _recompute(connection, exempt, speak.in_ids("{store}"), [stores], _FROM_STORE)
        if sites := sorted(set(site_ids)):
            test = f"{{site}} IN ({', '.join(str(int(site)) for site in sites)})"
            done += _recompute(connection, exempt, test, [], _FROM_SITE)
    return done


def follow(connection: BaseDatabaseWrapper) -> Recomputed:
    """Look at what has changed since the last time, and recompute what that concerns.

    The worker calls it again and again; without changes it costs a few reads.
    """
    here = instance.load(connection)
    if not here.is_central:
        return Recomputed()
    heads = {
        _QUEUE: changelog.head(connection, Channel.QUEUE),
        _CENTRAL: changelog.head(connection, Channel.CENTRAL),
    }
    known = {name: cursors.get(connection, name) for name in heads}
    if known == heads:
        return Recomputed()
    with transaction.atomic(using=connection.alias):
        done = _follow(connection, known, heads)
        for name, head in heads.items():
            cursors.set_to(connection, name, head)
    return done


def _follow(
    connection: BaseDatabaseWrapper, known: dict[str, int], heads: dict[str, int]
) -> Recomputed:
    if not any(known.values()):
        done = recompute(connection)
        _give_dispensary_data(connection, first=True)
        return done
    viewers = _changed_viewers(connection, known[_QUEUE], heads[_QUEUE])
    stores = _changed_stores(connection, known[_CENTRAL], heads[_CENTRAL])
    if not viewers and stores is not None and not stores:
        return Recomputed()
    if stores is None or len(stores) > _MANY:
        done = recompute(connection)
    else:
        # A store that has moved no longer shows others to the site where it was.
        concerned = stores | seen_in(connection, sorted(stores))
        done = recompute(connection, concerned, _sites_of(connection, viewers | stores))
    if stores is None or stores:
        _give_dispensary_data(connection, first=False)
    return done


def _changed_viewers(connection: BaseDatabaseWrapper, after: int, up_to: int) -> set[str]:
    """Return the stores in which a store has become visible, or is no longer."""
    number = NameStoreJoin.number
    sql = (
        f"SELECT DISTINCT c.store_id FROM {Channel.QUEUE.value} c"
        f" WHERE c.cursor > %s AND c.cursor <= %s AND c.record_type = {number}"
        " AND (c.deleted OR EXISTS (SELECT 1 FROM name_store_join j CROSS JOIN store s"
        " WHERE j.id = c.record_id AND s.name_id = j.name_id))"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, up_to])
        return {store for (store,) in cursor.fetchall() if store is not None}


def _changed_stores(connection: BaseDatabaseWrapper, after: int, up_to: int) -> set[str] | None:
    """Return the stores of which the record or the name has changed; None for all of them."""
    log = Channel.CENTRAL.value
    since = "c.cursor > %s AND c.cursor <= %s"
    sql = (
        f"SELECT c.record_id FROM {log} c WHERE {since} AND c.record_type = {Store.number}"
        f" UNION SELECT s.id FROM {log} c CROSS JOIN store s"
        f" WHERE {since} AND c.record_type = {Name.number} AND s.name_id = c.record_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, up_to, after, up_to])
        found = {store for (store,) in cursor.fetchall()}
    return None if _has_merges(connection, after, up_to) else found


def _has_merges(connection: BaseDatabaseWrapper, after: int, up_to: int) -> bool:
    """True when records were merged: that moves what is visible without a change of the joins."""
    merge = registry().merges.get("name")
    if merge is None:
        return False
    sql = (
        f"SELECT 1 FROM {Channel.CENTRAL.value} WHERE cursor > %s AND cursor <= %s"
        f" AND record_type = {merge.number} LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, up_to])
        return cursor.fetchone() is not None


def seen_in(connection: BaseDatabaseWrapper, stores: Sequence[str]) -> set[str]:
    """Return the stores whose names are visible in these stores."""
    if not stores:
        return set()
    speak = dialect(connection)
    sql = (
        "SELECT DISTINCT s.id FROM name_store_join j CROSS JOIN store s"
        f" WHERE s.name_id = j.name_id AND {speak.in_ids('j.store_id')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [speak.ids_parameter(stores)])
        return {store for (store,) in cursor.fetchall()}


def _sites_of(connection: BaseDatabaseWrapper, stores: set[str]) -> set[int]:
    rows = Store.objects.using(connection.alias).filter(pk__in=stores)
    return set(rows.values_list("site_id", flat=True))


def _recompute(
    connection: BaseDatabaseWrapper,
    exempt: dict[int, SyncType],
    scope: str,
    parameters: list[Any],
    tables: str,
) -> Recomputed:
    """Compare in SQL what is with what should be; `scope` is a condition on {store} or {site}."""
    left_out = ", ".join(str(int(site)) for site in exempt)
    wanted = scope.format(store="s.id", site="t.site_id")
    insert = (
        "INSERT INTO store_sync (store_id, site_id, sync_with)"
        f" SELECT DISTINCT s.id, t.site_id, 'TRANSFER' FROM {tables}"
        f" WHERE {wanted} AND {_VISIBLE} AND t.site_id NOT IN ({left_out})"
        " AND t.site_id IN (SELECT site_id FROM site) ON CONFLICT DO NOTHING"
    )
    present = scope.format(store="store_sync.store_id", site="store_sync.site_id")
    invisible = (
        f"{present} AND store_sync.site_id NOT IN ({left_out})"
        f" AND NOT EXISTS (SELECT 1 FROM {_FROM_STORE} WHERE s.id = store_sync.store_id"
        f" AND t.site_id = store_sync.site_id AND {_VISIBLE})"
    )
    with connection.cursor() as cursor:
        cursor.execute(insert, parameters)
        added = cursor.rowcount
        cursor.execute(
            "SELECT store_id, x.name FROM store_sync JOIN site x ON x.site_id = store_sync.site_id"
            f" WHERE sync_with = 'COLLECTOR' AND {invisible}",
            parameters,
        )
        collectors = cursor.fetchall()
        cursor.execute(f"DELETE FROM store_sync WHERE {invisible}", parameters)
        removed = cursor.rowcount
    for store_id, site in collectors:
        # Somebody had chosen this; transfer copies come and go without a word.
        kind = ActivityType.STORE_SYNC_TYPE_CHANGED
        old, new = (f"{site}: {t.value}" for t in (SyncType.COLLECTOR, SyncType.NONE))
        acting.note(connection, None, kind, store_id, old, new)
    return Recomputed(added, removed)


def _give_to_exempt(
    connection: BaseDatabaseWrapper, exempt: dict[int, SyncType], stores: Any | None
) -> None:
    """Let the central servers and the primary have every store, or every one of these."""
    scope, parameters = _among(connection, "s.id", stores)
    with connection.cursor() as cursor:
        for site_id, least in exempt.items():
            cursor.execute(
                "INSERT INTO store_sync (store_id, site_id, sync_with)"
                f" SELECT s.id, %s, %s FROM store s WHERE s.site_id <> %s AND {scope}"
                " AND NOT EXISTS (SELECT 1 FROM store_sync k"
                " WHERE k.store_id = s.id AND k.site_id = %s) ON CONFLICT DO NOTHING",
                [site_id, least.value, site_id, *parameters, site_id],
            )


def _drop_unfounded(connection: BaseDatabaseWrapper, stores: Any | None) -> None:
    """Forget copies of stores that are active on that site, or gone, and of sites that are gone."""
    scope, parameters = _among(connection, "store_sync.store_id", stores)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM store_sync WHERE {scope} AND (NOT EXISTS (SELECT 1 FROM store s"
            " WHERE s.id = store_sync.store_id AND s.site_id <> store_sync.site_id)"
            " OR NOT EXISTS (SELECT 1 FROM site x WHERE x.site_id = store_sync.site_id))",
            parameters,
        )


def _among(
    connection: BaseDatabaseWrapper, column: str, stores: Any | None
) -> tuple[str, list[Any]]:
    if stores is None:
        return "1 = 1", []
    return dialect(connection).in_ids(column), [stores]


def _give_dispensary_data(connection: BaseDatabaseWrapper, *, first: bool) -> None:
    """Send the data for dispensaries to initialised sites that have got their first one.

    A site that initialises later is given them anyway.
    """
    alias = connection.alias
    with connection.cursor() as cursor:
        dispensary = registry().store_columns.dispensary
        cursor.execute(f"SELECT DISTINCT site_id FROM store WHERE {dispensary}")
        now = {site_id for (site_id,) in cursor.fetchall()}
    row = Setting.objects.using(alias).filter(key=_DISPENSARIES).first()
    before = set(msgspec.json.decode(row.value, type=list[int])) if row else set()
    if now == before and row:
        return
    running = Site.objects.using(alias).filter(
        site_id__in=now - before, initialisation_status=InitialisationStatus.COMPLETED
    )
    own = instance.load(connection).site_id
    if not first and running.exclude(site_id=own or 0).exists():
        changelog.touch_kinds(connection, registry().dispensary_only, tuple(Channel))
    value = msgspec.json.encode(sorted(now)).decode()
    Setting.objects.using(alias).update_or_create(key=_DISPENSARIES, defaults={"value": value})
