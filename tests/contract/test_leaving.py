"""What is taken can leave again: whatever a push, a form or an import lets in, every site can pull.

The reader here is the strictest of those in the field: numbers that fit a float, no NUL, no half
surrogates, no deeper nesting than 128.
"""

import json
import math
from typing import Any

import msgspec
import pytest
from django.db import connection, models
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from msupply.services import edit, leaving
from msupply.sync.declare import Form
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.decoded import Columns
from msupply.sync.declare.message import Message
from msupply.sync.declare.record_type import RecordType, Wire
from msupply.sync.declare.wire import Direction
from tests.contract import country
from tests.contract.country import Row

pytestmark = pytest.mark.django_db
QUICK = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FIRST_ROWS = list({(row.kind.name, row.wire): row for row in country.rows()}.values())
ROWS = pytest.mark.parametrize("row", FIRST_ROWS, ids=str)

NASTY = [
    *("plain words", "{", "[1,]", "NaN", "-Infinity", "1e400", "-1e400", "9" * 400, "9" * 5000),
    *("18446744073709551616", "-9223372036854775809", "2147483648", "1e308", "1e-400", "-0", "0"),
    *("[" * 100 + "]" * 100, "[" * 101 + "]" * 101, '{"a":' * 200 + "1" + "}" * 200),
    *('"\\u0000"', '"\\\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud800"'),
    *('{"a":1,"a":2}', '{"a":1e400,"a":2}', '""', "null", "true", " 5 ", '"5"', '"{}"', "[]", "{}"),
    *('"0001-01-01"', '"9999-12-31"', '"10000-01-01"', '"0000-00-00"', '"2025-02-30"', '"soon"'),
    *('"0001-01-01T00:00:00"', '"9999-12-31T23:59:59.999999"', '"0001-01-01T00:00:00+05:00"'),
    *('"24:00:00"', "86400", "-1", '"a\\u2028b"', '"\\""', '"\\\\"', '"2100-01-01T00:00:00"'),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
RAW = st.sampled_from(NASTY) | VALUES.map(json.dumps)
TEXTS = st.sampled_from(NASTY) | st.text(max_size=12) | VALUES.map(json.dumps)
UNKNOWN = "of tomorrow"
# What the fields of a form, and the cells of a file, can give for a column.
WRITTEN = {
    models.TextField: TEXTS,
    models.IntegerField: st.integers() | st.sampled_from([2**31, -(2**31) - 1, 10**400]),
    models.FloatField: st.floats() | st.sampled_from([1e308, -1e308, 5e-324]),
    models.DateTimeField: st.datetimes(),
    models.DateField: st.dates(),
}


def finite(digits: str) -> float:
    assert math.isfinite(float(digits)), digits[:20]
    return float(digits)


def no_constant(name: str) -> None:
    raise AssertionError(name)


def depth(value: Any) -> int:
    inner = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    )
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def read_strictly(data: bytes) -> None:
    value = json.loads(
        data.decode(), parse_int=finite, parse_float=finite, parse_constant=no_constant
    )
    json.dumps(value, ensure_ascii=False).encode()
    assert "\\u0000" not in json.dumps(value).replace("\\\\", "")
    assert depth(value) <= 128


def forms(kind: RecordType) -> list[tuple[Wire, Form]]:
    """Return the forms in which records of a type travel."""
    found: list[tuple[Wire, Form]] = []
    for wire in Wire:
        table = kind.wire(wire)
        if table and wire is Wire.V6:
            found.append((wire, Form.MODERN))
        elif table:
            found.append((wire, Form.TO_CENTRAL))
            if table.direction is not Direction.UP:
                found.append((wire, Form.TO_SITE))
    return found


def can_leave(kind: RecordType, columns: Columns) -> None:
    """Check that one record can be pulled, and that whoever pulls it takes it."""
    for wire, form in forms(kind):
        codec = table_codec(kind, wire)
        (data,) = codec.encode(columns, form)
        assert not isinstance(data, Message), str(data)
        answer = msgspec.json.encode({"data": {"records": [{"record": {"recordData": data}}]}})
        read_strictly(answer)
        batch = codec.decode(msgspec.json.encode([[columns["id"][0], data]]))
        assert batch.errors == {}, bytes(data)


def pushed(row: Row, key: str, raw: str) -> bytes:
    """Return a chunk with one record, in which a value stands as somebody has written it."""
    outer, _, inner = key.partition(".")
    record = {name: json.dumps(value) for name, value in row.record.items() if name != UNKNOWN}
    if inner:
        within = row.record.get(outer)
        members = {name: json.dumps(value) for name, value in (within or {}).items()}
        raw = written(members | {inner: raw})
    return f"[[{json.dumps(row.id)},{written(record | {outer: raw})}]]".encode("utf-8", "replace")


def written(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{raw}" for name, raw in members.items()) + "}"


@ROWS
@QUICK
@given(data=st.data())
def test_whatever_a_push_or_a_pull_takes_can_be_pulled(row: Row, data: st.DataObject) -> None:
    table = row.kind.wire(row.wire)
    assert table is not None
    nested = sorted({f"{key.partition('.')[0]}.{UNKNOWN}" for key in table.fields if "." in key})
    key = data.draw(st.sampled_from([UNKNOWN, *nested, *table.fields, *table.aliases]))
    chunk = pushed(row, key, data.draw(RAW))
    codec = table_codec(row.kind, row.wire)
    try:
        msgspec.json.decode(chunk, type=list[tuple[str, msgspec.Raw]])
    except (ValueError, RecursionError):
        return  # No message, to begin with.
    batch = codec.decode(chunk)
    if not batch.errors and not batch.removed:
        can_leave(row.kind, batch.columns | missing(row.kind, batch.columns))


def missing(kind: RecordType, columns: Columns) -> Columns:
    """Return the columns that a wire does not fill, with what a new row has there."""
    return {
        name: [field.get_default() if field.has_default() else None]
        for name, field in kind.columns.items()
        if name not in columns
    }


@ROWS
@QUICK
@given(data=st.data())
@example(data=None)
def test_whatever_people_write_can_be_pulled(row: Row, data: st.DataObject | None) -> None:
    """Forms and imports go by these checks alone."""
    record = row.kind.model()
    for name, value in (row.columns | {"extra": None}).items():
        field = row.kind.columns[name]
        setattr(record, field.attname, field.to_python(value))
    editable = [f for f in row.kind.columns.values() if f.name not in ("id", "extra")]
    written = [f for f in editable if isinstance(f, tuple(WRITTEN))]
    touched = set()
    if data is not None and written:
        field = data.draw(st.sampled_from(written))
        touched = {field.name}
        ways = next(ways for kind, ways in WRITTEN.items() if isinstance(field, kind))
        setattr(record, field.attname, data.draw(ways))
    exclude = {f.name for f in editable} - touched | {"id", "extra"}
    if edit.faults(record, exclude | {f.name for f in editable if f.is_relation}):
        return
    if not any(leaving.faults(connection, [record], touched)):
        can_leave(row.kind, leaving.columns_of_records(row.kind, [record]))
    elif data is None:
        pytest.fail("what is in order is refused")
