"""Does a record of this central server go to a site? The policy, read for one record (domain.md D.5).

Whole logs are routed by routing.py; this is for what hangs on a record and travels apart from it.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import ownership, placement
from msupply.sync.declare.registry import RecordType


def goes_to(
    connection: BaseDatabaseWrapper, kind: RecordType, record_id: str, site_id: int
) -> bool:
    """Return whether a site gets a record; one that is not here goes nowhere."""
    row = ownership.row_of(connection, kind, record_id)
    if row is None:
        return False
    policy = ownership.policy_of(connection, kind, row)

    def at(path: str | None) -> str | None:
        return ownership.value_of(connection, kind, path, row)

    store = at(policy.store)
    if not policy.goes_down:
        return False
    if policy.everywhere or (policy.everywhere_without_store and store is None):
        return True
    places = placement.of_site(connection, site_id)
    stores = {*places.active, *places.collected}
    takes_part = {store, at(policy.partner)}
    if name := at(policy.other_party):
        takes_part.update(ownership.stores_by_name(connection, [name]).values())
    if not stores.isdisjoint(takes_part):
        return True
    subject = at(policy.visible)
    return bool(subject and ownership.visible_among(connection, stores, [subject]))
