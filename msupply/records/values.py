"""Kinds of values on the wires that several record types share, beyond those of the engine."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from msupply.sync.declare.codecs import (
    BOOL,
    DATE,
    DATETIME,
    NULL_TEXT,
    PLAIN_DATE,
    Codec,
    Field,
    Form,
    decode_datetime,
    iso_datetime,
    number,
    with_default,
)


def _json_text(value: msgspec.Raw) -> str:
    return bytes(value).decode()


def _raw(value: str) -> msgspec.Raw:
    return msgspec.Raw(value.encode())


def _same_in_every_form(convert: Any) -> dict[Form, Any]:
    return dict.fromkeys(Form, convert)


# A yes or no whose key may be missing or null, both meaning no.
FLAG = Codec(bool | None, False, bool, _same_in_every_form(bool))
# Any JSON value, null too, kept as the text that came.
ANY_JSON = Codec(msgspec.Raw, decode=_json_text, encode=_same_in_every_form(_raw))
# A moment that is null on the wire when there is none, also towards a site.
NULL_MOMENT = Codec(str | None, None, decode_datetime, _same_in_every_form(iso_datetime))


def _decode_zoned(value: str | None) -> str | None:
    if not value:
        return None
    moment = dt.datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return moment.isoformat(" ")


def _encode_zoned(value: str | None) -> str | None:
    return value and value.replace(" ", "T") + "+00:00"


# A moment with its zone, as the Open mSupply central server reports it (sync-v5.md 13C).
ZONED = Codec(str | None, None, _decode_zoned, _same_in_every_form(_encode_zoned))
# Keys that a quirk reads and writes.
DATE_PART = Field(None, DATE)
PLAIN_DATE_PART = Field(None, PLAIN_DATE)
MOMENT = Field(None, DATETIME)


def null_text(column: str) -> Field:
    """Text that is null on the wire when there is none."""
    return Field(column, NULL_TEXT)


def null_moment(column: str) -> Field:
    """A moment that is null on the wire when there is none."""
    return Field(column, NULL_MOMENT)


def zoned(column: str) -> Field:
    """A moment with its zone."""
    return Field(column, ZONED)


def flag(column: str) -> Field:
    """A yes or no that may be missing or null."""
    return Field(column, FLAG)


def boolean(column: str, default: bool = False) -> Field:
    """A yes or no whose key may be missing, but not null."""
    return Field(column, with_default(BOOL, default))


def number_or_zero(column: str) -> Field:
    """A number whose key may be missing. (A class that has a `number` cannot call that function.)"""
    return number(column)


def open_choice(names: Mapping[str, str]) -> Codec:
    """Return the codec of an enum that newer senders extend: an unknown text is kept as it came."""
    back = {column: wire for wire, column in reversed(list(names.items()))}

    def decode(value: str | None) -> str | None:
        return names.get(value, value) if value else None

    def write(value: str | None) -> str:
        return back.get(value, value) if value else ""

    return Codec(str | None, decode=decode, encode=_same_in_every_form(write))
