"""JSON that is kept as the text that came, and goes out as that text.

It is checked by the strictest of its readers: what one of them could not read would stop a whole
message, and so a whole site.
"""

import json
import math
import re
from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _

from msupply.sync.declare.message import BadValue

# Others stop at 128, and a value stands in up to seven objects and lists of a message.
DEEPEST = 100
# No number of fewer digits is beyond a float.
_MANY_DIGITS = re.compile(r"\d{309}")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

_read = msgspec.json.Decoder().decode


def checked(text: str) -> str:
    """Return JSON as it is. Raises BadValue for what is none, and for what some reader refuses.

    Any whole number is one, as long as it is in the range of floats.
    """
    try:
        value = _read(text)
        if _MANY_DIGITS.search(text):
            json.loads(text, parse_int=_finite, parse_float=_finite)
    except msgspec.ValidationError:
        raise BadValue(_("{key}: “{value}” holds a number that is too large")) from None
    except RecursionError:
        raise BadValue(_TOO_DEEP) from None
    except ValueError:
        raise BadValue(_("{key}: “{value}” is no JSON")) from None
    if has_nul(text):
        raise BadValue(_("{key}: text must not hold the character NUL"))
    if text.count("[") + text.count("{") > DEEPEST and _is_too_deep(value):
        raise BadValue(_TOO_DEEP)
    return text


_TOO_DEEP = _("{key}: its objects and lists are nested too deeply")


def has_nul(text: str) -> bool:
    """Tell whether JSON holds the character NUL, which it can only have as an escape."""
    return "\\u0000" in text and _NUL.search(text) is not None


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise msgspec.ValidationError
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _level in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
    return bool(level)


def _inside(value: Any) -> list[Any]:
    """Return the objects and lists that stand directly in a value."""
    members = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    return [member for member in members if isinstance(member, dict | list)]
