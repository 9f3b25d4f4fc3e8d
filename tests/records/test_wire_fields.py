"""Every field of the wires is mapped: to a column, or to a quirk.

`wire_fields.json` lists the keys of each table that travels: `n` when null may come, `o` when
the key may be missing. It is checked against the protocol references where those are at hand.
"""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from msupply.sync.declare.codecs import REQUIRED, Field
from msupply.sync.declare.registry import Wire, WireTable, registry
from msupply.sync.declare.wire import OWN_PREFIX

HERE = Path(__file__).parent
REFERENCE = Path(
    os.environ.get("MSUPPLY_REFERENCE", HERE.parents[2] / "shared" / "reference")
).resolve()
SOURCES = {Wire.V5: "sync-v5-fields.json", Wire.V6: "sync-v6-fields.json"}

Expected = dict[str, dict[str, dict[str, str]]]

EXPECTED: Expected = json.loads((HERE / "wire_fields.json").read_text())


def known_tables(wire: Wire) -> list[str]:
    """Return the tables that the protocol knows, in order; our own are left out."""
    return sorted(t for t in registry().by_wire[wire] if not t.startswith(OWN_PREFIX))


def read_reference() -> Expected:
    """Return what wire_fields.json should hold, for the tables that are declared."""
    found: Expected = {}
    for wire, name in SOURCES.items():
        tables = json.loads((REFERENCE / name).read_text())
        found[wire.value] = {table: _keys(tables[table]["fields"]) for table in known_tables(wire)}
    return found


def _keys(fields: dict[str, Any], outer: str = "") -> dict[str, str]:
    keys: dict[str, str] = {}
    for key, field in fields.items():
        if field.get("local_only"):
            continue
        inner = field.get("fields")
        if inner and not outer:
            keys |= _keys(inner, f"{key}.")
        else:
            keys[outer + key] = _flags(field)
    return dict(sorted(keys.items()))


def _flags(field: dict[str, Any]) -> str:
    null = field.get("nullable") or field.get("push_nullable")
    return ("n" if null else "") + ("" if field.get("required") else "o")


TABLES = [(wire, table) for wire in Wire for table in sorted(EXPECTED[wire.value])]

MORE_KEYS = {
    # The other key that a sender may use for the customer (sync-v5.md, requisition).
    "requisition": {"oms_fields.destination_customer_id"},
    # Ours, see msupply/records/quirks/invoices.py.
    "transact": {"oms_fields.delivered_datetime"},
}


def _table(wire: Wire, name: str) -> WireTable:
    table = registry().by_wire[wire][name].wire(wire)
    assert table is not None
    return table


def _mapped(table: WireTable, key: str) -> Field | None:
    """Return the field of a key, or of the object that holds it as a whole."""
    return table.fields.get(key) or table.fields.get(key.split(".", maxsplit=1)[0])


@pytest.mark.parametrize(("wire", "name"), TABLES)
def test_every_key_is_mapped(wire: Wire, name: str) -> None:
    table = _table(wire, name)
    assert [key for key in EXPECTED[wire.value][name] if not _mapped(table, key)] == []


@pytest.mark.parametrize(("wire", "name"), TABLES)
def test_no_key_is_made_up(wire: Wire, name: str) -> None:
    table = _table(wire, name)
    expected = EXPECTED[wire.value][name]
    whole = {key.split(".")[0] for key in expected}
    more = {k for k in table.fields if k not in expected and k not in whole}
    assert more == MORE_KEYS.get(name, set())


@pytest.mark.parametrize(("wire", "name"), TABLES)
def test_null_and_missing_values_are_read_where_they_may_come(wire: Wire, name: str) -> None:
    table = _table(wire, name)
    for key, flags in EXPECTED[wire.value][name].items():
        field = _mapped(table, key)
        assert field is not None
        if "n" in flags and field.codec.wire_type is not msgspec.Raw:
            assert msgspec.convert(None, field.codec.wire_type) is None, key
        if "o" in flags and "." not in key:
            assert field.codec.default is not REQUIRED, key


@pytest.mark.parametrize("wire", list(Wire))
def test_every_table_that_travels_is_listed(wire: Wire) -> None:
    assert sorted(EXPECTED[wire.value]) == known_tables(wire)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the protocol references are not at hand")
def test_the_list_is_that_of_the_references() -> None:
    assert read_reference() == EXPECTED


@pytest.mark.skipif(not REFERENCE.exists(), reason="the protocol references are not at hand")
@pytest.mark.parametrize("wire", list(Wire))
def test_every_table_of_the_protocol_is_declared(wire: Wire) -> None:
    tables = json.loads((REFERENCE / SOURCES[wire]).read_text())
    assert sorted(tables) == known_tables(wire)
