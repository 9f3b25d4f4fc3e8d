"""Writes docs/record-types.md: every record type, from the declarations alone.

`python scripts/record_types_page.py` writes it; a test says when it no longer fits.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msupply.settings")
django.setup()

from msupply.sync.declare.policy import Editor, LocalOnly, Policy, SplitBy
from msupply.sync.declare.registry import RecordType, WireTable, registry
from msupply.sync.declare.wire import Direction

PAGE = Path(__file__).resolve().parent.parent / "docs" / "record-types.md"

# The field's table of data types, in its order.
DATA_TYPES = (
    "Items, with their categories, units and bills of materials",
    "Names other than patients, with their categories, contacts and tags",
    "Merging of items, units and names",
    "Groups and departments",
    "Master lists and programmes",
    "Budgets, periods and accounts",
    "Transaction categories and payment types",
    "Purchase order categories",
    "Custom data",
    "Barcodes",
    "Currencies",
    "Options and properties",
    "Location types",
    "Patient event types",
    "Regimens and indicators",
    "Drug interactions and warnings",
    "Abbreviations and item directions",
    "Diagnoses",
    "Insurance providers",
    "Vaccinators and vaccine settings",
    "Custom reports",
    "Asset settings",
    "Sites and sync preferences",
    "Dashboards",
    "Messages, authorisations and records about synchronisation",
    "Stores and their preferences",
    "Visibility of items and names",
    "Visibility of existing patients and prescribers",
    "Visibility of new patients and prescribers",
    "Patients and prescribers, with their medical records and insurance",
    "Repeats",
    "Merging of patients and prescribers",
    "Notes on names, and patient events",
    "Customer stock history and requisitions",
    "Locations",
    "Merging of locations",
    "Stock and stocktakes",
    "Stock replenishments",
    "Projections of consumption",
    "Transactions and prescriptions, with adjustments, backorders and builds",
    "Payments",
    "Payments, centralised",
    "Notes on transactions",
    "Notes on items",
    "Boxes",
    "Goods received",
    "Indicator values",
    "Vaccine monitors and sensors",
    "Assets",
    "Store credentials",
    "Purchase orders",
    "Purchase orders, centralised",
    "Tenders and quotes",
    "Incoterms and tender conditions",
    "Preferences that belong to no store",
    "User permissions",
    "Users",
    "New users",
    "Hospital information",
    "Drug registration",
    "Labels",
    "Logs",
    "Reminders",
    "Adverse drug reactions",
)

# What a row keeps outside the record types.
ELSEWHERE = {
    23: "which site copies which store, and the sync settings of stores and of the system:"
    " tables of the engine, told to each site as its orders",
    25: "changelog, buffer, quarantine and sync log: tables of the engine",
    55: "settings of the instance: a table of the engine",
}

INTRODUCTION = """\
# Record types

Made from the declarations in `msupply/records` by `python scripts/record_types_page.py`; a test
says when it no longer fits.

"The primary server" is the mSupply central server unless a site has been named primary. Tables
whose names begin with `ext_` are ours: other makes neither send nor read them
([decision 11](decisions/0011-tables-of-our-own.md)). Wire names carry the direction seen from the
central server: ↓ to sites, ↑ from sites, ↕ both.
"""


def page() -> str:
    """Return the page as it should be."""
    return "\n".join([INTRODUCTION, *_by_data_type(), *_by_name()])


def _by_data_type() -> Iterator[str]:
    yield "## By data type\n"
    yield "| row | data | record types |"
    yield "|---|---|---|"
    for row, data in enumerate(DATA_TYPES, 1):
        kinds = [kind for kind in registry().types if row in kind.model.data_types]
        found = [_names(kinds), ELSEWHERE.get(row)]
        yield f"| {row} | {data} | {'; '.join(filter(None, found))} |"
    others = [kind for kind in registry().types if not kind.model.data_types]
    yield f"| - | Not in the table | {_names(others)} |"
    yield ""


def _by_name() -> Iterator[str]:
    yield "## By name\n"
    yield "| record type | row | policy | edited at | travels to | V5 | V6 | edited with |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind in sorted(registry().types, key=lambda kind: kind.table):
        yield "| " + " | ".join(_columns(kind)) + " |"
    yield ""


def _names(kinds: list[RecordType]) -> str:
    return ", ".join(f"`{table}`" for table in sorted(kind.table for kind in kinds))


def _columns(kind: RecordType) -> list[str]:
    rows = ", ".join(map(str, kind.model.data_types)) or "-"
    if isinstance(kind.policy, LocalOnly):
        told = ["local", _place(kind.policy.editor, kind), f"nowhere: {kind.policy.reason}"]
    else:
        told = _policies(kind)
    permission = kind.permissions.edit
    edited_with = f"`{permission}`" if permission else "the program alone"
    return [f"`{kind.table}`", rows, *told, *map(_wire, (kind.legacy, kind.modern)), edited_with]


def _policies(kind: RecordType) -> list[str]:
    """Return name, place and way of a policy; of both, where rows have two."""
    policy = kind.policy
    if isinstance(policy, Policy):
        return [_name(policy), _edited_at(policy, kind), _way(policy)]
    assert isinstance(policy, SplitBy)
    matching = [_name(policy.match), _edited_at(policy.match, kind), _way(policy.match)]
    others = [_name(policy.other), _edited_at(policy.other, kind), _way(policy.other)]
    which = f"`{policy.column}` {policy.value}"
    return [
        first if first == second else f"{which}: {first}; others: {second}"
        for first, second in zip(matching, others, strict=True)
    ]


def _name(policy: Policy) -> str:
    """Return the sync type of the field that a policy is, with its refinements."""
    more = [
        word
        for word, holds in (
            ("dispensary", policy.dispensary_only),
            ("transfer", policy.other_party),
            ("suppressible", policy.suppressible),
            ("procurement", policy.procurement),
        )
        if holds
    ]
    return ", ".join([_kind(policy), *more])


def _kind(policy: Policy) -> str:
    if policy.visible:
        return "patient"
    if policy.partner:
        return "message"
    if not policy.goes_down:
        return "up only" if policy.goes_up else "reported"
    if policy.everywhere:
        return "central" if policy.editor is Editor.CENTRAL else "shared"
    return "central store" if policy.editor is Editor.CENTRAL else "store"


def _edited_at(policy: Policy, kind: RecordType) -> str:
    place = _place(policy.editor, kind)
    if policy.procurement:
        place += "; the primary server while procurement is centralised"
    return place


def _place(editor: Editor, kind: RecordType) -> str:
    if editor is Editor.CENTRAL and kind.syncs:
        return "the Open mSupply central server" if kind.of_oms_central else "the primary server"
    return editor.value


def _way(policy: Policy) -> str:
    if policy.everywhere:
        return "sites with an active dispensary store" if policy.dispensary_only else "all sites"
    if not policy.goes_down:
        return "the central server"
    if policy.visible:
        return "sites where the patient or prescriber is visible"
    if policy.partner:
        return "the sites of both stores"
    if not policy.goes_up:
        ways = ["the site where the store is active"]
    else:
        ways = ["sites with the store, active or copied"]
    if policy.other_party:
        ways.append("the site of the other party's store")
    if policy.everywhere_without_store:
        ways.append("all sites when it has no store")
    return "; ".join(ways)


def _wire(table: WireTable | None) -> str:
    arrows = {Direction.DOWN: "↓", Direction.UP: "↑", Direction.BOTH: "↕"}
    return f"`{table.name}` {arrows[table.direction]}" if table else "-"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
