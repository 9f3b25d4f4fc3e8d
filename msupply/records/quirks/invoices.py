"""Invoices: newer keys win, legacy letters and dates fill in; lines: cancellations, totals."""

from django.utils.translation import gettext_noop as _

from msupply.records.quirks import lookups
from msupply.records.quirks.amounts import on_wire
from msupply.records.quirks.letters import (
    WRITTEN,
    read_moments,
    read_status,
    read_type,
    unknown_status,
)
from msupply.records.quirks.moments import date_parts, time_parts
from msupply.sync.declare import TEXT, Codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.decoded import Columns, DecodedBatch
from msupply.sync.declare.message import Message, missing

# The legacy system writes "0" for no option.
OPTION_ID = Codec(
    str | None,
    None,
    lambda value: None if value == "0" else value or None,
    {Form.TO_SITE: TEXT.encode[Form.TO_SITE]} if TEXT.encode else None,
)

# Ours: the wire has one key for delivery and receipt. It is written only where the two differ;
# central servers keep and return whatever stands in this object.
DELIVERED = "oms_fields.delivered_datetime"

# What legacy dates tell; no legacy date tells of a cancellation.
_LEGACY_MOMENTS = (
    "allocated_datetime",
    "picked_datetime",
    "shipped_datetime",
    "delivered_datetime",
    "received_datetime",
    "verified_datetime",
    "backdated_datetime",
)
_NEWER_COLUMNS = (
    "type",
    "status",
    "created_datetime",
    "colour",
    "transport_reference",
    "original_shipment_id",
    *_LEGACY_MOMENTS,
    "cancelled_datetime",
)
# The legacy system makes these counterparts itself and copies the newer keys of the other half.
_COPIES = {("si", "OUTBOUND_SHIPMENT"), ("cc", "SUPPLIER_RETURN")}


def decode_invoice(batch: DecodedBatch) -> None:
    """Fill type, status and moments from the legacy keys where the newer ones are empty."""
    columns, wire = batch.columns, batch.wire
    arrived = wire["om_delivered_datetime"]
    columns["delivered_datetime"] = [
        delivered or moment for delivered, moment in zip(wire[DELIVERED], arrived, strict=True)
    ]
    columns["received_datetime"] = [
        None if status == "DELIVERED" else moment
        for moment, status in zip(arrived, columns["status"], strict=True)
    ]
    for place, pair in enumerate(zip(wire["type"], columns["type"], strict=True)):
        if pair in _COPIES:
            for column in _NEWER_COLUMNS:
                columns[column][place] = None
    _backdate(columns)
    _read_letters(batch)


def _backdate(columns: Columns) -> None:
    columns["backdated_datetime"] = [
        backdated or (picked if picked and created and picked < created else None)
        for backdated, picked, created in zip(
            columns["backdated_datetime"],
            columns["picked_datetime"],
            columns["created_datetime"],
            strict=True,
        )
    ]


def _read_letters(batch: DecodedBatch) -> None:
    columns, wire = batch.columns, batch.wire
    older = [
        place
        for place, newer in enumerate(
            zip(columns["type"], columns["status"], columns["created_datetime"], strict=True)
        )
        if None in newer and place not in batch.errors
    ]
    if not older:
        return
    names = [columns["name_id"][place] for place in older]
    codes = lookups.values("Name", "id", names, "code")
    stores = lookups.values("Store", "name_id", names, "id")
    for place in older:
        name = columns["name_id"][place]
        letters = wire["type"][place]
        kind = columns["type"][place] or read_type(letters, wire["mode"][place], codes.get(name))
        if kind is None:
            text = _("type “{letters}” means nothing for this name and mode")
            batch.errors[place] = Message(text, {"letters": letters})
            continue
        letters = wire["status"][place]
        status = columns["status"][place] or read_status(letters, kind, name in stores)
        if status is None:
            batch.errors[place] = unknown_status(letters, kind)
            continue
        columns["type"][place] = kind
        columns["status"][place] = status
        if columns["created_datetime"][place] is None:
            _set_moments(batch, place, kind, status)


