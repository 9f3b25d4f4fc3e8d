"""What a site may change by a push: what is its own, and nothing else (domain.md A.1, decision 18).

The row that is here is judged under its own policy and the arriving one under its own; both must be
the sender's, and what says whose a row is does not lead to anybody else afterwards. What has no
owner is the central server's. Everything is looked up for a whole batch at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import ownership, placement, quarantine
from msupply.sync.declare.decoded import DecodedBatch
from msupply.sync.declare.message import Message
from msupply.sync.declare.policy import Editor, Policy, SplitBy
from msupply.sync.declare.registry import RecordType, registry
from msupply.sync.here import Here
from msupply.sync.models import StoreSettings
from msupply.sync.quarantine import Problem
from msupply.sync.sql import dialect

# What the paths of a policy lead to from one row.
Claim = tuple[Any, ...]
# In a claim: the parent that would say it is not here. The record waits for that anyway.
_UNKNOWN = object()


@dataclass(frozen=True)
class Sender:
    """A site that pushes, and its active stores.

    A store that has just left a site which could not be told is still among its stores.
    """

    site_id: int
    stores: frozenset[str]
    here: Here

    def is_centre(self, kind: RecordType) -> bool:
        """True when the sender edits what is central of a type, and what has no owner."""
        return is_centre(kind, self.here, self.site_id)


def is_centre(kind: RecordType, here: Here, site_id: int | None) -> bool:
    """True for the site that edits what is central of a type, as the server here knows."""
    owner = here.oms_central_site_id if kind.of_oms_central else here.primary_site_id
    return owner == site_id


def sender(connection: BaseDatabaseWrapper, here: Here, site_id: int | None) -> Sender:
    """Return what a site owns."""
    # No site has the number -1: unlike 0, no setting names it.
    number = site_id or -1
    settings = StoreSettings.objects.using(connection.alias)
    late = settings.filter(late_site=number).values_list("store_id", flat=True)
    stores = placement.active_stores(connection, number)
    return Sender(number, frozenset(stores).union(late), here)


def refused_from_site(
    connection: BaseDatabaseWrapper, kind: RecordType, batch: DecodedBatch, sender: Sender
) -> dict[int, Problem]:
    """Return the records of a pushed batch that the sending site may not write."""
    good = [place for place in range(len(batch)) if place not in batch.errors]
    rules = _Rules(connection, kind, sender)
    arriving = rules.arriving(batch)
    present = rules.present([batch.ids[place] for place in good])
    rules.look_up({*(arriving[place] for place in good), *present.values()})
    known: dict[tuple[Claim | None, Claim], Problem | None] = {}
    refused: dict[int, Problem] = {}
    for place in good:
        change = present.get(batch.ids[place]), arriving[place]
        if change not in known:
            known[change] = rules.fault_of_change(*change)
        problem = known[change]
        if problem is not None:
            refused[place] = problem
    return refused


def not_owned(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str], sender: Sender
) -> dict[str, Problem]:
    """Return those of some records that are not a site's to delete, to merge or to attach to.

    A record that is not here is nobody's, unless all of its type are central.
    """
    rules = _Rules(connection, kind, sender)
    present = rules.present(ids)
    rules.look_up(present.values())
    refused = {}
    for record_id in ids:
        claim = present.get(record_id)
        problem = rules.fault_of_absent() if claim is None else rules.fault(claim)
        if problem is not None:
            refused[record_id] = problem
    return refused


def fixed(kind: RecordType) -> Problem:
    """Return the problem of a record that says anew what has been written for good."""
    return _problem(_("{type}: what has been written once is not changed"), kind)


@dataclass
class _Rules:
    """Who may write rows of one type, asked for a sender.

    `look_up` comes first, with all claims that will be asked about.
    """

    connection: BaseDatabaseWrapper
    kind: RecordType
    sender: Sender
    _visible: set[str] = field(default_factory=set)
    _stores: dict[str, str] = field(default_factory=dict)
    _attached: dict[Claim, Problem | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.policies = [policy for _test, policy in self.kind.branches]
        self.paths = _paths(self.kind)
        self._place = {path: place for place, path in enumerate(self.paths)}
        self._is_centre = self.sender.is_centre(self.kind)

    def arriving(self, batch: DecodedBatch) -> Sequence[Claim]:
        """Return what each record of a batch says of its ownership."""
        found: dict[str, Sequence[Any]] = {}
        for path in self.paths:
            if "." not in path:
                found[path] = batch.columns[path]
                continue
            reference, table, target = self.kind.follow(path)
            parents = batch.columns[reference]
            values = ownership.lookup(self.connection, table, target, {p for p in parents if p})
            found[path] = [values.get(p, _UNKNOWN) if p else None for p in parents]
        if not self.paths:
            return [()] * len(batch)
        return list(zip(*(found[path] for path in self.paths), strict=True))

    def present(self, ids: Sequence[str]) -> dict[str, Claim]:
        """Return what the rows that are here say, by id."""
        if not self.paths:
            return {}
        speak = dialect(self.connection)
        selected = ", ".join(self.kind.path_sql(path, "t") for path in self.paths)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f'SELECT t.id, {selected} FROM "{self.kind.table}" t WHERE {speak.in_ids("t.id")}',
                [speak.ids_parameter(ids)],
            )
            return {record_id: tuple(claim) for record_id, *claim in cursor.fetchall()}

    def look_up(self, claims: Collection[Claim]) -> None:
        """Look up what the answers about some claims rest on."""
        by_visibility = [p for p in self.policies if self._is_by_visibility(p)]
        subjects = {self._at(p.visible, claim) for p in by_visibility for claim in claims}
        if subjects := subjects - {None, _UNKNOWN}:
            collected = placement.collected_stores(self.connection, self.sender.site_id)
            stores = self.sender.stores.union(collected)
            self._visible = ownership.visible_among(self.connection, stores, subjects)
        names = {self._at(p.own_name, claim) for p in self.policies for claim in claims}
        if names := names - {None, _UNKNOWN}:
            self._stores = ownership.stores_by_name(self.connection, names)
        if any(policy.attached for policy in self.policies):
            self._look_up_attached(claims)

    def fault_of_change(self, before: Claim | None, after: Claim) -> Problem | None:
        """Return what stands against writing a row; `before` is None for a new one."""
        if before is not None:
            problem = self.fault(before)
            if problem is not None:
                return problem
        if _UNKNOWN in after:
            return None
        problem = self.fault(after)
        if problem is None and before is not None and not self._stays(before, after):
            return _problem(_("{type}: a site does not change whose it is"), self.kind)
        return problem

    def fault_of_absent(self) -> Problem | None:
        """Return what stands against deleting a row that is not here."""
        central = all(self._editor(policy) is Editor.CENTRAL for policy in self.policies)
        return self._on_central_only() if central and not self._is_centre else None

    def fault(self, claim: Claim) -> Problem | None:
        """Return why a row is not the sender's to write."""
        policy = self._policy(claim)
        editor = self._editor(policy)
        shared = editor in (Editor.CENTRAL, Editor.OWNER_OR_CENTRAL)
        if editor is Editor.ANYWHERE or (shared and self._is_centre):
            return None
        if editor is Editor.CENTRAL:
            return self._on_central_only()
        if editor is Editor.ATTACHED:
            return self._attached[claim]
        if self._is_by_visibility(policy):
            return self._fault_where_invisible(policy, claim)
        return self._fault_of_owner(policy, editor, claim)

    def _fault_of_owner(self, policy: Policy, editor: Editor, claim: Claim) -> Problem | None:
        owners = self._owners(policy, claim)
        if not self.sender.stores.isdisjoint(owners):
            return None
        if owners:
            return self._not_active(editor, owners[0])
        return None if self._is_centre else self._without_owner()

    def _fault_where_invisible(self, policy: Policy, claim: Claim) -> Problem | None:
        subject = self._at(policy.visible, claim)
        if subject in self._visible or self._at(policy.home, claim) in self.sender.stores:
            return None
        if subject is None:
            return None if self._is_centre else self._without_owner()
        return _problem(
            _("{type}: “{subject}” is not visible at that site"), self.kind, subject=subject
        )

    def _stays(self, before: Claim, after: Claim) -> bool:
        """True when a change leaves a row with its owner, or gives it to a store of the sender."""
        policy = self._policy(after)
        if self._policy(before) is not policy:
            return False
        if policy.editor is Editor.HOME:
            homes = {self._at(policy.home, before), self._at(policy.home, after)}
            return len(homes) == 1 or homes <= self.sender.stores
        lasting = []
        if policy.editor is Editor.VISIBLE:
            lasting = [policy.visible]
        elif policy.editor is Editor.PARTY:
            lasting = [policy.store, policy.partner]
        return all(self._at(path, before) == self._at(path, after) for path in lasting)

    def _editor(self, policy: Policy) -> Editor:
        return ownership.editor_of(policy, self.sender.here)

    def _is_by_visibility(self, policy: Policy) -> bool:
        free = policy.editor is Editor.HOME and self.sender.here.edits_patients_where_visible
        return free or policy.editor is Editor.VISIBLE

    def _policy(self, claim: Claim) -> Policy:
        split = self.kind.policy
        if not isinstance(split, SplitBy) or not self.paths:
            return self.policies[0]
        return split.match if self._at(split.column, claim) == split.value else split.other

    def _owners(self, policy: Policy, claim: Claim) -> list[str]:
        if policy.own_name:
            store = self._stores.get(self._at(policy.own_name, claim))
            return [store] if store else []
        if policy.editor is Editor.HOME:
            found = [self._at(policy.home, claim)]
        elif policy.editor is Editor.PARTY:
            found = [self._at(policy.store, claim), self._at(policy.partner, claim)]
        else:
            found = [self._at(policy.store, claim)]
        return [store for store in found if store]

    def _at(self, path: str | None, claim: Claim) -> Any:
        return None if path is None else claim[self._place[path]]

    def _look_up_attached(self, claims: Iterable[Claim]) -> None:
        """Ask for the records that rows are attached to who may edit those."""
        by_table: dict[str, set[str]] = defaultdict(set)
        for table, record_id in claims:
            by_table[table].add(record_id)
        for table, ids in by_table.items():
            problems = self._faults_of_records(table, sorted(ids))
            self._attached |= {(table, record_id): problems[record_id] for record_id in ids}

    def _faults_of_records(self, table: str, ids: Sequence[str]) -> Mapping[str, Problem | None]:
        kind = registry().by_table.get(table)
        if kind is None or not kind.syncs or kind.policies_where(lambda p: p.attached is not None):
            text = _("{type}: there are no records “{table}” to attach it to")
            return dict.fromkeys(ids, _problem(text, self.kind, table=table))
        refused = not_owned(self.connection, kind, ids, self.sender)
        here = ownership.lookup(self.connection, table, "id", ids)
        waiting = {
            i: quarantine.missing_parent("record_id", table, i) for i in ids if i not in here
        }
        return {record_id: waiting.get(record_id) or refused.get(record_id) for record_id in ids}

    def _on_central_only(self) -> Problem:
        return _problem(_("{type}: edited on the central server only"), self.kind)

    def _without_owner(self) -> Problem:
        text = _("{type}: no store owns it, so it is edited on the central server only")
        return _problem(text, self.kind)

    def _not_active(self, editor: Editor, store: str) -> Problem:
        if editor is Editor.HOME:
            text = _("{type}: edited at its home store “{store}”, which is not active on that site")
        elif editor is Editor.PARTY:
            text = _("{type}: neither of its two stores is active on that site")
        else:
            text = _("{type}: the site does not own it, as store “{store}” is not active there")
        return _problem(text, self.kind, store=store)


def _paths(kind: RecordType) -> list[str]:
    """Return the paths of a type's policies on which it rests who may write a row."""
    found: list[str | None] = []
    for _test, policy in kind.branches:
        if policy.editor is not Editor.CENTRAL:
            found += [policy.store, policy.partner, policy.home, policy.visible, policy.own_name]
            found += policy.attached or ()
    if found and isinstance(kind.policy, SplitBy):
        found.append(kind.policy.column)
    return list(dict.fromkeys(path for path in found if path))


def _problem(text: str, kind: RecordType, **values: str) -> Problem:
    return Problem(quarantine.NOT_OWNER, Message(text, {"type": kind.name, **values}))
