"""Who may edit a record here: the policy, read for people (domain.md A.1).

What a site pushes is judged by the same policies in acceptance.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import orders
from msupply.sync.declare.policy import Editor, Policy, SplitBy
from msupply.sync.declare.registry import RecordType, registry
from msupply.sync.here import Here
from msupply.sync.placement import active_stores
from msupply.sync.sql import dialect


@dataclass(frozen=True)
class Refusal:
    """Why an edit is not possible here; `place` is where it can be made.

    `store` is the id of the store that owns the record, where one does.
    """

    editor: Editor
    store: str | None = None

    @property
    def place(self) -> str:
        """Where the record may be edited, in English."""
        return self.editor.value


class EditRefused(Exception):
    """An edit was tried where the record may not be edited; every surface shows it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"This can only be done on {refusal.place}.")
        self.refusal = refusal


def refusal(
    connection: BaseDatabaseWrapper, kind: RecordType, values: dict[str, Any], here: Here
) -> Refusal | None:
    """Return why a row with these column values cannot be edited here, None when it can.

    Ask it for the row as it is and for the row as it will be.
    """
    if not kind.syncs:
        return None
    return out_of_reach(kind, here) or _refusal_by_policy(connection, kind, values, here)


def out_of_reach(kind: RecordType, here: Here) -> Refusal | None:
    """Return why no row of a type can be edited here: no way leads to the other central server."""
    lost = kind.by_v6_alone and here.is_central and not here.is_oms_central
    return Refusal(Editor.MODERN) if lost else None


def refusal_of_change(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    before: dict[str, Any],
    after: dict[str, Any],
    here: Here,
) -> Refusal | None:
    """Return why a row that is here cannot become another one, None when it can.

    Who may edit both is another question: see `refusal`.
    """
    if not kind.syncs:
        return None
    policy = policy_of(connection, kind, after)
    lasting: list[str] = []
    if not is_centre(kind, here):
        lasting = kind.fixed
        if policy.editor in (Editor.VISIBLE, Editor.PARTY):
            lasting = [*lasting, *filter(None, (policy.visible, policy.store, policy.partner))]
    elif kind.model.written_once:
        lasting = kind.fixed
    changed = any(before.get(column) != after.get(column) for column in lasting)
    if changed or policy_of(connection, kind, before) is not policy:
        return Refusal(Editor.NOWHERE)
    return None


def _refusal_by_policy(
    connection: BaseDatabaseWrapper, kind: RecordType, values: dict[str, Any], here: Here
) -> Refusal | None:
    policy = policy_of(connection, kind, values)
    store = store_of(connection, kind, policy, values)
    frozen = orders.frozen_stores(connection, here)
    if store and store in frozen:
        return Refusal(Editor.NOWHERE_YET, store)
    editor = editor_of(policy, here)
    if editor is Editor.ANYWHERE or is_central_for(kind, here, policy):
        return None
    if editor is Editor.CENTRAL:
        return Refusal(_centre(kind, here), store)
    if editor is Editor.ATTACHED:
        return _refusal_by_record(connection, policy, values, here)
    if editor is Editor.VISIBLE or (editor is Editor.HOME and here.edits_patients_where_visible):
        return _refusal_where_invisible(connection, kind, policy, values, here)
    # That store has been looked up; but a message has two.
    known = store if editor is not Editor.PARTY else None
    owners = [known] if known else _owners(connection, kind, policy, values)
    return _refusal_by_owner(connection, kind, policy, owners, here)


def _refusal_by_owner(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    policy: Policy,
    owners: list[str],
    here: Here,
) -> Refusal | None:
    if not owners:
        return None if is_centre(kind, here) else Refusal(_centre(kind, here))
    if policy.editor is Editor.HOME and owners[0] in orders.frozen_stores(connection, here):
        # What the site still writes as the home could come too late.
        return Refusal(Editor.NOWHERE_YET, owners[0])
    # Without a number, of a site that is not set up, no store is active here.
    active = active_stores(connection, here.site_id) if here.site_id is not None else ()
    is_ours = not frozenset(owners).isdisjoint(active)
    return None if is_ours else Refusal(policy.editor, owners[0])


def _owners(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    policy: Policy,
    values: dict[str, Any],
) -> list[str]:
    """Return the stores of which one must be active where a row is edited."""
    if policy.own_name:
        name = value_of(connection, kind, policy.own_name, values)
        return sorted(stores_by_name(connection, [name or ""]).values())
    paths = [policy.home if policy.editor is Editor.HOME else policy.store]
    if policy.editor is Editor.PARTY:
        paths.append(policy.partner)
    found = [value_of(connection, kind, path, values) for path in paths]
    return [owner for owner in found if owner]


def _refusal_by_record(
    connection: BaseDatabaseWrapper, policy: Policy, values: dict[str, Any], here: Here
) -> Refusal | None:
    """Ask for the record that a row is attached to; nobody edits what is attached to nothing."""
    assert policy.attached is not None
    table, record_id = (values.get(column) or "" for column in policy.attached)
    about = registry().by_table.get(table)
    if about is None or not about.syncs or about.policies_where(lambda p: p.attached is not None):
        return Refusal(Editor.ATTACHED)
    row = row_of(connection, about, record_id)
    return Refusal(Editor.ATTACHED) if row is None else refusal(connection, about, row, here)


