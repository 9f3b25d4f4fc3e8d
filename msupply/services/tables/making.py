"""What an import must know to make records that need more than their own row.

Who can make them stands in central/table_makers.py; without a maker such records are only changed.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msupply.sync.declare import Record


class Maker(Protocol):
    """Makes the new records of one import."""

    # Columns of a file beside those of the record: their names and titles.
    further: Mapping[str, str]
    # Reference columns in which a new record has the text of something new.
    takes: frozenset[str]
    # What a new record has where the file says nothing.
    defaults: Mapping[str, str]
    # Names and passwords that were made up, to be shown once.
    made_up: list[tuple[str, str]]

    def make(self, record: Record, texts: Mapping[str, str]) -> list[Record]:
        """Complete a new record, and return what is to be written with it.

        `texts` are the cells of `further` and `takes` by name. Raises ValidationError by field.
        """
        ...

    def finish(self, records: Sequence[Record]) -> None:
        """Do what costs time for new records that are about to be written."""
        ...
