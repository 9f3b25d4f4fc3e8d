"""Arrived records of one type as columns, between the wire and the table."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from msupply.sync.declare.message import Message

Columns = dict[str, list[Any]]

raw_pairs = msgspec.json.Decoder(list[tuple[str, msgspec.Raw]]).decode


@dataclass
class DecodedBatch:
    """Records of one type, as columns.

    `wire` holds the values by wire key as they came, `columns` by table column, `errors` the
    reason of each bad record by its place. `chunk` is what was decoded.
    """

    chunk: bytes
    ids: list[str]
    wire: Columns
    extras: list[str | None]
    columns: Columns = field(default_factory=dict)
    errors: dict[int, Message] = field(default_factory=dict)
    # Places of records that say of themselves that they are deleted; quirks fill it.
    removed: set[int] = field(default_factory=set)

    @cached_property
    def raw(self) -> list[bytes]:
        """The JSON of each record, for those that must be kept as they came."""
        return [bytes(data) for _, data in raw_pairs(self.chunk)]

    def __len__(self) -> int:
        return len(self.ids)
