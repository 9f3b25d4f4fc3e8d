"""Amounts that are calculated: what is beyond the numbers of the wire becomes the last of them."""

import sys

_LARGEST = sys.float_info.max
_LARGEST_WHOLE = 2**31 - 1


def on_wire(value: float) -> float:
    """Return a number that JSON has a word for."""
    return max(-_LARGEST, min(value, _LARGEST))


def whole_on_wire(value: float) -> int:
    """Return the whole part of a number, in 32 bits."""
    return int(max(-_LARGEST_WHOLE, min(value, _LARGEST_WHOLE)))