def _refusal_where_invisible(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    policy: Policy,
    values: dict[str, Any],
    here: Here,
) -> Refusal | None:
    if sees_all_patients(kind, here):
        return None
    active = active_stores(connection, here.site_id)
    if policy.home and value_of(connection, kind, policy.home, values) in active:
        return None
    subject = value_of(connection, kind, policy.visible, values)
    if subject is None:
        return Refusal(_centre(kind, here))
    stores = (*active, *here.orders.collected_stores)
    seen = visible_among(connection, stores, [subject])
    return None if subject in seen else Refusal(Editor.VISIBLE)


def sees_all_patients(kind: RecordType, here: Here) -> bool:
    """True on the central server that all records of a type come to."""
    return here.is_central or (here.is_oms_central and kind.of_oms_central)


def is_central_for(kind: RecordType, here: Here, policy: Policy) -> bool:
    """True where this instance is the central server that owns a type and may edit it."""
    shared = editor_of(policy, here) in (Editor.CENTRAL, Editor.OWNER_OR_CENTRAL)
    return shared and is_centre(kind, here)


def is_centre(kind: RecordType, here: Here) -> bool:
    """True on the central server that edits what is central of a type, and what has no owner."""
    return here.is_oms_central if kind.of_oms_central else here.is_primary


def editor_of(policy: Policy, here: Here) -> Editor:
    """Return where rows under a policy are edited, as this system is set up."""
    return Editor.CENTRAL if policy.procurement and here.procures_centrally else policy.editor


def _centre(kind: RecordType, here: Here) -> Editor:
    # Where the two differ, people are told which one it is.
    named = bool(here.orders.primary_name)
    elsewhere = not here.is_primary and (here.is_central or named)
    return Editor.PRIMARY if elsewhere and not kind.of_oms_central else Editor.CENTRAL


def policy_of(connection: BaseDatabaseWrapper, kind: RecordType, values: dict[str, Any]) -> Policy:
    """Return the policy that holds for a row with these column values."""
    policy = kind.policy
    if isinstance(policy, SplitBy):
        matches = value_of(connection, kind, policy.column, values) == policy.value
        return policy.match if matches else policy.other
    assert isinstance(policy, Policy)
    return policy


def store_of(
    connection: BaseDatabaseWrapper, kind: RecordType, policy: Policy, values: dict[str, Any]
) -> str | None:
    """Return the store that owns a row with these column values, None when no store does."""
    return value_of(connection, kind, policy.store, values)


def value_of(
    connection: BaseDatabaseWrapper, kind: RecordType, path: str | None, values: dict[str, Any]
) -> str | None:
    """Return what a policy's path leads to from a row with these column values."""
    if path is None:
        return None
    if "." not in path:
        return values.get(path)
    reference, table, target = kind.follow(path)
    parent_id = values.get(reference) or ""
    found: str | None = lookup(connection, table, target, [parent_id]).get(parent_id)
    return found


def lookup(connection: BaseDatabaseWrapper, table: str, column: str, ids: Any) -> dict[str, Any]:
    """Return one column of the rows with these ids, by id."""
    speak = dialect(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id, "{column}" FROM "{table}" WHERE {speak.in_ids("id")}',
            [speak.ids_parameter(ids)],
        )
        return dict(cursor.fetchall())


def row_of(
    connection: BaseDatabaseWrapper, kind: RecordType, record_id: str
) -> dict[str, Any] | None:
    """Return the columns of a record, None where it is not here."""
    names = ", ".join(f'"{name}"' for name in kind.columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{kind.table}" WHERE id = %s', [record_id])
        row = cursor.fetchone()
    return None if row is None else dict(zip(kind.columns, row, strict=True))


def stores_by_name(connection: BaseDatabaseWrapper, names: Iterable[str]) -> dict[str, str]:
    """Return the stores whose own names these are, by name."""
    column = registry().store_columns.name
    if column is None:
        return {}
    speak = dialect(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {column}, id FROM "{registry().stores.table}" WHERE {speak.in_ids(column)}',
            [speak.ids_parameter(names)],
        )
        return dict(cursor.fetchall())


def visible_among(
    connection: BaseDatabaseWrapper, stores: Iterable[str], subjects: Iterable[str]
) -> set[str]:
    """Return those of some patients and prescribers that are visible in some stores."""
    speak = dialect(connection)
    parameters = [speak.ids_parameter(stores), speak.ids_parameter(subjects)]
    parts = [
        f'SELECT {join.subject} FROM "{kind.table}"'
        f" WHERE {speak.in_ids(join.store)} AND {speak.in_ids(join.subject)}"
        for kind in registry().visibility
        if (join := kind.model.visibility)
    ]
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), parameters * len(parts))
        return {subject for (subject,) in cursor.fetchall()}
