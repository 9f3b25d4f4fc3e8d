"""Codecs: how one value looks on the wire and in its column.

Column values are what both databases take and give as parameters and text: str, int, float, bool,
dates as `YYYY-MM-DD`, datetimes as `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC, JSON as text.
A value has up to three forms on the wire: V5 towards a site, V5 towards the central server
(sync-v5.md 8.3) and V6.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext_noop as _

from msupply.sync.declare import json_text
from msupply.sync.declare.message import BadValue


class Form(Enum):
    """The three forms of a value on the wire."""

    TO_SITE = "V5, central server to site"
    TO_CENTRAL = "V5, site to central server"
    MODERN = "V6"


class _Required:
    """Marks a wire key without default."""


REQUIRED = _Required()

Convert = Callable[[Any], Any]
Values = list[Any]
ConvertColumn = Callable[[Values], Values]


@dataclass(frozen=True)
class Codec:
    """One kind of value.

    - `wire_type`: the type that msgspec checks on arrival.
    - `default`: value of a missing key, or REQUIRED.
    - `decode`: wire value to column value; None means unchanged. Raises ValueError.
    - `encode`: column value to wire value by form; a missing form means unchanged. Raises
      ValueError for a value that must not go out.
    - `decode_column`, `encode_column`: the same for a whole column, where that is much quicker
      than a call per value. Where `decode_column` raises ValueError, values are tried one by one.
    """

    wire_type: Any
    default: Any = REQUIRED
    decode: Convert | None = None
    encode: Mapping[Form, Convert] | None = None
    decode_column: ConvertColumn | None = None
    encode_column: Mapping[Form, ConvertColumn] | None = None

    def read(self, values: Values) -> Values:
        """Return wire values as column values. Raises ValueError when one is bad."""
        if self.decode_column:
            return self.decode_column(values)
        decode = self.decode
        return [decode(value) for value in values] if decode else values

    def write(self, values: Values, form: Form) -> Values:
        """Return column values in a form of the wire. Raises ValueError when one cannot go out."""
        whole = (self.encode_column or {}).get(form)
        if whole:
            return whole(values)
        convert = (self.encode or {}).get(form)
        return [convert(value) for value in values] if convert else values

    @property
    def may_give_none(self) -> bool:
        """True when a column value can be None."""
        if self.decode_column is _all_filled:
            return False
        return self.decode is not None or self.default is None


@dataclass(frozen=True)
class Field:
    """A wire key: the column it fills (None for keys that only a quirk reads) and its codec."""

    column: str | None
    codec: Codec


def _none_if_empty(value: str | None) -> str | None:
    return value or None


def _none_if_empty_column(values: Values) -> Values:
    return [value or None for value in values]


# Most dates of a batch are the same few.
@lru_cache(10_000)
def decode_date(value: str | None) -> str | None:
    """Read a date, with or without a time; empty text and 0000-00-00 mean none."""
    if not value or value.startswith("0000-00-00"):
        return None
    try:
        return dt.date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise BadValue(_("{key}: “{value}” is no date")) from None


@lru_cache(10_000)
def decode_datetime(value: str | None) -> str | None:
    """Read a naive UTC datetime to the microsecond; finer digits are cut."""
    if not value or value.startswith("0000-00-00"):
        return None
    if len(value) > 26 and value[19] == ".":
        value = value[:26] + value[26:].lstrip("0123456789")
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise BadValue(_("{key}: “{value}” is no date and time")) from None
    if moment.tzinfo is not None:
        raise BadValue(_("{key}: “{value}” must have no time zone"))
    return moment.isoformat(" ")


def decode_time(value: int | str | None) -> str:
    """Read seconds since midnight or HH:MM:SS; anything else is midnight (sync-v5.md 8.1)."""
    if isinstance(value, int) and 0 <= value < 86400:
        return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"
    if isinstance(value, str):
        try:
            return dt.time.fromisoformat(value[:8]).isoformat("seconds")
        except ValueError:
            return "00:00:00"
    return "00:00:00"


def decode_any_json(value: msgspec.Raw) -> str:
    """Return JSON as its text."""
    return json_text.checked(bytes(value).decode())


def encode_any_json(value: str) -> msgspec.Raw:
    """Return the text of JSON as it goes into a message. Raises BadValue where it is none."""
    return msgspec.Raw(json_text.checked(value).encode())


def _decode_json(value: msgspec.Raw) -> str | None:
    text = decode_any_json(value)
    return None if text in ("null", '""') else text


def _not_empty(value: str) -> str:
    if not value:
        raise BadValue(_("{key} must not be empty"))
    return value


def _all_filled(values: Values) -> Values:
    if "" in values or None in values:
        raise ValueError("one is empty")
    return values


def _text_or_empty(value: str | None) -> str:
    return value or ""


def _text_or_empty_column(values: Values) -> Values:
    return [value or "" for value in values]


def _legacy_date(value: str | None) -> str:
    return value or "0000-00-00"


def _midnight(value: str | None) -> str | None:
    return value and value + "T00:00:00"


def iso_datetime(value: str | None) -> str | None:
    """Write a column's datetime with the letter T."""
    return value and value.replace(" ", "T")


def _iso_datetime_or_empty(value: str | None) -> str:
    return value.replace(" ", "T") if value else ""


