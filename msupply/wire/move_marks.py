"""Noting what the old site of a move knows, and that it has sent everything since.

See central/store_move.py. Nothing is written unless a store of the site is being moved.
"""

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.records.store_moves import MoveState, StoreMove
from msupply.sync import queue
from msupply.sync.clock import now
from msupply.sync.declare.registry import registry
from msupply.sync.models import ChangelogCentral, SiteState
from msupply.sync.placement import active_stores
from msupply.sync.site_orders import SiteOrders


def with_left_stores(
    connection: BaseDatabaseWrapper, site_id: int, orders: SiteOrders
) -> SiteOrders:
    """Keep stores frozen at the site that they have left.

    It learns of that at the end of its cycle, with the store's record: until then nobody may edit
    there what the new site owns.
    """
    moves = StoreMove.objects.using(connection.alias).filter(from_site=site_id)
    left = moves.filter(state__in=(MoveState.SENDING, MoveState.DONE))
    stores = set(left.values_list("store_id", flat=True))
    stores -= set(active_stores(connection, site_id)) if stores else set()
    if not stores:
        return orders
    frozen = tuple(sorted(stores.union(orders.frozen_stores)))
    return msgspec.structs.replace(orders, frozen_stores=frozen)


def told(
    connection: BaseDatabaseWrapper, site_id: int, orders: SiteOrders, *, takes_orders: bool = True
) -> None:
    """Note which stores a site is being told are frozen, and whether it listens.

    One that does not is told all the same to have begun a cycle since.
    """
    if queue.site_state(connection, site_id).takes_orders is not takes_orders:
        SiteState.objects.using(connection.alias).update_or_create(
            site_id=site_id, defaults={"takes_orders": takes_orders}
        )
    if not orders.frozen_stores:
        return
    untold = _waiting(connection, site_id).filter(
        told_at__isnull=True, store_id__in=orders.frozen_stores
    )
    if untold.exists():
        untold.update(told_at=now())


def pushed(connection: BaseDatabaseWrapper, site_id: int) -> None:
    """Note that a site has sent everything that it has.

    It asks what it is told at the beginning of each cycle, and only then pushes.
    """
    told_before = _waiting(connection, site_id).filter(told_at__isnull=False, pushed_at=None)
    if told_before.exists():
        told_before.update(pushed_at=now())


def fetched(connection: BaseDatabaseWrapper, site_id: int, cursor: int) -> None:
    """Note that a site has the log of central records up to a cursor, and so knows who left it.

    It fetches them after it has pushed.
    """
    for move in _sending(connection, site_id).filter(learnt_at=None):
        rows = ChangelogCentral.objects.using(connection.alias)
        store = rows.filter(record_type=registry().stores.number, record_id=move.store_id)
        if store.filter(cursor__lte=cursor).exists():
            _sending(connection, site_id).filter(pk=move.pk).update(learnt_at=now())


def _waiting(connection: BaseDatabaseWrapper, site_id: int) -> "QuerySet[StoreMove]":
    moves = StoreMove.objects.using(connection.alias)
    return moves.filter(from_site=site_id, state=MoveState.WAITING)


def _sending(connection: BaseDatabaseWrapper, site_id: int) -> "QuerySet[StoreMove]":
    moves = StoreMove.objects.using(connection.alias)
    return moves.filter(from_site=site_id, state=MoveState.SENDING)
