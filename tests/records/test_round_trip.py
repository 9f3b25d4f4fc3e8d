"""What comes in by a wire goes out again unchanged, field by field."""

from typing import Any

import msgspec
import pytest
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey

from msupply.sync import buffer
from msupply.sync.buffer import Arrived
from msupply.sync.declare.batch import TableCodec, table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import BufferChunk
from msupply.sync.records import columns_of
from tests.examples import Example, all_examples
from tests.records.test_wire_fields import EXPECTED

EXAMPLES = list(all_examples())
LEGACY = [e for e in EXAMPLES if e.wire is Wire.V5]
MODERN = [e for e in EXAMPLES if e.wire is Wire.V6]


def codec_of(example: Example) -> TableCodec:
    return table_codec(registry().by_wire[example.wire][example.table], example.wire)


def flags_of(wire: Wire, table: str) -> dict[str, str]:
    """Return the keys of a table, with `n` where null may come; of our own too."""
    if table in EXPECTED[wire.value]:
        return EXPECTED[wire.value][table]
    kind = registry().by_wire[wire][table]
    own = kind.wire(wire)
    assert own is not None
    return {
        key: "n" if field.column and kind.columns[field.column].null else ""
        for key, field in own.fields.items()
    }


def decode(codec: TableCodec, record_id: str, record: dict[str, Any]) -> DecodedBatch:
    batch = codec.decode(msgspec.json.encode([[record_id, record]]))
    assert batch.errors == {}
    return batch


def encode(codec: TableCodec, columns: Columns, form: Form) -> dict[str, Any]:
    (record,) = codec.encode(columns, form)
    # As it looks on the wire.
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return found


def full(codec: TableCodec, columns: Columns) -> Columns:
    """Add the columns that the wire does not carry, as a read of the table would."""
    return {name: [None] for name in map(str, codec.kind.columns)} | columns


@pytest.mark.parametrize("example", LEGACY, ids=str)
def test_a_legacy_record_goes_to_a_site_as_it_came(example: Example) -> None:
    codec = codec_of(example)
    batch = decode(codec, example.record_id, example.record)
    assert encode(codec, full(codec, batch.columns), Form.TO_SITE) == example.record


@pytest.mark.parametrize("example", LEGACY, ids=str)
def test_a_pushed_record_means_the_same_at_the_central_server(example: Example) -> None:
    codec = codec_of(example)
    columns = decode(codec, example.record_id, example.record).columns
    pushed = encode(codec, full(codec, columns), Form.TO_CENTRAL)
    assert pushed.keys() == example.record.keys()
    assert decode(codec, example.record_id, pushed).columns == columns


@pytest.mark.parametrize("example", MODERN, ids=str)
def test_a_modern_record_goes_out_as_it_came(example: Example) -> None:
    codec = codec_of(example)
    batch = decode(codec, example.record_id, example.record)
    assert encode(codec, full(codec, batch.columns), Form.MODERN) == example.record


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_unknown_keys_come_back(example: Example) -> None:
    codec = codec_of(example)
    form = Form.TO_SITE if example.wire is Wire.V5 else Form.MODERN
    record = example.record | {"a key of tomorrow": {"deep": [1, None, "é"]}, "spare_1": ""}
    for name, value in example.record.items():
        if isinstance(value, dict) and name == "oms_fields":
            record[name] = value | {"newer": "kept"}
    batch = decode(codec, example.record_id, record)
    assert encode(codec, full(codec, batch.columns), form) == record


# Of a moment that must be there, one of two keys may be empty.
ONE_OF_TWO = {"temperature_breach": "om_start_datetime", "temperature_log": "om_datetime"}


