"""Purchase orders on the V5 wire: letters, days and amounts beside the newer keys."""

import pytest

from msupply.sync.declare.codecs import Form
from tests.records.test_quirks import decode, row, written

LEGACY = {"oms_fields": None}


@pytest.mark.parametrize(
    ("letters", "sent", "status"),
    [
        ("nw", "2025-02-04", "NEW"),
        ("sg", "", "REQUEST_APPROVAL"),
        ("cn", "0000-00-00", "CONFIRMED"),
        ("cn", "2025-02-04", "SENT"),
        ("fn", "", "FINALISED"),
        ("FN", "", "FINALISED"),
        ("wp", "", "NEW"),
    ],
)
def test_letters_are_read_where_no_newer_key_is_there(letters: str, sent: str, status: str) -> None:
    found = row("purchase_order", LEGACY | {"status": letters, "po_sent_date": sent})
    assert found["status"] == status
    assert found["created_datetime"] == "2025-02-01 00:00:00"
    assert found["confirmed_datetime"] == "2025-02-03 00:00:00"
    assert found["sent_datetime"] == (f"{sent} 00:00:00" if sent.startswith("2") else None)


@pytest.mark.parametrize("absent", [None, "", {}])
def test_an_empty_object_has_no_newer_keys(absent: object) -> None:
    assert row("purchase_order", {"oms_fields": absent, "status": "fn"})["status"] == "FINALISED"


def test_newer_keys_replace_all_legacy_ones() -> None:
    newer = {"created_datetime": "2025-02-01T08:00:00"}
    found = row("purchase_order", {"oms_fields": newer, "status": "fn"})
    assert found["status"] == "NEW"
    assert found["confirmed_datetime"] is None
    assert found["sent_datetime"] is None


def test_the_discount_in_percent_follows_from_its_amount() -> None:
    found = row("purchase_order", LEGACY)
    assert found["supplier_discount_percentage"] == 12.5
    none = row("purchase_order", LEGACY | {"Order_total_before_discount": 0})
    assert none["supplier_discount_percentage"] is None


@pytest.mark.parametrize(("amount", "total"), [(0.1, 0.3), (19.99, 123.45), (1 / 3, 7)])
def test_an_amount_comes_back_as_it_was(amount: float, total: float) -> None:
    change = {"supplier_discount_amount": amount, "Order_total_before_discount": total}
    record = written("purchase_order", row("purchase_order", LEGACY | change))
    assert record["supplier_discount_amount"] == pytest.approx(amount, rel=1e-11)


@pytest.mark.parametrize(
    ("status", "letters", "authorised"),
    [
        ("NEW", "nw", False),
        ("REQUEST_APPROVAL", "sg", False),
        ("CONFIRMED", "cn", True),
        ("SENT", "cn", True),
        ("FINALISED", "fn", True),
    ],
)
def test_letters_are_written(status: str, letters: str, authorised: bool) -> None:
    record = written("purchase_order", row("purchase_order", {}) | {"status": status})
    assert (record["status"], record["is_authorised"]) == (letters, authorised)
    assert record["oms_fields"]["status"] == status


def test_days_are_written_as_each_direction_has_them() -> None:
    columns = row("purchase_order", {}) | {"sent_datetime": None}
    up = written("purchase_order", columns, Form.TO_CENTRAL)
    assert (up["creation_date"], up["confirm_date"]) == ("2025-02-01", "2025-02-03T00:00:00")
    assert up["po_sent_date"] is None
    down = written("purchase_order", columns)
    assert (down["creation_date"], down["confirm_date"]) == ("2025-02-01", "2025-02-03")
    assert down["po_sent_date"] == "0000-00-00"
    assert down["oms_fields"]["sent_datetime"] is None


def test_charges_of_nothing_are_zero_for_a_site() -> None:
    columns = row("purchase_order", {"freight_charge": 0, "curr_rate": 0})
    assert columns["freight_charge"] is None
    record = written("purchase_order", columns)
    assert (record["freight_charge"], record["curr_rate"]) == (0, 0)


def test_an_order_without_a_day_is_refused() -> None:
    batch = decode("purchase_order", LEGACY | {"creation_date": None}, {})
    assert [str(why) for why in batch.errors.values()] == ["creation_date is missing"]


@pytest.mark.parametrize(
    ("change", "extension"),
    [
        ({}, 262.5),
        ({"quan_adjusted_order": 0}, 218.75),
        ({"packsize_ordered": 0}, 0),
    ],
)
def test_the_price_of_a_line_counts_what_was_ordered_last(
    change: dict[str, float], extension: float
) -> None:
    record = written("purchase_order_line", row("purchase_order_line", change))
    assert record["price_extension_expected"] == extension


def test_a_line_without_a_status_is_new() -> None:
    assert row("purchase_order_line", {"oms_fields": None})["status"] == "NEW"


def test_goods_received_in_an_unknown_status_keep_it() -> None:
    found = row("Goods_received", {"status": "xx"})
    assert written("Goods_received", found)["status"] == "xx"
    assert row("Goods_received", {"status": "nw"})["status"] == "NEW"
