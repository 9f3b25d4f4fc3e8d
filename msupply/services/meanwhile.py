"""What others have saved between what a person was shown and what the person saves (decision 23).

Whoever changes a record tells what they saw of it. It is compared with the record in the
transaction that writes, while the record is locked, so that no two can both be right.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class Conflict(ValidationError):
    """Others have saved other values in the same fields meanwhile; nothing is written.

    `theirs` are the values that stand there now, by the names of the fields.
    """

    def __init__(self, theirs: Mapping[str, Any]) -> None:
        text = _("Others have changed this meanwhile.")
        super().__init__(dict.fromkeys(theirs, text))
        self.theirs = dict(theirs)


class Gone(Exception):
    """The record has been deleted since it was shown; nothing is written."""


def check(shown: Mapping[str, Any], wanted: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise Conflict where a value is wanted that takes the place of one that was not seen.

    All are by name. What nobody has seen of a field is not compared; what others have changed to
    the same value is no conflict.
    """
    theirs = {
        name: now[name]
        for name, value in wanted.items()
        if name in shown and not same(shown[name], now[name]) and not same(value, now[name])
    }
    if theirs:
        raise Conflict(theirs)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values look the same in a form: whole seconds, one kind of line break."""
    one, other = _seen(one), _seen(other)
    if None not in (one, other) and isinstance(one, str) != isinstance(other, str):
        return str(one) == str(other)
    return bool(one == other)


def _seen(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, str):
        return value.strip().replace("\r\n", "\n") or None
    return value
