"""Purchase orders: newer keys win, legacy letters and days fill in; amounts made of percents."""

from typing import Any

from msupply.records.quirks.amounts import on_wire
from msupply.records.quirks.moments import MIDNIGHT, date_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.message import missing

_LETTERS = {
    "NEW": "nw",
    "REQUEST_APPROVAL": "sg",
    "CONFIRMED": "cn",
    "SENT": "cn",
    "FINALISED": "fn",
}
_READ = {"sg": "REQUEST_APPROVAL", "cn": "CONFIRMED", "fn": "FINALISED"}
_AUTHORISED = {"CONFIRMED", "SENT", "FINALISED"}
# The columns of `oms_fields`: when one of them is there, all of them count.
_NEWER = (
    "status",
    "created_datetime",
    "confirmed_datetime",
    "sent_datetime",
    "request_approval_datetime",
    "finalised_datetime",
    "supplier_discount_percentage",
)


def decode_order(batch: DecodedBatch) -> None:
    """Fill status, moments and discount from the legacy keys where no newer key is there."""
    columns, wire = batch.columns, batch.wire
    for place, newer in enumerate(zip(*(columns[name] for name in _NEWER), strict=True)):
        if place in batch.errors:
            continue
        if not any(value is not None for value in newer):
            _read_older(columns, wire, place)
        elif columns["status"][place] is None:
            columns["status"][place] = "NEW"
        if columns["created_datetime"][place] is None:
            columns["created_datetime"][place] = _midnight(wire["creation_date"][place])
        if columns["created_datetime"][place] is None:
            batch.errors[place] = missing("creation_date")
        if columns["supplier_discount_percentage"][place] is None:
            columns["supplier_discount_percentage"][place] = _percentage(
                wire["supplier_discount_amount"][place],
                columns["order_total_before_discount"][place],
            )


def _read_older(columns: Columns, wire: Columns, place: int) -> None:
    sent = wire["po_sent_date"][place]
    status = _READ.get(wire["status"][place], "NEW")
    columns["status"][place] = "SENT" if sent and status == "CONFIRMED" else status
    columns["confirmed_datetime"][place] = _midnight(wire["confirm_date"][place])
    columns["sent_datetime"][place] = _midnight(sent)


def _midnight(day: str | None) -> str | None:
    return f"{day} {MIDNIGHT}" if day else None


def _percentage(amount: float, total: float) -> float | None:
    return _tidy(amount / total * 100) if amount and total else None


def _tidy(value: float) -> float:
    """Undo the error that dividing and multiplying leaves in the last digits."""
    return on_wire(float(f"{value:.12g}"))


def encode_order(columns: Columns, wire: Columns) -> None:
    """Write letters, days and the amount of the discount from the columns."""
    wire["status"] = [_LETTERS[status] for status in columns["status"]]
    wire["is_authorised"] = [status in _AUTHORISED for status in columns["status"]]
    wire["creation_date"] = date_parts(columns["created_datetime"])
    wire["confirm_date"] = date_parts(columns["confirmed_datetime"])
    wire["po_sent_date"] = date_parts(columns["sent_datetime"])
    wire["supplier_discount_amount"] = [
        _tidy(total * (percentage or 0) / 100)
        for total, percentage in zip(
            columns["order_total_before_discount"],
            columns["supplier_discount_percentage"],
            strict=True,
        )
    ]


def encode_line(columns: Columns, wire: Columns) -> None:
    """Write the price of the whole line."""
    wire["price_extension_expected"] = [
        _extension(*values)
        for values in zip(
            columns["price_per_pack_after_discount"],
            columns["adjusted_number_of_units"],
            columns["requested_number_of_units"],
            columns["requested_pack_size"],
            strict=True,
        )
    ]


def _extension(price: float, adjusted: float | None, requested: float, size: Any) -> float:
    units = requested if adjusted is None else adjusted
    return _tidy(price * units / size) if size else 0.0
