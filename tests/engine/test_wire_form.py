"""Records between wire and columns: strict on arrival, lossless on the way back."""

import msgspec
import pytest

from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form, decode_datetime
from msupply.sync.declare.registry import Wire, registry
from tests.engine.toyapp.models import Loan, Machine, Repair, Thing


def codec(model, wire=Wire.V5):
    return table_codec(next(k for k in registry().types if k.model is model), wire)


def decode(model, *records, wire=Wire.V5):
    chunk = msgspec.json.encode([(r.get("ID") or r.get("id") or "x", r) for r in records])
    return codec(model, wire).decode(chunk)


def encode(model, columns, form, wire=Wire.V5):
    return [msgspec.json.decode(record) for record in codec(model, wire).encode(columns, form)]


LOAN = {
    "ID": "L1",
    "shop_ID": "S1",
    "comment": "",
    "due": "0000-00-00",
    "person_ID": "P1",
    "lent_date": "2025-03-04",
    "lent_time": 34200,
    "more": {"colour": "red"},
}


def test_a_record_goes_back_to_a_site_as_it_came():
    batch = decode(Loan, LOAN)
    assert batch.errors == {}
    assert encode(Loan, batch.columns, Form.TO_SITE) == [LOAN]


def test_a_record_goes_to_the_central_server_in_push_form():
    (record,) = encode(Loan, decode(Loan, LOAN).columns, Form.TO_CENTRAL)
    assert record["comment"] is None
    assert record["due"] is None
    assert record["lent_date"] == "2025-03-04T00:00:00"
    assert record["lent_time"] == "09:30:00"


def test_the_push_form_is_read_like_the_pull_form():
    pull = decode(Loan, LOAN)
    (pushed,) = encode(Loan, pull.columns, Form.TO_CENTRAL)
    assert decode(Loan, pushed).columns == pull.columns


def test_unknown_keys_come_back_unchanged_even_inside_objects():
    strange = LOAN | {"user1": {"deep": [1, None]}, "more": {"colour": "red", "smell": "sweet"}}
    batch = decode(Loan, strange)
    assert encode(Loan, batch.columns, Form.TO_SITE) == [strange]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"due": "2025-13-01"}, "due"),
        ({"shop_ID": 7}, "shop_ID"),
        ({"comment": "a\0b"}, "NUL"),
        ({"more": 3}, "more"),
        ({"lent_date": "yesterday"}, "lent_date"),
    ],
)
def test_a_bad_record_is_marked_and_the_good_ones_beside_it_are_read(fault, reason):
    batch = decode(Loan, LOAN, LOAN | {"ID": "L2"} | fault, LOAN | {"ID": "L3"})
    assert list(batch.errors) == [1]
    assert reason in str(batch.errors[1])
    assert batch.ids == ["L1", "L2", "L3"]
    assert batch.columns["shop_id"][2] == "S1"


def test_a_record_without_a_required_key_is_marked():
    record = {key: value for key, value in LOAN.items() if key != "shop_ID"}
    assert "shop_ID" in str(decode(Loan, record).errors[0])


def test_an_envelope_id_that_differs_from_the_record_is_marked():
    chunk = msgspec.json.encode([("other", LOAN)])
    assert "differ" in str(codec(Loan).decode(chunk).errors[0])


def test_numbers_beyond_32_bits_are_refused():
    shop = {"id": "m", "label": "x", "working": 1}
    assert decode(Machine, shop, wire=Wire.V6).errors


def test_v6_keeps_empty_text_and_null_apart():
    batch = decode(Machine, {"id": "m", "label": "", "shop_key": None}, wire=Wire.V6)
    assert batch.errors == {}
    (record,) = encode(Machine, batch.columns | {"note": ["secret"]}, Form.MODERN, Wire.V6)
    assert record["label"] == ""
    assert record["shop_key"] is None
    assert "note" not in record


def test_a_datetime_keeps_microseconds_and_refuses_zones():
    assert decode_datetime("2025-03-02T09:00:00.125") == "2025-03-02 09:00:00.125000"
    assert decode_datetime("2025-03-02T09:00:00.123456789") == "2025-03-02 09:00:00.123456"
    with pytest.raises(ValueError, match="zone"):
        decode_datetime("2025-03-02T09:00:00Z")


def test_a_thing_without_weight_has_none():
    assert decode(Thing, {"ID": "T", "Title": "x", "grams": None}).columns["weight"] == [None]


REPAIR = {
    "id": "R1",
    "shop_id": "S1",
    "note": None,
    "kind": "BIG",
    "is_paid": True,
    "promised": "2025-03-04",
    "done_at": "2025-03-05T10:00:00",
}


def test_a_table_of_our_own_needs_no_names_on_the_wire():
    table = codec(Repair).kind.legacy
    assert table.name == "ext_repair"
    assert set(table.fields) == set(REPAIR)
    assert table.id_key == "id"


@pytest.mark.parametrize("form", [Form.TO_SITE, Form.TO_CENTRAL])
def test_a_table_of_our_own_looks_the_same_both_ways(form):
    batch = decode(Repair, REPAIR | {"new": 1})
    assert batch.errors == {}
    assert encode(Repair, batch.columns, form) == [REPAIR | {"new": 1}]


def test_a_table_of_our_own_refuses_values_that_it_does_not_know():
    assert "kind" in str(decode(Repair, REPAIR | {"kind": "HUGE"}).errors[0])


def test_a_table_of_our_own_tells_deletes_where_the_type_has_them():
    assert codec(Repair).kind.legacy.sends_deletes
