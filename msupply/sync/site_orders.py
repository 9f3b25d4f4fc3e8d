"""What a site is told that the mSupply central server has decided about it (docs/decisions/0009)."""

import msgspec

# NIST SP 800-63B-4 asks for an hour at most. Less would throw away what a nurse is typing who counts
# a cold room, or treats somebody, between two touches of the tablet.
IDLE_MINUTES = 60


class SiteOrders(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a site is told of itself; stores are named by their ids.

    - `collected_stores`: stores of other sites that are copied here, to read.
    - `frozen_stores`: stores that are being moved: their records are not edited.
    - `kept_home_stores`: active stores whose records the central server does not want.
    - `stores_without_transactions`: active stores whose invoices and stock stay at the site.
    - `is_primary`: this site edits the central data of the whole system (domain.md D.12).
    - `primary_name`: the site that does so, where it is not the central server itself.
    - `centralised_procurement`: purchase orders are edited on the primary server (C.5).
    - `patients_edited_where_visible`: not at their home store alone (H.6).
    - `idle_minutes`: after how many minutes without a request people are logged out.
    - `takes_our_tables`: the server knows the tables that only programs of this kind have.
    """

    collected_stores: tuple[str, ...] = ()
    frozen_stores: tuple[str, ...] = ()
    kept_home_stores: tuple[str, ...] = ()
    stores_without_transactions: tuple[str, ...] = ()
    is_primary: bool = False
    primary_name: str = ""
    centralised_procurement: bool = False
    patients_edited_where_visible: bool = False
    idle_minutes: int = IDLE_MINUTES
    takes_our_tables: bool = True


# What a server that gives no orders, one of another make, has decided.
NO_ORDERS = SiteOrders(takes_our_tables=False)
