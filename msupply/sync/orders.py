"""Orders: what the mSupply central server has decided about a site, told to it in each cycle.

They travel beside the answer to site info, in a key that other sites ignore.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.sync import placement
from msupply.sync.here import Here
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.placement import SyncType
from msupply.sync.site_orders import SiteOrders


def for_site(connection: BaseDatabaseWrapper, here: Here, site_id: int) -> SiteOrders:
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
        idle_minutes=here.idle_minutes,
    )


def frozen_stores(connection: BaseDatabaseWrapper, here: Here) -> frozenset[str]:
    """Return the stores whose records nobody may edit for the moment."""
    if not here.is_central:
        return frozenset(here.orders.frozen_stores)
    settings = StoreSettings.objects.using(connection.alias)
    return frozenset(_ids(settings.filter(frozen_since__isnull=False)))


def _ids(rows: QuerySet[Any]) -> tuple[str, ...]:
    return tuple(rows.order_by("store_id").values_list("store_id", flat=True))
