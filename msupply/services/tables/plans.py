"""What an import would do, row by row."""

from dataclasses import dataclass, field
from typing import Any

from msupply.services.keys import Key
from msupply.services.tables.columns import TableColumn
from msupply.services.tables.files import FilledSheet
from msupply.services.tables.making import Maker
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType

Values = dict[str, Any]


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
    """One row of the file that would make or change a record.

    `beside` is written with a new record; `has_id`: the file gives a new record its id.
    """

    row: int
    record: Record
    before: Values | None
    given: Values
    beside: list[Record] = field(default_factory=list)
    has_id: bool = False

    @property
    def is_new(self) -> bool:
        """True when the record is not here yet."""
        return self.before is None


@dataclass
class Plan:
    """What an import would do.

    `every` column of the type, and by their places in the file those that are there (`places`) and
    those that only a maker reads (`further`).
    """

    kind: RecordType
    sheet: FilledSheet
    every: list[TableColumn]
    places: dict[int, TableColumn]
    further: dict[int, str]
    ignored: list[str]
    key: tuple[str, ...]
    maker: Maker | None = None
    rows: list[Planned] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    unchanged: int = 0

    @property
    def columns(self) -> list[TableColumn]:
        """The columns that the file gives."""
        return list(self.places.values())

    @property
    def good(self) -> list[Planned]:
        """The rows without errors."""
        return [row for row in self.rows if row.row not in self.bad]

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
        return len(self.bad)

    @property
    def key_heading(self) -> str:
        """What rows without an id are matched by, as people call it."""
        known = {column.attname: column.heading for column in self.every}
        return " + ".join(known.get(name, name) for name in self.key)

    def heading(self, name: str) -> str:
        """Return what people call a field."""
        return next((c.heading for c in self.every if c.field.name == name), name)

    def refuse(self, row: int, column: str, text: str) -> None:
        """Note what is wrong in a row."""
        self.bad.add(row)
        self.errors.append(RowError(row, column, text))
