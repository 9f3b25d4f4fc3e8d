"""Kinds of values on the wires that several record types share, beyond those of the engine."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from msupply.sync.declare import json_text
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
from msupply.sync.declare.message import BadValue


def check_json(text: str) -> None:
    """Raise ValidationError for what people have written where JSON must stand."""
    try:
        json_text.checked(text)
    except BadValue:
        raise ValidationError(gettext("This is no JSON.")) from None


class JsonText(models.TextField):  # type: ignore[type-arg]
    """Text that is JSON, and text on the wires as well; what came by sync may be none."""

    default_validators = [check_json]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Be text for migrations: in the database it is."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options


def _same_in_every_form(convert: Any) -> dict[Form, Any]:
    return dict.fromkeys(Form, convert)


# A yes or no whose key may be missing or null, both meaning no.
FLAG = Codec(bool | None, False, bool, _same_in_every_form(bool))
# A moment that is null on the wire when there is none, also towards a site.
NULL_MOMENT = Codec(str | None, None, decode_datetime, _same_in_every_form(iso_datetime))


def _decode_zoned(value: str | None) -> str | None:
    if not value:
        return None
    moment = dt.datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
        except OverflowError:
            raise BadValue(_("{key}: “{value}” is no date and time")) from None
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
