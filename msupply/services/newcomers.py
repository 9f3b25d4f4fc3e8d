"""New patients and prescribers: at home in a store, and visible there (domain.md A.7).

Without the record that makes them visible they would go to no site, not even back to their own.
"""

from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.sync.declare import Record


def complete(record: Record, store_id: str | None) -> list[Record]:
    """Give a new person a home, the store where they are entered unless one is named.

    Returns what is to be written with the record: where the person is visible.
    """
    if isinstance(record, Name) and record.type == NameType.PATIENT:
        record.is_customer = True
        record.supplying_store_id = record.supplying_store_id or store_id
        home = record.supplying_store_id
        return [NameStoreJoin(name_id=record.pk, store_id=home)] if home else []
    if isinstance(record, Clinician):
        record.store_id = record.store_id or store_id
        home = record.store_id
        return [ClinicianStoreJoin(clinician_id=record.pk, store_id=home)] if home else []
    return []
