"""Noting that a site has learnt of a freeze, and has sent everything since (central/store_move.py).

Nothing is written unless a store of the site is being moved.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.records.store_moves import MoveState, StoreMove
from msupply.sync.clock import now
from msupply.sync.orders import SiteOrders


def told(connection: BaseDatabaseWrapper, site_id: int, orders: SiteOrders) -> None:
    """Note which stores a site is being told are frozen."""
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


def _waiting(connection: BaseDatabaseWrapper, site_id: int) -> "QuerySet[StoreMove]":
    moves = StoreMove.objects.using(connection.alias)
    return moves.filter(from_site=site_id, state=MoveState.WAITING)
