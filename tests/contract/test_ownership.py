"""A site never takes what is not its own, whatever it says of it (decision 18).

Each site sends every example that is not its own: changed, deleted, merged, and with each column on
which ownership rests pointing to what is its own; by both wires. Nothing may change.
"""

from collections import Counter, defaultdict
from itertools import permutations
from typing import Any

import msgspec
import pytest

from msupply.central.integration import integrate_sources
from msupply.sync import buffer, here
from msupply.sync.buffer import Arrived
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.policy import SplitBy
from msupply.sync.declare.registry import RecordType, Wire, registry
from msupply.sync.models import BufferChunk
from msupply.sync.records import columns_of
from tests.contract import country
from tests.contract.country import SITES, Row
from tests.contract.world import Holdings, Instance

# Any site adds them, and sites correct barcodes: tests/wire/test_ownership.py.
ANYBODYS = {"barcode", "systemlog"}
# So many examples at least are sent about, of which nothing may change.
FOREIGN_AT_LEAST = 100

Message = tuple[Wire, Arrived]


def foreign(site: int) -> list[Row]:
    """Return the examples that are not a site's to change."""
    return [
        row for row in country.rows() if site not in row.editors and row.kind.name not in ANYBODYS
    ]


def deciding(kind: RecordType) -> dict[str, str | None]:
    """Return the columns on which ownership rests, each with the table that it refers to."""
    paths = []
    for _, policy in kind.branches:
        paths += [policy.store, policy.partner, policy.home, policy.visible, policy.own_name]
        paths += policy.attached or ()
    if isinstance(kind.policy, SplitBy):
        paths.append(kind.policy.column)
    found: dict[str, str | None] = {}
    for path in filter(None, paths):
        column = kind.follow(path)[0] if "." in path else path
        model = kind.columns[column].related_model
        found[column] = model._meta.db_table if isinstance(model, type) else None
    found.pop("id", None)
    return found


def own_ids(site: int, table: str) -> list[str | None]:
    """Return records of a table that are a site's own, and that there is none."""
    stores = [row.id for row in country.stores() if row.columns["site_id"] == site]
    if table == registry().stores.table:
        return [*stores, None]
    kind = registry().by_table[table]
    own = [row.id for row in country.rows_of(kind) if site in row.editors]
    return [*own[:2], None]


def alterations(row: Row, site: int) -> list[dict[str, Any]]:
    """Return what a site may say of a record to have it: values by column."""
    found: list[dict[str, Any]] = [{}]
    kind = row.kind
    wanted = {c: own_ids(site, t) for c, t in deciding(kind).items() if t is not None}
    for column, values in wanted.items():
        found += [{column: value} for value in values]
    # All of them at once, as somebody would who means to take it.
    found.append({column: values[0] for column, values in wanted.items()})
    if isinstance(kind.policy, SplitBy) and "." not in kind.policy.column:
        split, value = kind.policy.column, kind.policy.value
        other = value if row.columns[split] != value else "FACILITY"
        found += [{**more, split: other} for more in found]
    if kind.name == "syncfilereference":
        own = [r for r in country.rows() if site in r.editors]
        found += [{"table_name": r.kind.table, "record_id": r.id} for r in own[:1]]
        found += [{"table_name": "nosuch"}, {"file_name": "gone.txt"}, {"total_bytes": 1}]
    return found


def message(
    central: Instance, row: Row, wire: Wire, record_id: str, some: dict[str, Any]
) -> list[Message]:
    """Return a record as the central server holds it, changed, if a wire can say that."""
    table = row.kind.wire(wire)
    columns = columns_of(central.connection, row.kind, [row.id])
    if table is None or table.is_merge or not columns["id"]:
        return []
    changes = said(row.kind) | some | {"id": record_id, "extra": None}
    if any(changes[name] is None and not row.kind.columns[name].null for name in changes):
        return []
    columns |= {name: [value] for name, value in changes.items()}
    form = Form.TO_CENTRAL if wire is Wire.V5 else Form.MODERN
    (data,) = table_codec(row.kind, wire).encode(columns, form)
    assert isinstance(data, msgspec.Raw)
    return [(wire, Arrived(table.name, record_id, BufferChunk.UPSERT, bytes(data)))]


