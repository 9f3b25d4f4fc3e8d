"""Who may edit a record: one policy, read for people here and for what arrives (domain.md A.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import orders, quarantine
from msupply.sync.declare.decoded import DecodedBatch
from msupply.sync.declare.message import Message
from msupply.sync.declare.policy import Editor, Policy, SplitBy
from msupply.sync.declare.registry import RecordType
from msupply.sync.here import Here
from msupply.sync.models import StoreSettings
from msupply.sync.placement import active_stores
from msupply.sync.quarantine import Problem
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
    if kind.by_v6_alone and here.is_central and not here.is_oms_central:
        # From here there is no way to the other central server.
        return Refusal(Editor.MODERN)
    return _refusal_by_policy(connection, kind, values, here)


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
    if editor is Editor.HOME:
        store = value_of(connection, kind, policy.home, values)
        free = store is None or here.edits_patients_where_visible
        if not free and store in frozen:
            # What the site still writes as the home could come too late.
            return Refusal(Editor.NOWHERE_YET, store)
    else:
        free = False
        if store is None and policy.everywhere_without_store:
            editor = _centre(kind, here)
    is_ours = here.site_id is not None and store in active_stores(connection, here.site_id)
    return None if free or is_ours else Refusal(editor, store)


def is_central_for(kind: RecordType, here: Here, policy: Policy) -> bool:
    """True where this instance is the central server that owns a type and may edit it."""
    if editor_of(policy, here) not in (Editor.CENTRAL, Editor.OWNER_OR_CENTRAL):
        return False
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


@dataclass(frozen=True)
class Sender:
    """A site that pushes, and what it owns: its active stores, and central data if they are its.

    A store that has just left a site which could not be told is still among its stores.
    """

    site_id: int
    stores: frozenset[str]
    here: Here

    def may_edit(self, kind: RecordType, policy: Policy, store: str | None) -> bool:
        """True when a row under this policy is the sender's; `store` owns it, or is its home."""
        editor = editor_of(policy, self.here)
        if editor is Editor.CENTRAL:
            here = self.here
            owner = here.oms_central_site_id if kind.of_oms_central else here.primary_site_id
            return owner == self.site_id
        if editor is Editor.HOME and self.here.edits_patients_where_visible:
            return True
        return editor is Editor.ANYWHERE or store is None or store in self.stores


def sender(connection: BaseDatabaseWrapper, here: Here, site_id: int | None) -> Sender:
    """Return what a site owns."""
    # No site has the number -1: unlike 0, no setting names it.
    number = site_id or -1
    settings = StoreSettings.objects.using(connection.alias)
    late = settings.filter(late_site=number).values_list("store_id", flat=True)
    return Sender(number, frozenset(active_stores(connection, number)).union(late), here)


def refused_from_site(
    connection: BaseDatabaseWrapper, kind: RecordType, batch: DecodedBatch, sender: Sender
) -> dict[int, Problem]:
    """Return the records of a pushed batch that the sending site does not own.

    Both the row as it arrives and the row as it is here must belong to the sender.
    """
    refused: dict[int, Problem] = {}
    for places, policy in _places_by_policy(connection, kind, batch):
        owner = _owner_path(policy)
        good = [place for place in places if place not in batch.errors]
        if owner is None:
            if not sender.may_edit(kind, policy, None):
                refused |= dict.fromkeys(good, _not_owner(kind, policy, None, sender))
            continue
        arriving = _arriving(connection, kind, owner, batch)
        present = _present(connection, kind, owner, [batch.ids[place] for place in good])
        stores = {None, *arriving, *present.values()}
        foreign = {store for store in stores if not sender.may_edit(kind, policy, store)}
        if not foreign:
            continue
        for place in good:
            for store in (arriving[place], present.get(batch.ids[place])):
                if store in foreign:
                    refused[place] = _not_owner(kind, policy, store, sender)
    return refused


def refused_deletes(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str], sender: Sender
) -> dict[str, Problem]:
    """Return the deletes pushed by a site that are not the site's to make."""
    refused: dict[str, Problem] = {}
    for members, policy in _ids_by_policy(connection, kind, ids):
        owner = _owner_path(policy)
        stores = _present(connection, kind, owner, members) if owner else {}
        for record_id in members:
            store = stores.get(record_id)
            if not sender.may_edit(kind, policy, store):
                refused[record_id] = _not_owner(kind, policy, store, sender)
    return refused


def _owner_path(policy: Policy) -> str | None:
    return policy.home if policy.editor is Editor.HOME else policy.store


def _not_owner(kind: RecordType, policy: Policy, store: str | None, sender: Sender) -> Problem:
    if editor_of(policy, sender.here) is Editor.CENTRAL:
        text = _("{type}: edited on the central server only")
    elif policy.editor is Editor.HOME:
        text = _("{type}: edited at its home store “{store}”, which is not active on that site")
    else:
        text = _("{type}: the site does not own it, as store “{store}” is not active there")
    reason = Message(text, {"type": kind.name, "store": store or ""})
    return Problem(quarantine.NOT_OWNER, reason)


def _places_by_policy(
    connection: BaseDatabaseWrapper, kind: RecordType, batch: DecodedBatch
) -> list[tuple[Sequence[int], Policy]]:
    policy = kind.policy
    if not isinstance(policy, SplitBy):
        assert isinstance(policy, Policy)
        return [(range(len(batch)), policy)]
    values = _arriving(connection, kind, policy.column, batch)
    matching = [place for place, value in enumerate(values) if value == policy.value]
    others = [place for place, value in enumerate(values) if value != policy.value]
    return [(matching, policy.match), (others, policy.other)]


def _ids_by_policy(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str]
) -> list[tuple[Sequence[str], Policy]]:
    policy = kind.policy
    if not isinstance(policy, SplitBy):
        assert isinstance(policy, Policy)
        return [(ids, policy)]
    values = _present(connection, kind, policy.column, ids)
    # A row that is not here belongs to nobody.
    matching = [i for i in ids if i not in values or values[i] == policy.value]
    others = [i for i in ids if i in values and values[i] != policy.value]
    return [(matching, policy.match), (others, policy.other)]


def _arriving(
    connection: BaseDatabaseWrapper, kind: RecordType, path: str, batch: DecodedBatch
) -> Sequence[str | None]:
    """Return what a path leads to from each record of a batch."""
    if "." not in path:
        return batch.columns[path]
    reference, table, target = kind.follow(path)
    parents = batch.columns[reference]
    found = lookup(connection, table, target, {p for p in parents if p})
    return [found.get(p) for p in parents]


def _present(
    connection: BaseDatabaseWrapper, kind: RecordType, path: str, ids: Sequence[str]
) -> dict[str, str | None]:
    """Return what a path leads to from the rows that are here, by id."""
    if "." not in path:
        return lookup(connection, kind.table, path, ids)
    reference, table, target = kind.follow(path)
    parents = lookup(connection, kind.table, reference, ids)
    found = lookup(connection, table, target, set(parents.values()) - {None})
    return {record: found.get(parent_id) for record, parent_id in parents.items()}


def lookup(connection: BaseDatabaseWrapper, table: str, column: str, ids: Any) -> dict[str, Any]:
    """Return one column of the rows with these ids, by id."""
    speak = dialect(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id, "{column}" FROM "{table}" WHERE {speak.in_ids("id")}',
            [speak.ids_parameter(ids)],
        )
        return dict(cursor.fetchall())
