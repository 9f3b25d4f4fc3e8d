"""What this instance is: its role follows from its own data, never from a build."""

from dataclasses import dataclass, fields, replace
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import Channel
from msupply.sync.site_orders import IDLE_MINUTES, NO_ORDERS, SiteOrders


@dataclass(frozen=True)
class Here:
    """This instance.

    - `site_id`: its site number; None until it is set up.
    - `is_central`: it is the mSupply central server (owns sites, serves V5).
    - `is_oms_central`: it is the Open mSupply central server (serves V6).
    - `central_url`, `site_name`, `password_hash`: how a remote site reaches its central server;
      the hash is the wire hash (sync-v5.md 2.2).
    - `oms_central_url`: where the V6 API is; on a remote site it is learnt in every cycle.
    - `orders`: what the mSupply central server has decided about this site.
    - `primary_site_id`: the site that edits central data; 0 is the mSupply central server itself.
    - `oms_central_site_id`: on the mSupply central server, the site that is the Open mSupply
      central server.
    - `centralised_procurement`, `patients_edited_where_visible`: decided for the whole system, on
      the mSupply central server; `local_procurement` is this site's exception from the first.
    - `second_factor_required`: administrators of the mSupply central server need one to log in.
    - `idle_minutes`: on the mSupply central server, after how long without a request sessions end
      in the whole system.
    - `own_url`: where this server is reached by others.
    - `hardware_id`: made once, sent with every request.
    - `clock_ahead`: by how many seconds this computer's clock was ahead of the central server's in the
      last cycle; 0 while they agree well enough.
    - `initialised`: a first cycle has been completed (always true on the mSupply central server).
    """

    site_id: int | None = None
    site_uuid: str = ""
    is_central: bool = False
    is_oms_central: bool = False
    central_url: str = ""
    site_name: str = ""
    password_hash: str = ""
    hardware_id: str = ""
    oms_central_url: str = ""
    own_url: str = ""
    central_site_id: int = 0
    interval_seconds: int = 300
    prepared: bool = False
    initialised: bool = False
    orders: SiteOrders = NO_ORDERS
    primary_site_id: int = 0
    oms_central_site_id: int = 0
    centralised_procurement: bool = False
    patients_edited_where_visible: bool = False
    local_procurement: bool = False
    clock_ahead: int = 0
    second_factor_required: bool = False
    idle_minutes: int = IDLE_MINUTES

    @property
    def is_set_up(self) -> bool:
        """False on an instance that has no role yet."""
        return self.is_central or bool(self.central_url)

    @property
    def is_remote(self) -> bool:
        """True where a central server elsewhere must be synchronised with."""
        return self.is_set_up and not self.is_central

    @property
    def is_primary(self) -> bool:
        """True where the central data of the mSupply central server are edited."""
        if self.is_central:
            return self.primary_site_id in (0, self.site_id)
        return self.orders.is_primary

    @property
    def procures_centrally(self) -> bool:
        """True where purchase orders are the primary server's to edit (domain.md C.5)."""
        if self.is_central:
            return self.centralised_procurement
        return self.orders.centralised_procurement and not self.local_procurement

    @property
    def edits_patients_where_visible(self) -> bool:
        """True where the home store of a patient does not matter (domain.md H.6)."""
        return self.patients_edited_where_visible or self.orders.patients_edited_where_visible

    @property
    def sessions_idle_minutes(self) -> int:
        """After how many minutes without a request people are logged out here."""
        return self.idle_minutes if self.is_central else self.orders.idle_minutes

    @property
    def served(self) -> frozenset[Channel]:
        """The logs that other sites read here."""
        logs: set[Channel] = set()
        if self.is_central:
            logs |= {Channel.CENTRAL, Channel.QUEUE}
        if self.is_oms_central:
            logs.add(Channel.MODERN)
        return frozenset(logs)


def load(connection: BaseDatabaseWrapper) -> Here:
    """Read what this instance is."""
    known = [f.name for f in fields(Here)]
    marks = ", ".join(["%s"] * len(known))
    with connection.cursor() as cursor:
        # Others keep long lists among the settings, and this is read for each request.
        cursor.execute(f"SELECT key, value FROM sync_setting WHERE key IN ({marks})", known)
        values = {key: msgspec.json.decode(value) for key, value in cursor.fetchall()}
    if "orders" in values:
        values["orders"] = msgspec.convert(values["orders"], SiteOrders)
    return Here(**values)


def change(connection: BaseDatabaseWrapper, **changes: Any) -> Here:
    """Store changed settings and return the new state."""
    here = replace(load(connection), **changes)
    with connection.cursor() as cursor:
        for key, value in changes.items():
            cursor.execute(
                "INSERT INTO sync_setting (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, msgspec.json.encode(value).decode()],
            )
    return here
