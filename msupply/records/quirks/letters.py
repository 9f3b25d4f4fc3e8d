"""The legacy letters of an invoice's type, mode and status, and what they mean (sync-v5.md, transact)."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from msupply.sync.declare import Codec
from msupply.sync.declare.message import Message

# Some senders write Sc for sc and FN for fn.
LETTERS = Codec(str, decode=str.lower)


@dataclass(frozen=True)
class Written:
    """How invoices of one type are written for the legacy system."""

    type: str
    status: dict[str, str]
    confirmed: str
    finalised: str
    mode: str = "store"


def _letters(other: str, **letters: str) -> dict[str, str]:
    statuses = ("NEW", "ALLOCATED", "PICKED", "SHIPPED", "DELIVERED", "RECEIVED", "VERIFIED")
    return {s: letters.get(s, other) for s in (*statuses, "CANCELLED")}


_OUT = _letters("fn", NEW="sg", ALLOCATED="sg", PICKED="cn")
_IN = _letters("nw", RECEIVED="cn", VERIFIED="fn", CANCELLED="fn")
_DISPENSED = _letters("fn", NEW="nw", ALLOCATED="cn", PICKED="cn", DELIVERED="sg")
_ADJUSTED = _letters("nw", VERIFIED="fn", CANCELLED="fn")

WRITTEN = {
    "OUTBOUND_SHIPMENT": Written("ci", _OUT, "picked_datetime", "shipped_datetime"),
    "SUPPLIER_RETURN": Written("sc", _OUT, "picked_datetime", "shipped_datetime"),
    "INBOUND_SHIPMENT": Written("si", _IN, "received_datetime", "verified_datetime"),
    "CUSTOMER_RETURN": Written("cc", _IN, "received_datetime", "verified_datetime"),
    "PRESCRIPTION": Written(
        "ci", _DISPENSED, "picked_datetime", "shipped_datetime", mode="dispensary"
    ),
    "INVENTORY_ADDITION": Written("si", _ADJUSTED, "verified_datetime", "verified_datetime"),
    "INVENTORY_REDUCTION": Written("sc", _ADJUSTED, "verified_datetime", "verified_datetime"),
    "REPACK": Written("sr", _ADJUSTED, "verified_datetime", "verified_datetime"),
}

INVENTORY_ADJUSTMENT_CODE = "invad"

_ADJUSTMENTS = {"si": "INVENTORY_ADDITION", "sc": "INVENTORY_REDUCTION"}
_STORE_TYPES = {
    "si": "INBOUND_SHIPMENT",
    "ci": "OUTBOUND_SHIPMENT",
    "sr": "REPACK",
    "cc": "CUSTOMER_RETURN",
    "sc": "SUPPLIER_RETURN",
}

_READ_OUT = {"nw": "NEW", "sg": "NEW", "cn": "PICKED", "fn": "SHIPPED"}
_READ_IN = {"nw": "NEW", "sg": "NEW", "cn": "RECEIVED", "fn": "VERIFIED"}
_READ_ADJUSTED = {"nw": "NEW", "sg": "NEW", "cn": "VERIFIED", "fn": "VERIFIED"}
_READ = {
    "OUTBOUND_SHIPMENT": _READ_OUT,
    "SUPPLIER_RETURN": _READ_OUT,
    "INBOUND_SHIPMENT": _READ_IN,
    "CUSTOMER_RETURN": _READ_IN,
    "PRESCRIPTION": {"nw": "NEW", "sg": "NEW", "cn": "PICKED", "fn": "VERIFIED"},
    "INVENTORY_ADDITION": _READ_ADJUSTED,
    "INVENTORY_REDUCTION": _READ_ADJUSTED,
    "REPACK": {"fn": "VERIFIED"},
}

# By type and status: each step that has happened, and which legacy date tells when.
_SENT = {"allocated": "confirmed", "picked": "confirmed"}
_ARRIVED = {"delivered": "confirmed", "received": "confirmed"}
_VERIFIED = {"verified": "finalised"}
_STEPS_OUT = {"PICKED": _SENT, "SHIPPED": _SENT | {"shipped": "finalised"}}
_STEPS_IN = {
    "SHIPPED": {"shipped": "created"},
    "RECEIVED": _ARRIVED,
    "VERIFIED": _ARRIVED | _VERIFIED,
}
_STEPS: dict[str, dict[str, dict[str, str]]] = {
    "OUTBOUND_SHIPMENT": _STEPS_OUT,
    "SUPPLIER_RETURN": _STEPS_OUT,
    "INBOUND_SHIPMENT": _STEPS_IN,
    "CUSTOMER_RETURN": _STEPS_IN,
    "PRESCRIPTION": {
        "PICKED": {"picked": "confirmed"},
        "VERIFIED": {"picked": "confirmed"} | _VERIFIED,
    },
    "INVENTORY_ADDITION": {"VERIFIED": _VERIFIED},
    "INVENTORY_REDUCTION": {"VERIFIED": _VERIFIED},
    "REPACK": {"VERIFIED": _VERIFIED},
}


def read_type(letters: str, mode: str, name_code: str | None) -> str | None:
    """Return the invoice type that the letters mean, None where they mean nothing."""
    if name_code == INVENTORY_ADJUSTMENT_CODE:
        return _ADJUSTMENTS.get(letters)
    if mode == "dispensary":
        return "PRESCRIPTION" if letters == "ci" else None
    return _STORE_TYPES.get(letters)


def read_status(letters: str, invoice_type: str, is_transfer: bool) -> str | None:
    """Return the status that the letters mean, None where they mean nothing."""
    if letters == "nw" and is_transfer and _READ[invoice_type] is _READ_IN:
        return "SHIPPED"
    return _READ[invoice_type].get(letters)


def read_moments(
    invoice_type: str, status: str, created: str, confirmed: str | None, finalised: str | None
) -> dict[str, str | None]:
    """Return the datetime columns that an invoice without newer keys has in its status."""
    sources = {
        "created": created,
        "confirmed": confirmed,
        "finalised": finalised or confirmed,
    }
    moments = {
        f"{step}_datetime": sources[source]
        for step, source in _STEPS[invoice_type].get(status, {}).items()
    }
    if confirmed and confirmed < created:
        moments["backdated_datetime"] = confirmed
    return moments


def unknown_status(letters: str, kind: str) -> Message:
    """Say that a record of this kind has no such status."""
    text = _("status “{letters}” means nothing for type {kind}")
    return Message(text, {"letters": letters, "kind": kind})
