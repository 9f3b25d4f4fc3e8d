"""What an import would do, row by row."""

from dataclasses import dataclass, field
from typing import Any

from msupply.services.tables.columns import TableColumn
from msupply.services.tables.files import Sheet
from msupply.services.tables.making import Maker
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType

Values = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class RowError:
    """What is wrong in a row, in which column (empty: the row as a whole), and what to do."""

    row: int
    column: str
    text: str


@dataclass
class Parsed:
    """One row of the file with its values, before anybody knows which record it means.

    `doubts` are errors by title, unless the row turns out to be a new record for a maker.
    """

    number: int
    record_id: str
    texts: dict[str, str]
    given: Values = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    doubts: dict[str, str] = field(default_factory=dict)
    key: Key | None = None


@dataclass
class Planned:
    """One row of the file that would make or change a record."""

    row: int
    record: Record
    before: Values | None
    given: Values
    # What is written with a new record.
    beside: list[Record] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """True when the record is not here yet."""
        return self.before is None


@dataclass
class Plan:
    """What an import would do."""

    kind: RecordType
    sheet: Sheet
    columns: list[TableColumn]
    ignored: list[str]
    key: tuple[str, ...]
    maker: Maker | None = None
    rows: list[Planned] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    unchanged: int = 0

    @property
    def new(self) -> int:
        """How many records would be made."""
        return sum(1 for row in self.rows if row.is_new)

    @property
    def changed(self) -> int:
        """How many records would be changed."""
        return len(self.rows) - self.new

    @property
    def faulty(self) -> int:
        """How many rows have errors."""
        return len({error.row for error in self.errors})
