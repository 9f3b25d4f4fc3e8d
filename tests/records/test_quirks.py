"""Where a V5 value means more than its own column: letters, dates in parts, older keys."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msupply.records.names import Name
from msupply.records.quirks.letters import read_moments, read_status, read_type
from msupply.records.requisitions import RequisitionLine
from msupply.records.stores import Store
from msupply.sync.declare.batch import TableCodec, table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.registry import Wire, registry
from tests.examples import all_examples

FIRST: dict[str, dict[str, Any]] = {}
for _example in all_examples():
    if _example.wire is Wire.V5:
        FIRST.setdefault(_example.table, _example.record)

# What a record of the legacy system looks like: no newer key says anything.
LEGACY_INVOICE = {key: "" for key in FIRST["transact"] if key.startswith("om_")}
LEGACY_REQUISITION = {
    "om_created_datetime": "",
    "om_sent_datetime": "",
    "om_finalised_datetime": "",
    "om_expected_delivery_date": "",
    "om_max_months_of_stock": None,
    "om_status": "",
    "oms_fields": None,
}


def codec(table: str) -> TableCodec:
    return table_codec(registry().by_wire[Wire.V5][table], Wire.V5)


def decode(table: str, *changes: dict[str, Any]) -> DecodedBatch:
    pairs = [
        [
            f"{table}-{n}",
            FIRST[table] | {codec(table).table.id_key or "ID": f"{table}-{n}"} | change,
        ]
        for n, change in enumerate(changes)
    ]
    return codec(table).decode(msgspec.json.encode(pairs))


def row(table: str, change: dict[str, Any]) -> dict[str, Any]:
    batch = decode(table, change)
    assert batch.errors == {}
    return {column: values[0] for column, values in batch.columns.items()}


def written(table: str, columns: dict[str, Any], form: Form = Form.TO_SITE) -> dict[str, Any]:
    kind = codec(table).kind
    whole: Columns = {name: [columns.get(name)] for name in map(str, kind.columns)}
    (record,) = codec(table).encode(whole, form)
    # As it looks on the wire.
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return found


@pytest.mark.parametrize(
    ("letters", "mode", "code", "expected"),
    [
        ("si", "store", "invad", "INVENTORY_ADDITION"),
        ("sc", "dispensary", "invad", "INVENTORY_REDUCTION"),
        ("ci", "store", "invad", None),
        ("ci", "dispensary", "X", "PRESCRIPTION"),
        ("si", "dispensary", "X", None),
        ("si", "store", "X", "INBOUND_SHIPMENT"),
        ("ci", "store", "X", "OUTBOUND_SHIPMENT"),
        ("sr", "other", "X", "REPACK"),
        ("cc", "store", None, "CUSTOMER_RETURN"),
        ("sc", "store", None, "SUPPLIER_RETURN"),
        ("bu", "store", None, None),
    ],
)
def test_letters_of_a_type(letters: str, mode: str, code: str | None, expected: str | None) -> None:
    assert read_type(letters, mode, code) == expected


@pytest.mark.parametrize(
    ("kind", "transfer", "expected"),
    [
        ("PRESCRIPTION", False, ["NEW", "NEW", "PICKED", "VERIFIED"]),
        ("OUTBOUND_SHIPMENT", True, ["NEW", "NEW", "PICKED", "SHIPPED"]),
        ("INBOUND_SHIPMENT", True, ["SHIPPED", "NEW", "RECEIVED", "VERIFIED"]),
        ("CUSTOMER_RETURN", False, ["NEW", "NEW", "RECEIVED", "VERIFIED"]),
        ("INVENTORY_REDUCTION", False, ["NEW", "NEW", "VERIFIED", "VERIFIED"]),
        ("REPACK", False, [None, None, None, "VERIFIED"]),
    ],
)
def test_letters_of_a_status(kind: str, transfer: bool, expected: list[str | None]) -> None:
    assert [read_status(s, kind, transfer) for s in ("nw", "sg", "cn", "fn")] == expected


def test_moments_from_the_legacy_dates() -> None:
    created, confirmed, finalised = "2025-01-02 00:00:00", "2025-01-03", "2025-01-04"
    outbound = read_moments("OUTBOUND_SHIPMENT", "SHIPPED", created, confirmed, finalised)
    assert outbound == {
        "allocated_datetime": confirmed,
        "picked_datetime": confirmed,
        "shipped_datetime": finalised,
    }
    inbound = read_moments("INBOUND_SHIPMENT", "VERIFIED", created, confirmed, None)
    assert inbound == {
        "delivered_datetime": confirmed,
        "received_datetime": confirmed,
        "verified_datetime": confirmed,
    }
    early = read_moments("PRESCRIPTION", "PICKED", created, "2025-01-01", None)
    assert early == {"picked_datetime": "2025-01-01", "backdated_datetime": "2025-01-01"}


@pytest.fixture
def names() -> None:
    invad = Name.objects.create(id="name-invad", name="Inventory", code="invad", type="INVAD")
    south = Name.objects.create(id="name-south", name="South", code="SOU", type="STORE")
    Store.objects.create(id="store-south", name=south, code="SOU", site_id=3)
    assert invad.pk == "name-invad"


@pytest.mark.django_db
@pytest.mark.usefixtures("names")
def test_a_legacy_invoice_is_read_by_letters_name_and_mode() -> None:
    legacy = LEGACY_INVOICE | {"mode": "store", "confirm_time": 3661, "confirm_date": "2025-03-05"}
    batch = decode(
        "transact",
        legacy | {"type": "si", "status": "cn", "name_ID": "name-invad"},
        legacy | {"type": "si", "status": "nw", "name_ID": "name-south"},
        legacy | {"type": "Sc", "status": "FN", "name_ID": "name-other"},
        legacy | {"type": "bu", "status": "fn", "name_ID": "name-other"},
        {},
    )
    assert batch.columns["type"][:3] == [
        "INVENTORY_ADDITION",
        "INBOUND_SHIPMENT",
        "SUPPLIER_RETURN",
    ]
    assert batch.columns["status"][:3] == ["VERIFIED", "SHIPPED", "SHIPPED"]
    assert batch.columns["created_datetime"][0] == "2025-03-04 09:30:00"
    assert batch.columns["shipped_datetime"][1] == "2025-03-04 09:30:00"
    assert batch.columns["picked_datetime"][2] == "2025-03-05 01:01:01"
    assert batch.columns["type"][4] == "OUTBOUND_SHIPMENT"
    assert list(batch.errors) == [3]


@pytest.mark.django_db
@pytest.mark.usefixtures("names")
def test_a_legacy_invoice_keeps_the_moment_of_its_cancellation() -> None:
    cancelled = LEGACY_INVOICE | {
        "type": "ci",
        "mode": "dispensary",
        "status": "cn",
        "om_cancelled_datetime": "2025-04-01T10:00:00",
    }
    batch = decode("transact", cancelled)
    assert batch.errors == {}
    assert batch.columns["status"] == ["PICKED"]
    assert batch.columns["cancelled_datetime"] == ["2025-04-01 10:00:00"]


@pytest.mark.django_db
@pytest.mark.usefixtures("names")
def test_a_counterpart_made_by_the_legacy_system_does_not_have_the_other_halfs_keys() -> None:
    found = row(
        "transact",
        {"type": "si", "status": "nw", "name_ID": "name-south", "om_type": "OUTBOUND_SHIPMENT"},
    )
    assert (found["type"], found["status"]) == ("INBOUND_SHIPMENT", "SHIPPED")
    assert found["colour"] is None
    assert found["created_datetime"] == "2025-03-04 09:30:00"


@pytest.mark.parametrize(
    ("om_status", "status", "received"),
    [
        ("DELIVERED", "RECEIVED", "2025-03-07 08:00:00"),
        ("DELIVERED_NO_STOCK", "DELIVERED", None),
    ],
)
def test_delivery_has_another_name_on_the_wire(
    om_status: str, status: str, received: str | None
) -> None:
    found = row("transact", {"om_type": "INBOUND_SHIPMENT", "type": "si", "om_status": om_status})
    assert found["status"] == status
    assert found["delivered_datetime"] == "2025-03-07 08:00:00"
    assert found["received_datetime"] == received
    assert written("transact", found)["om_status"] == om_status


def test_delivery_before_receipt_is_not_lost() -> None:
    found = row("transact", {}) | {
        "delivered_datetime": "2025-03-06 20:00:00",
        "received_datetime": "2025-03-07 08:00:00",
    }
    record = written("transact", found, Form.TO_CENTRAL)
    assert record["om_delivered_datetime"] == "2025-03-07T08:00:00"
    again = row("transact", record)
    assert again["delivered_datetime"] == "2025-03-06 20:00:00"
    assert again["received_datetime"] == "2025-03-07 08:00:00"


@pytest.mark.parametrize(
    ("kind", "status", "letters"),
    [
        ("OUTBOUND_SHIPMENT", "ALLOCATED", ("ci", "store", "sg")),
        ("SUPPLIER_RETURN", "PICKED", ("sc", "store", "cn")),
        ("INBOUND_SHIPMENT", "DELIVERED", ("si", "store", "nw")),
        ("CUSTOMER_RETURN", "RECEIVED", ("cc", "store", "cn")),
        ("PRESCRIPTION", "CANCELLED", ("ci", "dispensary", "fn")),
        ("INVENTORY_ADDITION", "VERIFIED", ("si", "store", "fn")),
        ("INVENTORY_REDUCTION", "NEW", ("sc", "store", "nw")),
        ("REPACK", "VERIFIED", ("sr", "store", "fn")),
    ],
)
def test_letters_are_written(kind: str, status: str, letters: tuple[str, str, str]) -> None:
    record = written("transact", row("transact", {}) | {"type": kind, "status": status})
    assert (record["type"], record["mode"], record["status"]) == letters


@pytest.mark.django_db
def test_a_cancelled_legacy_line_turns_into_stock_that_comes_in() -> None:
    found = row(
        "trans_line",
        {"quantity": -4, "om_item_code": None, "om_total_before_tax": None, "optionID": "0"},
    )
    assert (found["type"], found["number_of_packs"]) == ("STOCK_IN", 4)
    assert found["total_before_tax"] == found["total_after_tax"] == pytest.approx(4 * 2.4)
    assert found["tax_percentage"] is None
    assert found["reason_option_id"] is None


def test_totals_of_a_line_without_item_code_come_from_its_price() -> None:
    found = row("trans_line", {"om_item_code": "", "om_total_before_tax": 99})
    assert found["total_before_tax"] == pytest.approx(4 * 2.65)


@pytest.mark.parametrize(
    ("change", "gender"),
    [
        ({"om_gender": "TRANSGENDER_FEMALE", "female": False}, "TRANSGENDER_FEMALE"),
        ({"om_gender": "", "female": True}, "FEMALE"),
        ({"om_gender": "", "female": False, "om_created_datetime": ""}, "MALE"),
        ({"om_gender": None, "female": False}, None),
        ({"om_gender": "", "female": True, "type": "facility"}, None),
    ],
)
def test_gender_of_a_name(change: dict[str, Any], gender: str | None) -> None:
    assert row("name", change)["gender"] == gender


def test_day_of_creation_stands_in_for_the_moment() -> None:
    assert row("name", {"om_created_datetime": ""})["created_datetime"] == "2024-02-11 00:00:00"


def test_unknown_types_of_names_are_kept() -> None:
    found = row("name", {"type": "something new"})
    assert written("name", found)["type"] == "something new"


def test_an_unknown_gender_is_an_error() -> None:
    assert list(decode("name", {"om_gender": "?"}, {}).errors) == [0]


def test_an_inactive_join_is_a_removal() -> None:
    batch = decode("name_store_join", {"inactive": True}, {"inactive": None}, {})
    assert batch.removed == {0}


@pytest.mark.parametrize(
    ("change", "gender"),
    [
        ({"oms_fields": {"gender": "NON_BINARY"}, "female": False}, "NON_BINARY"),
        ({"oms_fields": {"gender": None}, "female": False}, None),
        ({"oms_fields": {}, "female": True}, "FEMALE"),
        ({"oms_fields": None, "female": False}, "MALE"),
    ],
)
def test_gender_of_a_prescriber(change: dict[str, Any], gender: str | None) -> None:
    assert row("clinician", change)["gender"] == gender


@pytest.mark.parametrize(
    ("kind", "letters", "status", "sent", "finalised"),
    [
        ("request", "nw", "DRAFT", None, None),
        ("request", "cn", "SENT", None, None),
        ("request", "fn", "SENT", "2025-03-01 09:40:00", None),
        ("im", "fn", "FINALISED", "2025-03-01 09:40:00", None),
        ("response", "cn", "NEW", None, None),
        ("response", "fn", "FINALISED", None, "2025-03-01 09:40:00"),
    ],
)
def test_a_legacy_requisition(
    kind: str, letters: str, status: str, sent: str | None, finalised: str | None
) -> None:
    found = row("requisition", LEGACY_REQUISITION | {"type": kind, "status": letters})
    assert found["status"] == status
    assert found["created_datetime"] == "2025-03-01 00:00:00"
    assert found["sent_datetime"] == sent
    assert found["finalised_datetime"] == finalised
    assert found["max_months_of_stock"] == 6.5
    assert written("requisition", found)["status"] == letters


def test_a_response_with_the_requests_status_is_read_by_its_letters() -> None:
    found = row("requisition", {"type": "response", "status": "sg", "om_status": "SENT"})
    assert found["status"] == "NEW"
    assert found["colour"] is None


def test_letters_follow_a_later_status() -> None:
    found = row("requisition", {"type": "response", "status": "cn", "om_status": "NEW"})
    assert written("requisition", found)["status"] == "cn"
    assert written("requisition", found | {"status": "FINALISED"})["status"] == "fn"


def test_both_keys_of_the_destination_customer_are_read() -> None:
    found = row("requisition", {"oms_fields": {"destination_customer_id": "name-supplier"}})
    assert found["destination_customer_id"] == "name-supplier"


def test_an_unknown_status_of_a_requisition_is_an_error() -> None:
    assert list(decode("requisition", LEGACY_REQUISITION | {"status": "wf"}, {}).errors) == [0]


@given(st.floats(min_value=0, max_value=1e12))
def test_daily_usage_comes_back_to_the_last_digit(monthly: float) -> None:
    pushed = monthly / 30
    found = row("requisition_line", {"daily_usage": pushed})
    assert written("requisition_line", found)["daily_usage"] == pushed


@pytest.mark.parametrize("monthly", [0, 1, 7, 100, 105.5, 12.25, 99999])
def test_monthly_consumption_arrives_as_it_was(monthly: float) -> None:
    found = row("requisition_line", {"daily_usage": monthly / 30})
    assert found["average_monthly_consumption"] == monthly


def test_losses_and_additions_are_one_number_for_the_legacy_system() -> None:
    assert RequisitionLine._meta.db_table == "requisition_line"
    record = written("requisition_line", row("requisition_line", {"stockLosses": 7}))
    assert record["Cust_loss_adjust"] == -5


def test_a_legacy_stocktake_has_one_date_for_both_ends() -> None:
    legacy = {"om_created_datetime": "", "om_finalised_datetime": ""}
    found = row("Stock_take", legacy)
    assert found["created_datetime"] == found["finalised_datetime"] == "2025-03-20 12:34:56"
    assert row("Stock_take", legacy | {"status": "sg"})["finalised_datetime"] is None


def test_a_line_that_was_not_edited_is_not_counted() -> None:
    batch = decode(
        "Stock_take_lines",
        {"is_edited": False, "stock_take_qty": 4},
        {"is_edited": True, "stock_take_qty": 0},
    )
    assert batch.columns["counted_number_of_packs"] == [None, 0]


def test_a_movement_without_exit_is_still_there() -> None:
    found = row("location_movement", {"exit_date": "0000-00-00", "exit_time": 0})
    assert found["enter_datetime"] == "2025-03-04 09:30:01"
    assert found["exit_datetime"] is None


@pytest.mark.parametrize("body", ["", "text", "null", 7, [], {"a": [1, {"b": None}]}])
def test_the_body_of_a_message_may_be_anything(body: object) -> None:
    assert written("message", row("message", {"body": body}))["body"] == body


def test_a_message_without_a_body_has_an_empty_one() -> None:
    assert written("message", row("message", {"body": None}))["body"] == ""


def test_an_empty_reference_to_what_must_exist_is_an_error() -> None:
    batch = decode("list_master_name_join", {"name_ID": ""}, {})
    assert list(batch.errors) == [0]
    assert "name_ID" in str(batch.errors[0])


def test_bad_records_do_not_disturb_the_good_ones() -> None:
    for table, record in FIRST.items():
        batch = decode(table, {}, {key: [] for key in record if key not in {"ID", "id"}}, {})
        assert set(batch.errors) <= {1}, table
        assert batch.columns["id"][2] == f"{table}-2" or table == "pref"
