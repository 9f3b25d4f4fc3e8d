"""The example country as it should be: who writes each row, and who holds it in the end.

Worked out from the declared policies over the examples alone, without any of the engine's SQL.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from msupply.sync.buffer import Arrived
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.policy import Editor, Policy, SplitBy
from msupply.sync.declare.registry import RecordType, Wire, registry
from msupply.sync.declare.removal import SoftDelete
from msupply.sync.declare.wire import Direction
from msupply.sync.models import BufferChunk
from msupply.sync.records import unsaid_removal
from tests.examples import Example, all_examples

CENTRAL, NORTH, SOUTH = 1, 2, 3
SITES = (NORTH, SOUTH)
# Keys that no version knows yet; every example is written with them.
UNKNOWN = {"a key of tomorrow": {"deep": [1, None, "é"], "none": None}, "another": None}


@dataclass(frozen=True, eq=False)
class Row:
    """One example: its type, and the columns that its wire fills."""

    kind: RecordType
    wire: Wire
    table: str
    id: str
    record: dict[str, Any]
    columns: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind.name}-{self.id}"

    @property
    def policy(self) -> Policy:
        """The policy that holds for this row."""
        policy = self.kind.policy
        if isinstance(policy, SplitBy):
            matches = self._follow(policy.column) == policy.value
            return policy.match if matches else policy.other
        assert isinstance(policy, Policy)
        return policy

    @property
    def origin(self) -> int:
        """The site that writes this row."""
        policy = self.policy
        if policy.editor is Editor.CENTRAL:
            return CENTRAL
        # A message is written by its sender.
        for path in (policy.partner, policy.store, policy.home):
            if path and (store := self._follow(path)):
                return _site_of(store)
        if policy.store:
            return CENTRAL
        return min(self._seen_at(), default=NORTH)

    @property
    def is_reported(self) -> bool:
        """True when it tells the mSupply central server what sites have done before."""
        policy = self.policy
        return policy.editor is Editor.CENTRAL and not (
            policy.goes_down or policy.goes_up or policy.everywhere
        )

    @property
    def is_said_of_a_patient(self) -> bool:
        """True when it says centrally something of a patient, who comes from a site."""
        return self.policy.editor is Editor.CENTRAL and self.policy.visible is not None

    @property
    def receivers(self) -> set[int]:
        """The remote sites to which the policy sends this row."""
        policy = self.policy
        if not policy.goes_down:
            return set()
        if policy.everywhere or (policy.everywhere_without_store and not self._stores()):
            return dispensary_sites() if policy.dispensary_only else set(SITES)
        return ({_site_of(store) for store in self._stores()} | self._seen_at()) - {CENTRAL}

    @property
    def holders(self) -> set[int]:
        """Every instance that holds this row once all is synchronised."""
        return {CENTRAL, self.origin} | self.receivers

    @property
    def editors(self) -> set[int]:
        """The remote sites that may change this row."""
        policy = self.policy
        paths: list[str | None]
        match policy.editor:
            case Editor.ANYWHERE:
                return set(SITES)
            case Editor.VISIBLE:
                return self._seen_at() - {CENTRAL}
            case Editor.ATTACHED:
                return find(self.columns["table_name"], self.columns["record_id"]).editors
            case Editor.PARTY:
                paths = [policy.store, policy.partner]
            case Editor.HOME:
                paths = [policy.home]
            case Editor.OWNER | Editor.OWNER_OR_CENTRAL:
                paths = [policy.store]
            case _:
                return set()
        owners = {store for path in paths if path and (store := self._follow(path))}
        if policy.own_name:
            name = self._follow(policy.own_name)
            owners = {row.id for row in stores() if row.columns["name_id"] == name}
        return {_site_of(store) for store in owners} - {CENTRAL}

    def _stores(self) -> set[str]:
        paths = (self.policy.store, self.policy.partner)
        found = {store for path in paths if path and (store := self._follow(path))}
        if self.policy.other_party and (name := self._follow(self.policy.other_party)):
            found |= {row.id for row in stores() if row.columns["name_id"] == name}
        return found

    def _seen_at(self) -> set[int]:
        if not self.policy.visible:
            return set()
        return seen_at().get(self.columns[self.policy.visible], set())

    def _follow(self, path: str) -> str | None:
        reference, _, target = path.partition(".")
        value: str | None
        if not target:
            value = self.columns[reference]
            return value
        parent_id = self.columns[f"{reference}_id"]
        if parent_id is None:
            return None
        parent = find(self.kind.follow(path)[1], parent_id)
        value = parent.columns[target]
        return value

    def arrived(self) -> Arrived:
        """Return this row as a message carries it."""
        data = msgspec.json.encode(self.record)
        return Arrived(self.table, self.id, BufferChunk.UPSERT, data)

    def deleted(self) -> Arrived:
        """Return the delete of this row as a message carries it."""
        return Arrived(self.table, self.id, BufferChunk.DELETE, b"null")

    def copy(self, suffix: str) -> "Row":
        """Return the same row with another id."""
        new_id = f"{self.id}{suffix}"
        table = self.kind.wire(self.wire)
        assert table is not None
        record = self.record | ({table.id_key: new_id} if table.id_key else {})
        columns = self.columns | {"id": new_id}
        return Row(self.kind, self.wire, self.table, new_id, record, columns)

    @property
    def delete_origin(self) -> int | None:
        """The instance whose delete of this row travels, None when no wire has a word for it."""
        table = self.kind.wire(self.wire)
        if self.kind.removal is None or table is None:
            return None
        said_by_column = isinstance(self.kind.removal, SoftDelete) and any(
            field.column == self.kind.removal.column for field in table.fields.values()
        )
        if self.origin != CENTRAL and (table.sends_deletes or said_by_column):
            return self.origin
        at_central = self.policy.editor in (Editor.CENTRAL, Editor.OWNER_OR_CENTRAL)
        return CENTRAL if at_central or self.origin == CENTRAL else None


@cache
def rows() -> list[Row]:
    """Return every example as a row, with an unknown key in it."""
    return [_row(example) for example in all_examples()]


def rows_of(kind: RecordType) -> list[Row]:
    """Return the examples of one type."""
    return [row for row in rows() if row.kind is kind]


def changeable() -> list[Row]:
    """Return the examples that change; some records are written once."""
    return [row for row in rows() if not row.kind.model.written_once]


def find(table: str, record_id: str) -> Row:
    """Return the example with an id."""
    return next(row for row in rows() if row.kind.table == table and row.id == record_id)


def stores() -> list[Row]:
    """Return the stores of the country."""
    return [row for row in rows() if row.table == "store"]


@cache
def dispensary_sites() -> set[int]:
    """Return the sites with a dispensary."""
    modes = [(row.columns["site_id"], row.columns["store_mode"]) for row in stores()]
    return {site for site, mode in modes if mode == "DISPENSARY"} & set(SITES)


@cache
def doomed() -> list[Row]:
    """Return copies of deletable rows, to which nothing refers: they are deleted later."""
    return [row.copy("-doomed") for row in rows() if row.delete_origin is not None]


@cache
def retired() -> list[Row]:
    """Return rows that are marked as deleted later, by a mark that the wire has no key for.

    Others refer to them, and must not be lost where they have never been.
    """
    return [
        row
        for row in rows()
        if row.origin == CENTRAL and row.wire is Wire.V5 and unsaid_removal(row.kind, Wire.V5)
    ]


@cache
def seen_at() -> dict[str, set[int]]:
    """Return the sites at which each patient, prescriber or other name is visible."""
    found: dict[str, set[int]] = {}
    for kind in registry().visibility:
        visibility = kind.model.visibility
        assert visibility is not None
        for row in rows_of(kind):
            site = _site_of(row.columns[visibility.store])
            found.setdefault(row.columns[visibility.subject], set()).add(site)
    return found


def travels(kind: RecordType, wire: Wire, going: Direction) -> bool:
    """Tell whether a wire carries a type in a direction."""
    table = kind.wire(wire)
    return table is not None and table.direction in (going, Direction.BOTH)


def _site_of(store_id: str) -> int:
    site: int = find("store", store_id).columns["site_id"]
    return site


def _row(example: Example) -> Row:
    kind = registry().by_wire[example.wire][example.table]
    record = example.record | UNKNOWN
    batch = table_codec(kind, example.wire).decode(
        msgspec.json.encode([[example.record_id, record]])
    )
    assert batch.errors == {}, example
    columns = {name: values[0] for name, values in batch.columns.items()}
    return Row(kind, example.wire, example.table, example.record_id, record, columns)
