"""Example records of every type, as the wires carry them; one module per subject.

They form one small country: a central server (site 1, store-central) and two remote sites (site 2
with store-north, site 3 with store-south). Every reference among them leads to another example,
or is soft. Every field of the first example of a type says something; V5 records are in pull form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from msupply.sync.declare.registry import Wire
from msupply.sync.declare.wire import OWN_PREFIX

SITES = {1: "store-central", 2: "store-north", 3: "store-south"}


@dataclass(frozen=True)
class Example:
    """One record: its wire and table, its id in the envelope, and what stands in it."""

    wire: Wire
    table: str
    record_id: str
    record: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.table}-{self.record_id}"


def v5(table: str, record: dict[str, Any], record_id: str | None = None) -> Example:
    """Return an example of a V5 table."""
    return Example(Wire.V5, table, record_id or record["ID"], record)


def v6(table: str, record: dict[str, Any]) -> Example:
    """Return an example of a V6 table."""
    return Example(Wire.V6, table, record["id"], record)


def own(table: str, record: dict[str, Any], wire: Wire = Wire.V5) -> Example:
    """Return an example of a table that only servers of this kind know."""
    return Example(wire, OWN_PREFIX + table, record["id"], record)


def all_examples() -> Iterator[Example]:
    """Yield the examples of every subject, subject by subject."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem != "__init__":
            yield from import_module(f"tests.examples.{path.stem}").EXAMPLES
