"""A message taken apart around one list, without reading what stands in that list.

The JSON reader takes a message as a whole or not at all, and refuses some things that JSON's grammar
allows: half of a surrogate pair, a thousand lists in each other. Here only texts, brackets and commas
are told apart, so that each element can be read, and refused, by itself.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

# Quotes, brackets and commas of one message, at most: each costs up to a microsecond. Of a stranger's
# message less is looked at than of a site's.
MOST_MARKS, MOST_MARKS_OF_STRANGERS = 8_000_000, 500_000

_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[][{},"]', re.DOTALL)
_MARK_OF_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+"|[][{}"]', re.DOTALL)
_NAME = re.compile(rb'("(?:[^"\\]++|\\.)*+")\s*:\s*', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_COUNTED = (b'"', b",", b"[", b"{", b"]", b"}")
_QUOTE, _COMMA = b'",'
_SPACE = b" \t\r\n"


class NotTakenApart(ValueError):
    """The message has no such list, ends early, or is too long to be looked at like that."""


@dataclass(frozen=True)
class TakenApart:
    """`frame` is the message with an empty list in the place of the one with these elements."""

    frame: bytes
    elements: list[bytes]


def take_apart(message: bytes, path: tuple[str, ...], most: int = MOST_MARKS) -> TakenApart:
    """Cut out the list that stands under these keys. Raises NotTakenApart."""
    if sum(message.count(mark) for mark in _COUNTED) > most:
        raise NotTakenApart
    start, end = _place(message, path)
    elements = [message[a:b] for a, b in _members(message, start, end, b"[")]
    return TakenApart(message[:start] + b"[]" + message[end:], elements)


def value_at(message: bytes, path: tuple[str, ...]) -> str | int | None:
    """Return the text or whole number under these keys, None where none is; half a pair becomes “?”."""
    try:
        start, end = _place(message, path)
        found = (
            None if message[start:end].startswith((b"[", b"{")) else json.loads(message[start:end])
        )
    except ValueError:
        return None
    if isinstance(found, str):
        return whole_letters(found)
    return found if type(found) is int else None


def text_at(message: bytes, path: tuple[str, ...]) -> str | None:
    """Return the text that stands under these keys, None where none does."""
    found = value_at(message, path)
    return found if isinstance(found, str) else None


def whole_letters(text: str) -> str:
    """Return text with “?” for each half of a surrogate pair: no database holds one, nor a terminal."""
    return text.encode("utf-8", "replace").decode()


def end_of(text: str, start: int) -> int | None:
    """Return where the list or object ends that begins at `start`, None where the text ends before."""
    depth = 0
    for mark in _MARK_OF_TEXT.finditer(text, start):
        depth += (mark[0] in "[{") - (mark[0] in "]}")
        if depth <= 0:
            return mark.end()
    return None


def _place(message: bytes, path: tuple[str, ...]) -> tuple[int, int]:
    start, end = 0, len(message)
    for key in path:
        start, end = _value(message, start, end, key)
    return start, end


def _value(message: bytes, start: int, end: int, key: str) -> tuple[int, int]:
    """Return where the value of a key stands; of equal keys the last one, as for the reader."""
    found = None
    for first, last in _members(message, start, end, b"{"):
        name = _NAME.match(message, first, last)
        if name and _is_text(name[1], key):
            found = name.end(), last
    if found is None:
        raise NotTakenApart
    return found


def _members(message: bytes, start: int, end: int, opening: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the members of a list or object stand, which fills the message from start to end."""
    depth, first = 0, start
    for mark in _MARK.finditer(message, start, end):
        kind = message[mark.start()]
        if kind == _QUOTE and mark.end() - mark.start() == 1:
            raise NotTakenApart
        if kind in _OPENING:
            depth += 1
            if depth == 1:
                first = mark.end()
        elif kind in _CLOSING or (kind == _COMMA and depth == 1):
            if depth == 1:
                member = _stripped(message, first, mark.start())
                if member[0] < member[1]:
                    yield member
                first = mark.end()
            depth -= kind in _CLOSING
            if depth <= 0:
                break
    whole = message[start:end].strip(_SPACE)
    if depth or not whole.startswith(opening) or message[first:end].strip(_SPACE):
        raise NotTakenApart


def _stripped(message: bytes, start: int, end: int) -> tuple[int, int]:
    text = message[start:end]
    return end - len(text.lstrip(_SPACE)), start + len(text.rstrip(_SPACE))


def _is_text(name: bytes, text: str) -> bool:
    try:
        return bool(msgspec.json.decode(name) == text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