@pytest.mark.django_db
@pytest.mark.parametrize("example", LEGACY, ids=str)
def test_values_that_are_missing_or_empty_come_back_as_none(example: Example) -> None:
    codec = codec_of(example)
    expected = flags_of(example.wire, example.table)
    record = dict(example.record)
    for key, flags in expected.items():
        if "n" in flags and "." not in key and key != ONE_OF_TWO.get(example.table):
            record[key] = None
    batch = codec.decode(msgspec.json.encode([[example.record_id, record]]))
    assert batch.errors == {}
    columns = full(codec, batch.columns)
    again = encode(codec, columns, Form.TO_SITE)
    assert decode(codec, example.record_id, again).columns == batch.columns


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("rnr_form", "name_link_id", "name_id"),
        ("vaccination", "patient_link_id", "patient_id"),
        ("vaccination", "facility_name_link_id", "facility_name_id"),
        ("item_variant", "manufacturer_link_id", "manufacturer_id"),
    ],
)
def test_keys_of_older_senders_are_read(table: str, old: str, new: str) -> None:
    example = next(e for e in MODERN if e.table == table)
    codec = codec_of(example)
    expected = decode(codec, example.record_id, example.record).columns
    renamed = {old if key == new else key: value for key, value in example.record.items()}
    assert decode(codec, example.record_id, renamed).columns == expected
    both = example.record | {old: example.record[new]}
    assert decode(codec, example.record_id, both).columns == expected


def test_every_type_has_an_example_with_every_field() -> None:
    for wire in Wire:
        for table, kind in registry().by_wire[wire].items():
            # Of two forms of a type one has an example; test_reported.py makes the other of it.
            if wire is Wire.V6 and kind.legacy and not kind.reported:
                continue
            if wire is Wire.V5 and kind.modern and kind.reported:
                continue
            first = next(e for e in EXAMPLES if (e.wire, e.table) == (wire, table))
            said = first.record.keys() | {
                f"{key}.{inner}"
                for key, value in first.record.items()
                if isinstance(value, dict)
                for inner in value
            }
            assert set(flags_of(wire, table)) <= said, table


def test_references_among_the_examples_lead_somewhere() -> None:
    ids: dict[str, set[str]] = {}
    for example in EXAMPLES:
        kind = registry().by_wire[example.wire][example.table]
        ids.setdefault(kind.table, set()).add(example.record_id)
    for example in EXAMPLES:
        codec = codec_of(example)
        columns = decode(codec, example.record_id, example.record).columns
        for parent in codec.kind.parents:
            (value,) = columns[parent.column]
            assert value is None or value in ids[parent.table], f"{example} {parent.column}"


def test_examples_have_one_id_each() -> None:
    # A site keeps what it receives by record id alone (sync-v5.md 6).
    ids = [e.record_id for e in EXAMPLES if e.table != "name_oms_fields"]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_columns_hold_what_the_model_declares(example: Example) -> None:
    codec = codec_of(example)
    fields = {f.column: f for f in codec.kind.model._meta.concrete_fields}
    for column, (value,) in decode(codec, example.record_id, example.record).columns.items():
        field = fields[column]
        target = field.target_field if isinstance(field, ForeignKey) else field
        assert value is None or target.to_python(value) is not None, column
        if value is not None and field.choices:
            assert value in dict(field.flatchoices), column


def test_rows_in_the_database_go_out_as_they_came(connection: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using=connection.alias):
        for wire in Wire:
            arrived = [
                Arrived(e.table, e.record_id, BufferChunk.UPSERT, msgspec.json.encode(e.record))
                for e in EXAMPLES
                if e.wire is wire
            ]
            buffer.store(connection, None, wire, arrived)
    assert integrate(connection, Origin(site_id=None, trusted=True)).kept_back == 0
    for example in EXAMPLES:
        codec = codec_of(example)
        form = Form.TO_SITE if example.wire is Wire.V5 else Form.MODERN
        stored = columns_of(connection, codec.kind, [example.record_id])
        record = encode(codec, stored, form)
        assert record.keys() == example.record.keys()
        # PostgreSQL writes half a second with one digit; it is the same moment.
        expected = decode(codec, example.record_id, example.record)
        assert decode(codec, example.record_id, record).columns == expected.columns