def said(kind: RecordType) -> dict[str, Any]:
    """Return a change of a text, where a type has one that is no key to anything."""
    decides = deciding(kind)
    for name, field in kind.columns.items():
        plain = field.get_internal_type() == "TextField" and not field.is_relation
        if plain and not (field.choices or field.primary_key or name in decides or name == "extra"):
            return {name: '"TAKEN"'}
    return {}


def push(central: Instance, site: int, messages: list[Message]) -> None:
    connection = central.connection
    for wire in Wire:
        buffer.store(connection, site, wire, [arrived for w, arrived in messages if w is wire])
    integrate_sources(connection, here.load(connection), {site})


def taken(before: Holdings, after: Holdings, what: str) -> list[str]:
    """Name the rows that are not as they were, or are new."""
    return [
        f"{what}: {name} {record_id}"
        for name in before
        for record_id in before[name].keys() | after[name].keys()
        if before[name].get(record_id) != after[name].get(record_id)
    ]


@pytest.mark.parametrize("site", SITES)
def test_no_site_takes_what_is_not_its_own(central: Instance, site: int) -> None:
    before = central.holdings()
    claims = [(row, some) for row in foreign(site) for some in alterations(row, site)]
    # One push says one thing of each record.
    rounds: dict[int, list[Message]] = defaultdict(list)
    said_of = Counter[Row]()
    for row, some in claims:
        for wire in Wire:
            rounds[said_of[row]] += message(central, row, wire, row.id, some)
        said_of[row] += 1
    failures = []
    for messages in rounds.values():
        push(central, site, messages)
        failures += taken(before, central.holdings(), "changed")
    assert len(rounds[0]) >= FOREIGN_AT_LEAST
    assert sorted(failures) == []


@pytest.mark.parametrize("site", SITES)
def test_no_site_adds_to_what_is_not_its_own(central: Instance, site: int) -> None:
    before = central.holdings()
    copies = [
        one
        for row in foreign(site)
        for wire in Wire
        for one in message(central, row, wire, f"{row.id}-more", {})
    ]
    push(central, site, copies)
    assert len(copies) >= FOREIGN_AT_LEAST
    assert taken(before, central.holdings(), "added") == []


@pytest.mark.parametrize("site", SITES)
def test_no_site_deletes_what_is_not_its_own(central: Instance, site: int) -> None:
    before = central.holdings()
    deletes = [
        (wire, Arrived(table.name, row.id, BufferChunk.DELETE, b"null"))
        for row in foreign(site)
        for wire in Wire
        if (table := row.kind.wire(wire)) and not table.is_merge
    ]
    push(central, site, deletes)
    assert len(deletes) >= FOREIGN_AT_LEAST
    assert taken(before, central.holdings(), "deleted") == []


@pytest.mark.parametrize("site", SITES)
def test_no_site_merges_what_is_not_its_own(central: Instance, site: int) -> None:
    before = central.holdings()
    merges = [one for table in registry().merges for one in foreign_merges(site, table)]
    for one in merges:
        push(central, site, [one])
    assert merges
    assert taken(before, central.holdings(), "merged") == []


def foreign_merges(site: int, table: str) -> list[Message]:
    """Return the merges of a table's records of which not both are a site's own."""
    rows = country.rows_of(registry().by_table[table])
    wire_table = registry().merges[table].legacy
    assert wire_table
    found = []
    for kept, lost in permutations(rows, 2):
        if site not in kept.editors or site not in lost.editors:
            ids = {"mergeIdToKeep": kept.id, "mergeIdToDelete": lost.id}
            data = msgspec.json.encode(ids | {"store_ID": own_ids(site, "store")[0]})
            found.append((Wire.V5, Arrived(wire_table.name, kept.id, BufferChunk.MERGE, data)))
    return found