def _set_moments(batch: DecodedBatch, place: int, kind: str, status: str) -> None:
    wire = batch.wire
    created = _moment(wire, "entry", place)
    if created is None:
        batch.errors[place] = missing("entry_date")
        return
    moments = read_moments(
        kind,
        status,
        created,
        _moment(wire, "confirm", place),
        _moment(wire, "finalised", place),
    )
    batch.columns["created_datetime"][place] = created
    for column in _LEGACY_MOMENTS:
        batch.columns[column][place] = moments.get(column)


def _moment(wire: Columns, name: str, place: int) -> str | None:
    date = wire[f"{name}_date"][place]
    return f"{date} {wire[f'{name}_time'][place]}" if date else None


def encode_invoice(columns: Columns, wire: Columns) -> None:
    """Write letters and split dates from the columns."""
    written = [WRITTEN[kind] for kind in columns["type"]]
    wire["type"] = [w.type for w in written]
    wire["mode"] = [w.mode for w in written]
    wire["status"] = [w.status[s] for w, s in zip(written, columns["status"], strict=True)]
    wire["entry_date"] = date_parts(columns["created_datetime"])
    wire["entry_time"] = time_parts(columns["created_datetime"])
    for name, choose in (
        ("confirm", [w.confirmed for w in written]),
        ("finalised", [w.finalised for w in written]),
    ):
        moments = [columns[column][place] for place, column in enumerate(choose)]
        wire[f"{name}_date"] = date_parts(moments)
        wire[f"{name}_time"] = time_parts(moments)
    both = list(zip(columns["delivered_datetime"], columns["received_datetime"], strict=True))
    wire["om_delivered_datetime"] = [received or delivered for delivered, received in both]
    earlier = [
        delivered if received not in {None, delivered} else None for delivered, received in both
    ]
    if any(earlier):
        wire[DELIVERED] = earlier


_SIGNED = (
    "number_of_packs",
    "cost_price_per_pack",
    "sell_price_per_pack",
    "total_before_tax",
    "total_after_tax",
    "foreign_currency_price_before_tax",
    "prescribed_quantity",
    "shipped_number_of_packs",
)


def decode_line(batch: DecodedBatch) -> None:
    """Turn cancelled legacy lines round, and total the lines that carry no totals."""
    columns = batch.columns
    packs = columns["number_of_packs"]
    if batch.errors or min(packs, default=0) < 0:
        for place, quantity in enumerate(packs):
            if quantity is not None and quantity < 0:
                _turn_round(columns, place)
    codes = columns["item_code"]
    if None in codes:
        tax = columns["tax_percentage"]
        columns["tax_percentage"] = [
            rate if code else None for rate, code in zip(tax, codes, strict=True)
        ]
    if None in columns["total_before_tax"] or None in columns["total_after_tax"] or None in codes:
        _total(batch)


def _turn_round(columns: Columns, place: int) -> None:
    columns["type"][place] = "STOCK_IN"
    for column in _SIGNED:
        value = columns[column][place]
        columns[column][place] = value and abs(value)


def _total(batch: DecodedBatch) -> None:
    columns = batch.columns
    lacking = [
        place
        for place, values in enumerate(
            zip(
                columns["item_code"],
                columns["total_before_tax"],
                columns["total_after_tax"],
                strict=True,
            )
        )
        if None in values and place not in batch.errors
    ]
    services = [columns["invoice_id"][p] for p in lacking if columns["type"][p] == "SERVICE"]
    invoice_types = lookups.values("Invoice", "id", services, "type") if services else {}
    for place in lacking:
        line_type = columns["type"][place]
        invoice_type = invoice_types.get(columns["invoice_id"][place])
        inwards = line_type == "STOCK_IN" or (
            line_type == "SERVICE" and invoice_type in {"INBOUND_SHIPMENT", "CUSTOMER_RETURN"}
        )
        price = columns["cost_price_per_pack" if inwards else "sell_price_per_pack"][place]
        total = on_wire(columns["number_of_packs"][place] * price)
        for column in ("total_before_tax", "total_after_tax"):
            if columns["item_code"][place] is None or columns[column][place] is None:
                columns[column][place] = total
