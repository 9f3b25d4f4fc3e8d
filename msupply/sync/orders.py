"""Orders: what the mSupply central server has decided about a site, told to it in each cycle.

They travel beside the answer to site info, in a key that other sites ignore.
"""

from typing import TYPE_CHECKING, Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.sync import placement
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.placement import SyncType

if TYPE_CHECKING:
    from msupply.sync.here import Here


class SiteOrders(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a site is told of itself; stores are named by their ids.

    - `collected_stores`: stores of other sites that are copied here, to read.
    - `frozen_stores`: stores that are being moved: their records are not edited.
    - `kept_home_stores`: active stores whose records the central server does not want.
    - `stores_without_transactions`: active stores whose invoices and stock stay at the site.
    - `is_primary`: this site edits the central data of the whole system (domain.md D.12).
    - `centralised_procurement`: purchase orders are edited on the primary server (C.5).
    - `patients_edited_where_visible`: not at their home store alone (H.6).
    - `takes_our_tables`: the server knows the tables that only programs of this kind have.
    """

    collected_stores: tuple[str, ...] = ()
    frozen_stores: tuple[str, ...] = ()
    kept_home_stores: tuple[str, ...] = ()
    stores_without_transactions: tuple[str, ...] = ()
    is_primary: bool = False
    centralised_procurement: bool = False
    patients_edited_where_visible: bool = False
    takes_our_tables: bool = True


# What a server that gives no orders, one of another make, has decided.
NO_ORDERS = SiteOrders(takes_our_tables=False)


def for_site(connection: BaseDatabaseWrapper, here: "Here", site_id: int) -> SiteOrders:
    """Return the orders of this mSupply central server for a site."""
    stores = placement.of_site(connection, site_id)
    settings = StoreSettings.objects.using(connection.alias).filter(store_id__in=stores.active)
    frozen = settings.filter(frozen_since__isnull=False)
    kept = StoreSync.objects.using(connection.alias).filter(
        site_id=here.site_id or 0,
        store_id__in=stores.active,
        sync_with=SyncType.TRANSFER.value,
    )
    return SiteOrders(
        collected_stores=stores.collected,
        frozen_stores=_ids(frozen),
        kept_home_stores=_ids(kept),
        stores_without_transactions=_ids(settings.filter(include_transactions=False)),
        is_primary=here.primary_site_id == site_id,
        centralised_procurement=here.centralised_procurement,
        patients_edited_where_visible=here.patients_edited_where_visible,
    )


def frozen_stores(connection: BaseDatabaseWrapper, here: "Here") -> frozenset[str]:
    """Return the stores whose records nobody may edit for the moment."""
    if not here.is_central:
        return frozenset(here.orders.frozen_stores)
    settings = StoreSettings.objects.using(connection.alias)
    return frozenset(_ids(settings.filter(frozen_since__isnull=False)))


def _ids(rows: QuerySet[Any]) -> tuple[str, ...]:
    return tuple(rows.order_by("store_id").values_list("store_id", flat=True))
