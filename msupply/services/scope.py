"""Which records somebody sees: those of their store, on a central server perhaps all of them."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from msupply.records.users import User
from msupply.services import permissions, rights
from msupply.services.guard import kept_on_central
from msupply.sync.declare import LocalOnly, SplitBy
from msupply.sync.declare.policy import Policy
from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType, registry
from msupply.sync.here import Here


@dataclass(frozen=True)
class Viewer:
    """Who looks, and from where; without a user it is the operator of the machine, who sees all."""

    connection: BaseDatabaseWrapper
    here: Here
    user: User | None = None
    store_id: str | None = None

    def may(self, permission: str) -> bool:
        """Return whether the viewer has a permission in their store."""
        if self.user is None:
            return True
        return self.store_id is not None and permissions.allowed(
            self.user, self.store_id, permission
        )

    def may_view(self, kind: RecordType) -> bool:
        """Return whether the viewer may see records of a type, or at least some of them."""
        rows = rights.BY_TYPE.get(kind.name)
        if rows is not None and any(map(self.may, rows.views)):
            return True
        return self.may(kind.permissions.view)

    def may_edit(self, kind: RecordType) -> bool:
        """Return whether the viewer has the right to edit some of a type, wherever that may be."""
        if not kind.permissions.edit or kind.name in rights.BY_PROGRAM:
            return False
        rows = rights.BY_TYPE.get(kind.name)
        if rows is not None and any(map(self.may, rows.edits)):
            return True
        return self.may(kind.permissions.edit)

    @property
    def sees_all_stores(self) -> bool:
        """Central servers show the records of all stores to those who manage central data."""
        if self.user is None:
            return True
        is_central = self.here.is_central or self.here.is_oms_central
        return is_central and (
            self.may(permissions.EDIT_CENTRAL_DATA) or self.may(permissions.SERVER_ADMIN)
        )


def store_path(kind: RecordType) -> str | None:
    """Return the path of the column that names the store of a record, None where none does."""
    policy = kind.policy
    if isinstance(policy, LocalOnly):
        return None if kept_on_central(kind) else _local_store_path(kind)
    if isinstance(policy, SplitBy):
        policy = policy.match if policy.match.store else policy.other
    if policy.store is None:
        return None
    return policy.store.replace(".", "__")


def _local_store_path(kind: RecordType) -> str | None:
    """Records that never travel say nothing of their store, but by a column of that name."""
    if "store_id" in kind.columns:
        return "store_id"
    for column in kind.columns.values():
        target = column.related_model
        above = registry().by_table.get(target._meta.db_table) if isinstance(target, type) else None
        if above and isinstance(above.policy, LocalOnly) and "store_id" in above.columns:
            return f"{column.name}__store_id"
    return None


def own_store_column(kind: RecordType) -> str | None:
    """Return the column with a record's store, None where it has none or its parent has it."""
    path = store_path(kind)
    return None if path is None or "__" in path else path


def records(viewer: Viewer, kind: RecordType, *, with_deleted: bool = False) -> QuerySet[Record]:
    """Return the records of a type that a viewer may look at."""
    every: QuerySet[Record] = QuerySet(kind.model, using=viewer.connection.alias)
    path = store_path(kind)
    if path is not None and not viewer.sees_all_stores:
        condition = Q(**{path: viewer.store_id})
        partner = getattr(kind.policy, "partner", None)
        if partner:
            condition |= Q(**{partner.replace(".", "__"): viewer.store_id})
        if getattr(kind.policy, "everywhere_without_store", False) or not kind.syncs:
            condition |= Q(**{f"{path}__isnull": True})
        every = every.filter(condition)
    if viewer.here.served and not viewer.sees_all_stores:
        every = every.filter(_of_people_here(viewer, kind))
    if kind.name == "syncfilereference" and not viewer.sees_all_stores:
        seen = records(viewer, registry().by_name["asset"], with_deleted=True)
        every = every.filter(~Q(table_name="asset") | Q(record_id__in=seen.values("pk")))
    rows = rights.BY_TYPE.get(kind.name)
    if rows is not None:
        every = every.exclude(rows.hidden(set(filter(viewer.may, rows.views))))
    if "deleted_datetime" in kind.columns and not with_deleted:
        every = every.filter(Q(deleted_datetime__isnull=True))
    return every


def _of_people_here(viewer: Viewer, kind: RecordType) -> Q:
    """Return the condition of the patients and prescribers that a store of this site knows.

    A site has no others, but a central server has those of the whole country (domain.md A.7). A copy
    of a store is read with its own.
    """
    condition = Q()
    for test, subject in _subjects(kind):
        seen = Q()
        for join in registry().visibility:
            declared = join.model.visibility
            assert declared is not None
            site = f"{join.columns[declared.store].name}__{registry().store_columns.site}"
            rows: QuerySet[Record] = QuerySet(join.model, using=viewer.connection.alias)
            store = Q(**{join.columns[declared.store].attname: viewer.store_id})
            here = rows.filter(Q(**{site: viewer.here.site_id}) | store)
            seen |= Q(**{f"{subject}__in": here.values(declared.subject)})
        condition &= ~test | seen if test else seen
    return condition


def _subjects(kind: RecordType) -> list[tuple[Q, str]]:
    """Return the paths to the person that rows are about, each with the condition of the rows."""
    policy = kind.policy
    if isinstance(policy, SplitBy):
        matches = Q(**{policy.column.replace(".", "__"): policy.value})
        branches = [(matches, policy.match), (~matches, policy.other)]
        return [(test, _orm(p.visible)) for test, p in branches if p.visible]
    if isinstance(policy, Policy) and policy.visible:
        return [(Q(), _orm(policy.visible))]
    of_nobody = store_path(kind) is None and "patient_id" in kind.columns
    return [(Q(), "patient_id")] if of_nobody else []


def _orm(path: str) -> str:
    return path.replace(".", "__")
