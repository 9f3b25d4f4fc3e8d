"""All record types, walked once: numbered, ordered by their references, found by wire table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps

from msupply.sync.declare.policy import Policy, SplitBy, StoreColumns
from msupply.sync.declare.record import Record
from msupply.sync.declare.record_type import Channel, RecordType, Wire, WireTable


@dataclass(frozen=True)
class RoutedChild:
    """A type that is routed by its parent: `reference` holds the parent, `target` is read there."""

    kind: RecordType
    test: str | None
    policy: Policy
    reference: str
    target: str


class Registry:
    """The record types of one program, parents before children."""

    def __init__(self, models_: Iterable[type[Record]]) -> None:
        types = {model: RecordType(model) for model in models_}
        graph = {model: _comes_after(kind, types) for model, kind in types.items()}
        # Sorted within a level, so that the order is the same at every start.
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        self.types: list[RecordType] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=lambda model: model.number)
            self.types.extend(types[model] for model in ready)
            sorter.done(*ready)
        self.by_number = {kind.number: kind for kind in self.types}
        self.by_table = {kind.table: kind for kind in self.types}
        self.by_name = {kind.name: kind for kind in self.types}

    @cached_property
    def by_wire(self) -> dict[Wire, dict[str, RecordType]]:
        """Record types by the name of their wire table."""
        found: dict[Wire, dict[str, RecordType]] = {Wire.V5: {}, Wire.V6: {}}
        for kind in self.types:
            for wire in Wire:
                table = kind.wire(wire)
                if table and not table.is_merge:
                    found[wire][table.name] = kind
        return found

    @cached_property
    def merges(self) -> dict[str, RecordType]:
        """The record types of merges, by the table whose records they merge."""
        return {kind.merged_table: kind for kind in self.types if kind.merged_table}

    @cached_property
    def visibility(self) -> list[RecordType]:
        """The join tables that make patients and prescribers visible to stores."""
        return [kind for kind in self.types if kind.model.visibility]

    @cached_property
    def stores(self) -> RecordType:
        """The one record type of stores."""
        return next(kind for kind in self.types if kind.model.stores)

    @cached_property
    def store_columns(self) -> StoreColumns:
        """What the table of stores says of itself."""
        columns = self.stores.model.stores
        assert columns is not None
        return columns

    @cached_property
    def dispensary_only(self) -> list[RecordType]:
        """The types that only sites with an active dispensary store get."""
        return [k for k in self.types if k.policies_where(lambda p: p.dispensary_only)]

    @cached_property
    def central_store(self) -> list[RecordType]:
        """The types of central-store data: edited centrally, sent where the store is active."""
        return [k for k in self.types if k.policies_where(lambda p: p.is_central_store)]

    @cached_property
    def own(self) -> list[RecordType]:
        """The record types that the V5 wire carries up to programs of this kind alone.

        Merges are among them: others send them to sites, and take none.
        """
        declared = [(k, k.model.legacy) for k in self.types]
        return [k for k, legacy in declared if legacy and (legacy.is_own or legacy.is_merge)]

    @cached_property
    def reported(self) -> list[RecordType]:
        """The types that an Open mSupply central server reports to the mSupply central server."""
        return [kind for kind in self.types if kind.reported]

    @cached_property
    def suppressible(self) -> list[RecordType]:
        """The types that stay at the site while transactions are not included in sync."""
        return [k for k in self.types if k.policies_where(lambda p: p.suppressible)]

    def routed_through(self, parent: RecordType) -> list[RoutedChild]:
        """Return the types whose rows take their other party from a row of `parent`."""
        found = []
        for kind in self.types:
            for test, policy in kind.branches:
                if policy.other_party and "." in policy.other_party:
                    reference, table, target = kind.follow(policy.other_party)
                    if table == parent.table:
                        found.append(RoutedChild(kind, test, policy, reference, target))
        return found

    @property
    def synced(self) -> list[RecordType]:
        """The record types that travel."""
        return [kind for kind in self.types if kind.syncs]


def _comes_after(kind: RecordType, types: Mapping[type[Record], RecordType]) -> list[Any]:
    """Return the models whose records must be here before those of a type are judged.

    It refers to them, or they say whether a patient is visible or what a file is attached to.
    """
    found: list[Any] = [to for to in kind.references() if to in types]
    if not isinstance(kind.policy, Policy | SplitBy):
        return found
    if kind.policies_where(lambda p: p.visible is not None and p.visible != "id"):
        found += [model for model in types if model.visibility]
    if kind.policies_where(lambda p: p.attached is not None):
        found += [model for model in types if model is not kind.model]
    return found


@cache
def registry() -> Registry:
    """Return the registry of all installed record types."""
    return Registry(
        model
        for model in apps.get_models()
        if issubclass(model, Record) and not model._meta.abstract
    )


__all__ = [
    "Channel",
    "RecordType",
    "Registry",
    "Wire",
    "WireTable",
    "registry",
]
