"""Requisitions: newer keys win, legacy letters and days fill in; lines: daily usage."""

import math
from datetime import UTC, datetime

from msupply.records.quirks.amounts import on_wire, whole_on_wire
from msupply.records.quirks.letters import LETTERS, unknown_status
from msupply.records.quirks.moments import MIDNIGHT, date_parts
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.message import missing

__all__ = ["LETTERS", "decode_line", "decode_requisition", "encode_line", "encode_requisition"]

_DAYS = 30

_RESPONSE = {"sg": "NEW", "cn": "NEW", "nw": "NEW", "fn": "FINALISED"}
_READ = {
    "REQUEST": {"sg": "DRAFT", "nw": "DRAFT", "cn": "SENT", "fn": "SENT"},
    "RESPONSE": _RESPONSE,
    "IMPREST": _RESPONSE,
    "STOCK_HISTORY": _RESPONSE,
}
_FINAL = {"SENT", "FINALISED"}
_NEWER_COLUMNS = (
    "status",
    "created_datetime",
    "sent_datetime",
    "finalised_datetime",
    "expected_delivery_date",
    "max_months_of_stock",
    "colour",
)


def decode_requisition(batch: DecodedBatch) -> None:
    """Fill status, moments and months from the legacy keys where the newer ones are empty."""
    columns, wire = batch.columns, batch.wire
    _drop_copies(columns, wire)
    for place, created in enumerate(columns["created_datetime"]):
        if created is None and place not in batch.errors:
            _read_older(batch, place)
    columns["max_months_of_stock"] = [
        months if months is not None or days is None else days / _DAYS
        for months, days in zip(columns["max_months_of_stock"], wire["daysToSupply"], strict=True)
    ]
    columns["destination_customer_id"] = [
        original or other
        for original, other in zip(
            columns["destination_customer_id"],
            wire["oms_fields.destination_customer_id"],
            strict=True,
        )
    ]
    columns["legacy_status"] = [
        None if letters == _letters(status) else letters
        for letters, status in zip(wire["status"], columns["status"], strict=True)
    ]


def _drop_copies(columns: Columns, wire: Columns) -> None:
    # The legacy system makes responses itself and copies the newer keys of the request.
    for place, (kind, status) in enumerate(zip(columns["type"], columns["status"], strict=True)):
        if kind == "RESPONSE" and status and _RESPONSE.get(wire["status"][place]) != status:
            for column in _NEWER_COLUMNS:
                columns[column][place] = None


def _read_older(batch: DecodedBatch, place: int) -> None:
    columns, wire = batch.columns, batch.wire
    kind, letters, day = (
        columns["type"][place],
        wire["status"][place],
        wire["date_entered"][place],
    )
    status = _READ[kind].get(letters)
    if status is None:
        batch.errors[place] = unknown_status(letters, kind)
        return
    if day is None:
        batch.errors[place] = missing("date_entered")
        return
    columns["status"][place] = status
    columns["created_datetime"][place] = f"{day} {MIDNIGHT}"
    columns["max_months_of_stock"][place] = None
    modified = wire["lastModifiedAt"][place]
    done = _moment(modified) if letters == "fn" and modified else None
    columns["sent_datetime"][place] = None if kind == "RESPONSE" else done
    columns["finalised_datetime"][place] = done if kind == "RESPONSE" else None


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(moment: str | None) -> int:
    if not moment:
        return 0
    return whole_on_wire(datetime.fromisoformat(moment + "+00:00").timestamp())


def _letters(status: str) -> str:
    return "fn" if status in _FINAL else "sg"


def encode_requisition(columns: Columns, wire: Columns) -> None:
    """Write letters, day and days from the columns."""
    wire["status"] = [
        letters if _READ[kind].get(letters) == status else _letters(status)
        for letters, kind, status in zip(
            columns["legacy_status"], columns["type"], columns["status"], strict=True
        )
    ]
    wire["date_entered"] = date_parts(columns["created_datetime"])
    wire["lastModifiedAt"] = [
        _seconds(finalised if kind == "RESPONSE" else sent)
        for kind, sent, finalised in zip(
            columns["type"], columns["sent_datetime"], columns["finalised_datetime"], strict=True
        )
    ]
    wire["daysToSupply"] = [whole_on_wire(m * _DAYS) for m in columns["max_months_of_stock"]]


def decode_line(batch: DecodedBatch) -> None:
    """Turn daily usage into monthly consumption."""
    daily = batch.wire["daily_usage"]
    if None in daily:
        batch.columns["average_monthly_consumption"] = [
            None if usage is None else _monthly(usage) for usage in daily
        ]
        return
    # Rounding undoes the error of the division by the sender.
    monthly = [round(usage * _DAYS, 6) for usage in daily]
    if [amount / _DAYS for amount in monthly] != daily:
        monthly = [_monthly(usage) for usage in daily]
    batch.columns["average_monthly_consumption"] = monthly


def _monthly(usage: float) -> float:
    """Return the number that gives back exactly this daily usage, if there is one."""
    product = on_wire(usage * _DAYS)
    for amount in (
        round(product, 6),
        product,
        math.nextafter(product, math.inf),
        math.nextafter(product, -math.inf),
    ):
        if amount / _DAYS == usage:
            return amount
    return product


def encode_line(columns: Columns, wire: Columns) -> None:
    """Write daily usage, and losses and additions in one number."""
    wire["daily_usage"] = [amount / _DAYS for amount in columns["average_monthly_consumption"]]
    wire["Cust_loss_adjust"] = [
        on_wire(added - lost)
        for added, lost in zip(columns["addition_in_units"], columns["loss_in_units"], strict=True)
    ]
