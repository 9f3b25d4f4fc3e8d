"""What has been decided about stores and sites, and what a machine knows of it.

Read by plain SQL: on the central server as it stands there, at a site as it was told last.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.simulation.steps import CENTRAL


@dataclass(frozen=True)
class Told:
    """The decisions that a machine goes by; stores are ids.

    - `primary`: it edits the central data. `modern`: it edits those that travel by V6.
    - `frozen`: their records are not edited for the moment.
    - `withheld`: all their records stay at home; `without_transactions`: some of them.
    """

    primary: bool
    modern: bool
    frozen: frozenset[str] = frozenset()
    collected: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    without_transactions: frozenset[str] = frozenset()
    procurement: bool = False
    patients_where_visible: bool = False


class _Orders(msgspec.Struct):
    collected_stores: list[str] = []
    frozen_stores: list[str] = []
    kept_home_stores: list[str] = []
    stores_without_transactions: list[str] = []
    is_primary: bool = False
    centralised_procurement: bool = False
    patients_edited_where_visible: bool = False


def at(connection: BaseDatabaseWrapper, site: int) -> Told:
    """Return what the machine of a site, or the central server, goes by."""
    return decided_for(connection, CENTRAL) if site == CENTRAL else _at_site(connection)


def primary(central: BaseDatabaseWrapper) -> int:
    """Return the site where central data are edited."""
    return int(_setting(central, "primary_site_id", "0")) or CENTRAL


def modern_centre(central: BaseDatabaseWrapper) -> int:
    """Return the site that is the Open mSupply central server."""
    with central.cursor() as cursor:
        cursor.execute("SELECT site_id FROM site WHERE is_oms_central")
        return int(cursor.fetchone()[0])


def decided_for(central: BaseDatabaseWrapper, site: int) -> Told:
    """Return what the central server has decided about a site, by its own tables."""
    stores = _texts(central, "SELECT id FROM store WHERE site_id = %s", site)
    frozen = _texts(central, "SELECT store_id FROM store_settings WHERE frozen_since IS NOT NULL")
    # A site hears that a store has left it only at the end of a cycle.
    left = _texts(
        central,
        "SELECT store_id FROM store_move WHERE from_site = %s AND switched_at IS NOT NULL",
        site,
    )
    without = _texts(central, "SELECT store_id FROM store_settings WHERE NOT include_transactions")
    of_site = "SELECT store_id FROM store_sync WHERE site_id = %s AND sync_with = %s"
    return Told(
        primary(central) == site,
        modern_centre(central) == site,
        frozen if site == CENTRAL else (frozen & stores) | (left - stores),
        _texts(central, of_site, site, "COLLECTOR") - stores,
        _texts(central, of_site, CENTRAL, "TRANSFER") & stores,
        without & stores,
        _setting(central, "centralised_procurement", "false") == "true",
        _setting(central, "patients_edited_where_visible", "false") == "true",
    )


def _at_site(connection: BaseDatabaseWrapper) -> Told:
    orders = msgspec.json.decode(_setting(connection, "orders", "{}"), type=_Orders)
    return Told(
        orders.is_primary,
        _setting(connection, "is_oms_central", "false") == "true",
        frozenset(orders.frozen_stores),
        frozenset(orders.collected_stores),
        frozenset(orders.kept_home_stores),
        frozenset(orders.stores_without_transactions),
        orders.centralised_procurement,
        orders.patients_edited_where_visible,
    )


def _setting(connection: BaseDatabaseWrapper, key: str, default: str) -> str:
    found = _texts(connection, "SELECT value FROM sync_setting WHERE key = %s", key)
    return next(iter(found), default)


def _texts(connection: BaseDatabaseWrapper, sql: str, *parameters: Any) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters])
        return frozenset(value for (value,) in cursor.fetchall())
