"""What an Open mSupply central server reports: V6 types in their V5 form (sync-v5.md 13C)."""

import msgspec
import pytest

from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.declare.wire import Direction
from tests.examples import Example, all_examples
from tests.records.test_round_trip import decode, encode, full
from tests.records.test_wire_fields import EXPECTED

REPORTED = [kind for kind in registry().types if kind.reported]
BOTH = pytest.mark.parametrize("kind", [k for k in REPORTED if k.modern], ids=lambda k: k.name)


def example_of(kind: RecordType) -> Example:
    assert kind.modern
    return next(e for e in all_examples() if e.table == kind.modern.name)


def test_these_are_reported() -> None:
    assert sorted(kind.legacy.name for kind in REPORTED if kind.legacy) == [
        "om_encounter",
        "om_vaccination",
        "om_vaccine_course",
        "om_vaccine_course_dose",
        "om_vaccine_course_item",
    ]


@BOTH
def test_a_report_means_what_the_record_says(kind: RecordType) -> None:
    example = example_of(kind)
    columns = decode(table_codec(kind, Wire.V6), example.record_id, example.record).columns
    codec = table_codec(kind, Wire.V5)
    record = encode(codec, full(codec, columns), Form.TO_CENTRAL)
    assert record.keys() == EXPECTED["v5"][codec.table.name].keys()
    read = decode(codec, example.record_id, record).columns
    assert read == {name: columns.get(name) for name in read}


@BOTH
def test_what_is_absent_is_null_in_a_report(kind: RecordType) -> None:
    example = example_of(kind)
    table = EXPECTED["v6"][example.table]
    bare = {k: None if "n" in table[k] else value for k, value in example.record.items()}
    columns = decode(table_codec(kind, Wire.V6), example.record_id, bare).columns
    codec = table_codec(kind, Wire.V5)
    record = encode(codec, full(codec, columns), Form.TO_CENTRAL)
    for key, flags in EXPECTED["v5"][codec.table.name].items():
        assert (record[key] is None) <= ("n" in flags), key
        assert record[key] != ""


def test_moments_are_reported_with_their_zone() -> None:
    kind = registry().by_name["vaccination"]
    columns = decode(
        table_codec(kind, Wire.V6), example_of(kind).record_id, example_of(kind).record
    ).columns
    codec = table_codec(kind, Wire.V5)
    record = encode(codec, full(codec, columns), Form.TO_CENTRAL)
    assert record["created_datetime"] == "2025-07-01T02:10:00+00:00"
    record["created_datetime"] = "2025-07-01T05:10:00+03:00"
    again = codec.decode(msgspec.json.encode([[record["ID"], record]]))
    assert again.columns["created_datetime"] == ["2025-07-01 02:10:00"]


@pytest.mark.parametrize("kind", REPORTED, ids=lambda k: k.name)
def test_a_report_enters_no_log_that_sites_read_by_v5(kind: RecordType) -> None:
    assert kind.legacy
    assert kind.legacy.direction is Direction.UP
    for _, policy in kind.branches:
        assert kind.channels(policy) == [Channel.MODERN]
