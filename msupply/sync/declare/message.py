"""Messages about bad records: made while integrating, put in words where somebody reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _
from msgspec import Raw

# What stands in a record may be long.
LONGEST_VALUE = 100
# The types of JSON, as its reader calls them, for people.
TYPES = {
    "str": _("a text"),
    "int": _("a whole number"),
    "float": _("a number"),
    "bool": _("yes or no"),
    "object": _("an object"),
    "array": _("a list"),
    "null": _("nothing"),
}
# The complaints of the JSON reader.
_EXPECTED = re.compile(r"Expected `(?P<wanted>.+)`(?: (?P<bound>[<>]=? .+)|, got `(?P<got>.+)`)")
_MISSING = re.compile(r"Object missing required field `(?P<field>.+)`")


@dataclass(frozen=True)
class Message:
    """An English text with named places, marked with gettext_noop, and what stands in the places.

    `type` holds the name of a record type, `wanted` and `got` types of JSON; people are told them
    in their language.
    """

    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format_map(self.values)


class BadValue(ValueError):
    """A value that a codec refuses, as a template with the places `key` and `value`."""


class Refused(ValueError):
    """A value of a record is refused; the message says of which key, and why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def missing(name: str) -> Message:
    """Say that a field must be there."""
    return Message(_("{field} is missing"), {"field": name})


def too_long(name: str, most: int) -> Message:
    """Say that a text must be shorter."""
    return Message(_("{field} is longer than {most} letters"), {"field": name, "most": str(most)})


def refused(key: str, value: object, error: ValueError) -> Message:
    """Say why a codec refuses the value of a wire key."""
    template = str(error) if isinstance(error, BadValue) else _("{key}: “{value}” cannot be read")
    return Message(template, {"key": key, "value": shortened(value)})


def unreadable(error: Exception) -> Message:
    """Say why JSON is no record of its type."""
    if isinstance(error, Refused):
        return error.message
    if isinstance(error, BadValue):
        return Message(str(error))
    text, _at, path = str(error).partition(" - at ")
    place = path.strip("`").removeprefix("$").removeprefix(".")
    if found := _MISSING.fullmatch(text):
        return missing(".".join(filter(None, (place, found["field"]))))
    found = _EXPECTED.fullmatch(text)
    if found is None:
        return Message(_("it cannot be read ({detail})"), {"detail": str(error)})
    values = {"field": place or "record"} | found.groupdict("")
    if found["bound"]:
        return Message(_("{field} must be {bound}"), values)
    return Message(_("{field}: expected {wanted}, found {got}"), values)


def unwritable(error: Exception) -> Message:
    """Say why a record cannot be written in a form of the wire."""
    if isinstance(error, Refused):
        return error.message
    detail = f"{type(error).__name__}: {error}"
    return Message(_("it cannot be written as a message ({detail})"), {"detail": shortened(detail)})


def shortened(value: object) -> str:
    """Return a value of a record for a message."""
    text = bytes(value).decode("utf-8", "replace") if isinstance(value, Raw) else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
