"""Which records a visitor sees; the rules are those of `services.scope`."""

from django.db.models import QuerySet

from msupply.services import scope
from msupply.services.scope import own_store_column, store_path
from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType
from msupply.web.visit import Visit


def records(visit: Visit, kind: RecordType, *, with_deleted: bool = False) -> QuerySet[Record]:
    """Return the records of a type that a visitor may look at in the current store."""
    return scope.records(visit.viewer, kind, with_deleted=with_deleted)


__all__ = ["own_store_column", "records", "store_path"]
