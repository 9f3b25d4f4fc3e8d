"""Which records a visitor sees: those of the current store, on a central server all of them."""

from django.db.models import Q, QuerySet

from msupply.sync.declare.policy import Policy, SplitBy
from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType
from msupply.web.row_permissions import BY_TYPE
from msupply.web.visit import Visit


def store_path(kind: RecordType) -> str | None:
    """Return the path of the column that names the store of a record, None where none does."""
    policy = kind.policy
    if isinstance(policy, SplitBy):
        policy = policy.match if policy.match.store else policy.other
    if not isinstance(policy, Policy) or policy.store is None:
        return None
    return policy.store.replace(".", "__")


def own_store_column(kind: RecordType) -> str | None:
    """Return the column with a record's store, None where it has none or its parent has it."""
    path = store_path(kind)
    return None if path is None or "__" in path else path


def records(visit: Visit, kind: RecordType, *, with_deleted: bool = False) -> QuerySet[Record]:
    """Return the records of a type that a visitor may look at in the current store."""
    every: QuerySet[Record] = QuerySet(kind.model)
    path = store_path(kind)
    if path is not None and not visit.sees_all_stores:
        condition = Q(**{path: visit.store_id})
        partner = getattr(kind.policy, "partner", None)
        if partner:
            condition |= Q(**{partner: visit.store_id})
        if getattr(kind.policy, "everywhere_without_store", False):
            condition |= Q(**{f"{path}__isnull": True})
        every = every.filter(condition)
    rows = BY_TYPE.get(kind.name)
    if rows is not None:
        every = every.exclude(rows.hidden(set(filter(visit.may, rows.permissions.values()))))
    if "deleted_datetime" in kind.columns and not with_deleted:
        every = every.filter(Q(deleted_datetime__isnull=True))
    return every
