"""Patients whom the records of a store name: people are offered those whom the store sees.

A patient whom the store does not see would not come along when it is moved, or installed anew.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.simulation.places import Country
from msupply.simulation.tables import Row
from msupply.sync.declare.registry import RecordType, registry


def is_known(connection: BaseDatabaseWrapper, kind: RecordType, row: Row) -> bool:
    """Tell whether the store of a row sees every patient whom the row names."""
    if kind.model.visibility:
        return True
    named = _patients(connection, kind, row)
    return all(_sees(connection, store, patient) for store, patient in named)


def is_needed(connection: BaseDatabaseWrapper, kind: RecordType, row: Row) -> bool:
    """Tell whether a row makes somebody visible whom a record of the store names."""
    join = kind.model.visibility
    if join is None:
        return False
    wanted = (row[join.store], row[join.subject])
    country = Country(connection)
    return any(
        wanted in _patients(connection, other, one)
        for other in registry().synced
        if not other.model.visibility and any(p.table == "name" for p in other.parents)
        for one in country.rows(other.table).values()
    )


def _patients(connection: BaseDatabaseWrapper, kind: RecordType, row: Row) -> list[tuple[str, str]]:
    """Return the patients whom a row of a store names, each with the store."""
    columns = [parent.column for parent in kind.parents if parent.table == "name"]
    if not columns:
        return []
    country = Country(connection)
    store = country.store_of(kind, row)
    names = country.rows("name")
    return [
        (store, row[column])
        for column in columns
        if store and row[column] in names and names[row[column]]["type"] == "PATIENT"
    ]


def _sees(connection: BaseDatabaseWrapper, store: str, patient: str) -> bool:
    joins = Country(connection).rows("name_store_join").values()
    return any(j["store_id"] == store and j["name_id"] == patient for j in joins)
