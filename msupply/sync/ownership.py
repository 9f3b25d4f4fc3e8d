"""Who may edit a record: one policy, read for people here and for what arrives (domain.md A.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import quarantine
from msupply.sync.declare.batch import DecodedBatch
from msupply.sync.declare.policy import Editor, Policy, SplitBy
from msupply.sync.declare.registry import RecordType
from msupply.sync.here import Here
from msupply.sync.quarantine import Problem
from msupply.sync.routing import active_stores
from msupply.sync.sql import dialect


@dataclass(frozen=True)
class Refusal:
    """Why an edit is not possible here; `place` is where it can be made."""

    editor: Editor

    @property
    def place(self) -> str:
        """Where the record may be edited, in English."""
        return self.editor.value


class EditRefused(Exception):
    """An edit was tried where the record may not be edited; every surface shows it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"This can only be done on {refusal.place}.")
        self.refusal = refusal


def policy_of(kind: RecordType, values: dict[str, Any]) -> Policy:
    """Return the policy that holds for a row with these column values."""
    policy = kind.policy
    if isinstance(policy, SplitBy):
        return policy.match if values.get(policy.column) == policy.value else policy.other
    assert isinstance(policy, Policy)
    return policy


def refusal(
    connection: BaseDatabaseWrapper, kind: RecordType, values: dict[str, Any], here: Here
) -> Refusal | None:
    """Return why a row with these column values cannot be edited here, None when it can.

    Ask it for the row as it is and for the row as it will be.
    """
    if not kind.syncs:
        return None
    policy = policy_of(kind, values)
    if policy.editor is Editor.ANYWHERE or is_central_for(kind, here, policy):
        return None
    if policy.editor is Editor.CENTRAL:
        return Refusal(Editor.CENTRAL)
    store = store_of(connection, kind, policy, values)
    if store is None and policy.everywhere_without_store:
        return None if policy.editor is Editor.OWNER_OR_CENTRAL else Refusal(Editor.CENTRAL)
    if here.site_id is not None and store in active_stores(connection, here.site_id):
        return None
    return Refusal(policy.editor)


def is_central_for(kind: RecordType, here: Here, policy: Policy) -> bool:
    """True where this instance is the central server that owns a type and may edit it."""
    if policy.editor not in (Editor.CENTRAL, Editor.OWNER_OR_CENTRAL):
        return False
    return here.is_central if kind.legacy else here.is_oms_central


def refused_from_site(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    batch: DecodedBatch,
    site_id: int | None,
) -> dict[int, Problem]:
    """Return the records of a pushed batch that the sending site does not own.

    Both the row as it arrives and the row as it is here must belong to the sender.
    """
    refused: dict[int, Problem] = {}
    own = frozenset(active_stores(connection, site_id or 0))
    split = kind.policy if isinstance(kind.policy, SplitBy) else None
    for test, policy in _with_places(kind, batch, split):
        places = [place for place in test if place not in batch.errors]
        if not policy.goes_up:
            for place in places:
                refused[place] = Problem(
                    quarantine.NOT_OWNER, f"{kind.name} is edited on the central server only"
                )
        elif policy.store and policy.editor is not Editor.ANYWHERE:
            refused |= _of_other_stores(connection, kind, policy, batch, places, own)
    return refused


def _with_places(
    kind: RecordType, batch: DecodedBatch, split: SplitBy | None
) -> list[tuple[Sequence[int], Policy]]:
    if split is None:
        assert isinstance(kind.policy, Policy)
        return [(range(len(batch)), kind.policy)]
    values = batch.columns[split.column]
    matching = [place for place, value in enumerate(values) if value == split.value]
    others = [place for place, value in enumerate(values) if value != split.value]
    return [(matching, split.match), (others, split.other)]


def _of_other_stores(
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    policy: Policy,
    batch: DecodedBatch,
    places: Sequence[int],
    own: frozenset[str],
) -> dict[int, Problem]:
    assert policy.store is not None
    new_stores = _arriving_stores(connection, kind, policy.store, batch)
    here_now = _present_stores(connection, kind, policy.store, [batch.ids[p] for p in places])
    refused = {}
    for place in places:
        for store in (new_stores[place], here_now.get(batch.ids[place])):
            if store is not None and store not in own:
                refused[place] = Problem(
                    quarantine.NOT_OWNER,
                    f"the sending site does not own this {kind.name}:"
                    f" store {store!r} is not active there",
                )
    return refused


def _arriving_stores(
    connection: BaseDatabaseWrapper, kind: RecordType, column: str, batch: DecodedBatch
) -> list[str | None]:
    if "." not in column:
        return batch.columns[column]
    reference, table, target = kind.follow(column)
    parents = batch.columns[reference]
    stores = lookup(connection, table, target, {p for p in parents if p})
    return [stores.get(p) for p in parents]


def _present_stores(
    connection: BaseDatabaseWrapper, kind: RecordType, column: str, ids: Sequence[str]
) -> dict[str, str | None]:
    if "." not in column:
        return lookup(connection, kind.table, column, ids)
    reference, table, target = kind.follow(column)
    parents = lookup(connection, kind.table, reference, ids)
    if not parents:
        return {}
    stores = lookup(connection, table, target, set(parents.values()) - {None})
    return {record: stores.get(parent_id) for record, parent_id in parents.items()}


def refused_deletes(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str], site_id: int | None
) -> dict[str, Problem]:
    """Return the deletes pushed by a site that are not the site's to make."""
    own = frozenset(active_stores(connection, site_id or 0))
    refused: dict[str, Problem] = {}
    for test, policy in kind.branches:
        if test is None and not policy.goes_up:
            problem = Problem(
                quarantine.NOT_OWNER, f"{kind.name} is edited on the central server only"
            )
            refused |= dict.fromkeys(ids, problem)
        elif policy.store and policy.editor is not Editor.ANYWHERE:
            for record_id, store in _present_stores(connection, kind, policy.store, ids).items():
                if store is not None and store not in own:
                    refused[record_id] = Problem(
                        quarantine.NOT_OWNER, f"store {store!r} is not active on the sending site"
                    )
    if isinstance(kind.policy, SplitBy):
        values = lookup(connection, kind.table, kind.policy.column, ids)
        for record_id, value in values.items():
            matches = value == kind.policy.value
            policy = kind.policy.match if matches else kind.policy.other
            if not policy.goes_up:
                refused[record_id] = Problem(
                    quarantine.NOT_OWNER, f"this {kind.name} is edited on the central server only"
                )
    return refused


def lookup(connection: BaseDatabaseWrapper, table: str, column: str, ids: Any) -> dict[str, Any]:
    """Return one column of the rows with these ids, by id."""
    speak = dialect(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id, "{column}" FROM "{table}" WHERE {speak.in_ids("id")}',
            [speak.ids_parameter(ids)],
        )
        return dict(cursor.fetchall())


def store_of(
    connection: BaseDatabaseWrapper, kind: RecordType, policy: Policy, values: dict[str, Any]
) -> str | None:
    """Return the store that owns a row with these column values, None when no store does."""
    if policy.store is None:
        return None
    if "." not in policy.store:
        return values.get(policy.store)
    reference, table, target = kind.follow(policy.store)
    parent_id = values.get(reference) or ""
    store: str | None = lookup(connection, table, target, [parent_id]).get(parent_id)
    return store
