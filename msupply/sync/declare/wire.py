"""The names of a record type on the two wires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from django.utils.translation import gettext_noop

from msupply.sync.declare.codecs import Field
from msupply.sync.declare.decoded import Columns, DecodedBatch

# A quirk works on a whole batch. `decode` may fill `batch.columns` and mark `batch.errors`;
# `encode` adds or replaces wire columns made from the table's columns.
DecodeQuirk = Callable[[DecodedBatch], None]
EncodeQuirk = Callable[[Columns, Columns], None]


# Tables of this prefix are ours: no other make sends or reads them (decision 11).
OWN_PREFIX = "ext_"


class Direction(Enum):
    """Which way a wire carries a record type, seen from the central server."""

    DOWN = gettext_noop("central server to site")
    UP = gettext_noop("site to central server")
    BOTH = gettext_noop("both ways")


@dataclass(frozen=True)
class Legacy:
    """A table of the V5 wire (sync-v5.md 13).

    `fields` maps each wire key to a column name (the codec follows from the column's type) or to
    a `Field`. `"oms_fields.campaign_id"` is a key inside the object `oms_fields`.
    `quirk_keys` are wire keys without a column of their own: the quirk reads and writes them.
    `direction` follows from the policy unless it is given. `own` makes one that only servers of
    this kind know: its wire keys are the column names. `merge` makes one of merges.
    """

    table: str
    fields: Mapping[str, str | Field]
    direction: Direction | None = None
    sends_deletes: bool = False
    quirk_keys: Mapping[str, Field] = field(default_factory=dict)
    decode: DecodeQuirk | None = None
    encode: EncodeQuirk | None = None
    # Wire keys that some senders put in place of another: {alias: key}.
    aliases: Mapping[str, str] = field(default_factory=dict)
    is_own: bool = False
    is_merge: bool = False
    # Only the Open mSupply central server sends it, to the mSupply central server (13C).
    reported: bool = False

    @classmethod
    def merge(cls, table: str, more: Mapping[str, str] | None = None) -> Self:
        """Return the merges of a table's records (sync-v5.md 9): the id is that of the lost one."""
        fields = {"mergeIdToKeep": "kept_id", "mergeIdToDelete": "id", **(more or {})}
        return cls(table, fields, is_merge=True)

    @classmethod
    def own(cls, table: str) -> Self:
        """Return a table that V5 itself does not have."""
        return cls(OWN_PREFIX + table, {}, is_own=True)


@dataclass(frozen=True)
class Modern:
    """A table of the V6 wire: wire keys are the column names, but for those in `renamed`.

    `renamed` maps wire key to column; `local` columns never travel; `fields` overrides the codec
    of a wire key. `legacy_shape` marks the two tables whose V6 form is their V5 form. `own` makes
    one that only servers of this kind know.
    """

    table: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    local: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    direction: Direction | None = None
    sends_deletes: bool = False
    legacy_shape: bool = False
    is_own: bool = False

    @classmethod
    def own(cls, table: str) -> Self:
        """Return a table that V6 itself does not have."""
        return cls(OWN_PREFIX + table, is_own=True)
