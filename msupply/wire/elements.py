"""Elements of a list that was taken apart, read one by one: what is no record harms itself only."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from msupply.sync.buffer import Arrived
from msupply.sync.declare.message import unreadable
from msupply.sync.door import Sorted, Unreadable, sort_out
from msupply.wire.taken_apart import text_at

# What the JSON reader raises.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read_each(
    elements: Sequence[bytes], read: Callable[[bytes], Iterable[Arrived]], most: int | None = None
) -> Sorted:
    """Read elements; stop when more than `most` of them are no records."""
    found = Sorted()
    for element in elements:
        try:
            one = sort_out(read(element))
        except UNREADABLE as error:
            found.unreadable.append(Unreadable(*_names(element), element, unreadable(error)))
        else:
            found.records += one.records
            found.unreadable += one.unreadable
        if most is not None and len(found.unreadable) > most:
            break
    return found


def _names(element: bytes) -> tuple[str, str]:
    """Make out table and id of something that is no record."""
    table, record_id = (
        text_at(element, ("record", key)) or text_at(element, (key,)) or ""
        for key in ("tableName", "recordId")
    )
    return table, record_id