def seconds_since_midnight(value: str) -> int:
    """Turn HH:MM:SS into seconds."""
    hours, minutes, seconds = value.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _bool(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _encode_json(value: str | None) -> msgspec.Raw | None:
    return None if value is None else encode_any_json(value)


def _finite(values: Values) -> Values:
    """Let numbers through as they are. Raises ValueError for one that JSON has no word for."""
    try:
        total = sum(values)
    except TypeError:
        total = sum(filter(None, values))
    # The sum of all tells of each, but for sums that are too large themselves.
    if not math.isfinite(total) and not all(map(math.isfinite, filter(None, values))):
        raise BadValue(_("{key}: this is no number"))
    return values


def _every_form(convert: Convert) -> dict[Form, Convert]:
    return dict.fromkeys(Form, convert)


Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]

RECORD_ID = Codec(str, decode=_not_empty, decode_column=_all_filled)
REQUIRED_TEXT = Codec(str)
# The id of a row that must exist: empty text would pass for none and fail the commit.
REFERENCE = Codec(str, decode=_not_empty, decode_column=_all_filled)
TEXT = Codec(
    str | None,
    None,
    _none_if_empty,
    {Form.TO_SITE: _text_or_empty},
    _none_if_empty_column,
    {Form.TO_SITE: _text_or_empty_column},
)
# Text that is null on the wire when there is none, also towards a site (sync-v5.md 8.1, code N).
NULL_TEXT = Codec(str | None, None, _none_if_empty, decode_column=_none_if_empty_column)
MODERN_TEXT = Codec(str | None, None)
NUMBER = Codec(float, encode_column=dict.fromkeys(Form, _finite))
INT = Codec(Int32)
BOOL = Codec(bool, encode=_every_form(bool))
DATE = Codec(
    str | None, None, decode_date, {Form.TO_SITE: _legacy_date, Form.TO_CENTRAL: _midnight}
)
# The few V5 dates that are `YYYY-MM-DD` or null in both directions.
PLAIN_DATE = Codec(str | None, None, decode_date)
DATETIME = Codec(
    str | None,
    None,
    decode_datetime,
    {
        Form.TO_SITE: _iso_datetime_or_empty,
        Form.TO_CENTRAL: iso_datetime,
        Form.MODERN: iso_datetime,
    },
)
TIME = Codec(int | str | None, None, decode_time, {Form.TO_SITE: seconds_since_midnight})
JSON = Codec(msgspec.Raw, msgspec.Raw(b"null"), _decode_json, _every_form(_encode_json))
# Any JSON value, null too, kept as the text that came.
ANY_JSON = Codec(msgspec.Raw, decode=decode_any_json, encode=dict.fromkeys(Form, encode_any_json))
# Zero on the V5 wire means none (sync-v5.md 8.1, code Z).
ZERO_IS_NONE = Codec(
    float | None,
    0.0,
    lambda value: value or None,
    encode_column={
        Form.TO_SITE: lambda values: [value or 0 for value in _finite(values)],
        Form.TO_CENTRAL: _finite,
        Form.MODERN: _finite,
    },
)


def optional(codec: Codec, default: Any = None) -> Codec:
    """Return the codec for a key that may be missing or null."""
    encode = codec.encode
    if codec is BOOL:
        encode = _every_form(_bool)
    return replace(codec, wire_type=codec.wire_type | None, default=default, encode=encode)


def with_default(codec: Codec, default: Any) -> Codec:
    """Return the codec for a key that may be missing but not null."""
    return replace(codec, default=default)


def choice(names: Mapping[str, str], *, empty: str | None = None, optional: bool = False) -> Codec:
    """Return the codec of an enum whose wire texts differ from the column's.

    `names` maps wire text to column text; the first wire text of a column text is the one that is
    written. `optional` lets null and empty text stand for `empty`.
    Decoding raises ValueError for an unknown text.
    """
    back: dict[str | None, str] = {}
    for wire, column in names.items():
        back.setdefault(column, wire)

    def decode(value: str | None) -> str | None:
        if optional and not value:
            return empty
        try:
            return names[value or ""]
        except KeyError:
            raise BadValue(_("{key}: unknown value “{value}”")) from None

    def write(value: str | None) -> str | None:
        return back.get(value) if value else back.get(empty)

    def write_or_empty(value: str | None) -> str:
        return write(value) or ""

    return Codec(
        str | None if optional else str,
        None if optional else REQUIRED,
        decode,
        {Form.TO_SITE: write_or_empty, Form.TO_CENTRAL: write, Form.MODERN: write},
    )


def date(column: str) -> Field:
    """A V5 date that is plain `YYYY-MM-DD` in both directions."""
    return Field(column, PLAIN_DATE)


def time(column: str | None = None) -> Field:
    """A V5 time of day; a quirk joins it with its date."""
    return Field(column, TIME)


def zero_is_none(column: str) -> Field:
    """A V5 number whose zero means none."""
    return Field(column, ZERO_IS_NONE)


def number(column: str, default: float = 0.0) -> Field:
    """A number whose key may be missing."""
    return Field(column, with_default(NUMBER, default))


def integer(column: str, default: int = 0) -> Field:
    """An integer whose key may be missing."""
    return Field(column, with_default(INT, default))
