"""What a record type says about merges: of its own records, and of those it refers to."""

from dataclasses import dataclass

from msupply.sync.declare.removal import HardDelete, SoftDelete


@dataclass(frozen=True)
class Merging:
    """Declared on a type whose records can be merged.

    - `lost`: what happens to the record that is merged into another.
    - `known_to_all`: unmodified sites know this merge. Where they don't, the records that it
      changes are told as changes too.
    """

    lost: SoftDelete | HardDelete
    known_to_all: bool = True


@dataclass(frozen=True)
class Once:
    """Declared on a type with one row for each combination of `columns`.

    Where a merge makes two alike, the one with the lowest id stays; a `combined` column becomes
    true when it was in either. `never`, a column and a path, must not lead to the same: a store is
    not visible to itself.
    """

    columns: tuple[str, ...]
    combined: tuple[str, ...] = ()
    never: tuple[str, str] | None = None
