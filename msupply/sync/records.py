"""Reading changed records in sets and writing them in a form of the wire."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import left_out
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.decoded import Columns
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import Channel, RecordType, Wire, WireTable, registry
from msupply.sync.declare.removal import SoftDelete
from msupply.sync.declare.wire import Direction
from msupply.sync.left_out import Fault
from msupply.sync.routing import Change
from msupply.sync.sql import dialect


class WireRecord(NamedTuple):
    """One record on its way out; `data` is its JSON, None for a delete.

    A merge goes by the id of the record that is kept.
    """

    cursor: int
    table: str
    record_id: str
    data: msgspec.Raw | None
    is_merge: bool = False


def render(
    connection: BaseDatabaseWrapper,
    log: Channel,
    changes: Sequence[Change],
    wire: Wire,
    form: Form,
    going: Direction,
    new_up_to: int | None = None,
) -> list[WireRecord]:
    """Return the present state of records changed in a log, in cursor order.

    `going` is DOWN towards a site, UP towards a central server, BOTH from a primary server, which
    sends up what others only get. Left out: types that this
    wire does not carry that way, deletes that it has no word for, rows that have gone since
    (their own delete follows), and rows that cannot be written, which is noted. A row that is softly deleted goes with its delete, where the wire
    has one: who has not got it yet needs it all the same, for other records refer to it.
    A reader that keeps only the last word about a record is given one: with `new_up_to` rows up to
    this cursor are new to it and go as they are, and later ones as their delete.
    """
    out = _Outgoing(connection, wire, form, going, new_up_to)
    by_type: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_type[change.record_type].append(change)
    found: list[WireRecord] = []
    for number, wanted in by_type.items():
        kind = registry().by_number.get(number)
        table = kind.wire(wire) if kind else None
        if (
            kind
            and table
            and (going is Direction.BOTH or table.direction in (going, Direction.BOTH))
        ):
            found += out.records(kind, wanted)
    if out.faults:
        left_out.note(connection, log, out.faults)
    found.sort(key=lambda record: record.cursor)
    return found


def columns_of(connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str]) -> Columns:
    """Return the rows with these ids as columns, in no particular order."""
    speak = dialect(connection)
    names = list(kind.columns)
    selected = ", ".join(
        speak.text_column(f'"{name}"', _internal_type(kind, name)) for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {selected} FROM "{kind.table}" WHERE {speak.in_ids("id")}',
            [speak.ids_parameter(ids)],
        )
        rows = cursor.fetchall()
    if not rows:
        return {name: [] for name in names}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


@dataclass
class _Outgoing:
    """How records go out; `faults` are those that cannot."""

    connection: BaseDatabaseWrapper
    wire: Wire
    form: Form
    going: Direction
    new_up_to: int | None
    faults: list[Fault] = field(default_factory=list)

    def records(self, kind: RecordType, changes: list[Change]) -> list[WireRecord]:
        """Return the records of one type."""
        table = kind.wire(self.wire)
        assert table is not None
        # A primary server speaks of its deletes as a central server does.
        as_centre = self.form is Form.TO_SITE or (
            self.going is Direction.BOTH and self.wire is Wire.V5
        )
        tells_deletes = table.sends_deletes or (as_centre and kind.removal is not None)
        found = [
            WireRecord(c.cursor, table.name, c.record_id, None)
            for c in changes
            if c.deleted and tells_deletes
        ]
        cursors = {c.record_id: c.cursor for c in changes if not c.deleted}
        if not cursors:
            return found
        columns = columns_of(self.connection, kind, list(cursors))
        removed = _removed(kind, self.wire, columns)
        written = self._written(kind, columns, cursors)
        if table.is_merge:
            return _merges(table, columns, cursors, written)
        new_up_to = self.new_up_to
        for record_id, gone, data in zip(columns["id"], removed, written, strict=True):
            cursor = cursors[record_id]
            if data is None or (gone and not tells_deletes):
                continue
            is_new = new_up_to is None or cursor <= new_up_to
            if is_new or not gone:
                found.append(WireRecord(cursor, table.name, record_id, data))
            if gone and (new_up_to is None or not is_new):
                found.append(WireRecord(cursor, table.name, record_id, None))
        return found

    def _written(
        self, kind: RecordType, columns: Columns, cursors: dict[str, int]
    ) -> list[msgspec.Raw | None]:
        """Return each row as the wire has it, None where that cannot be."""
        written: list[msgspec.Raw | None] = []
        encoded = table_codec(kind, self.wire).encode(columns, self.form)
        for record_id, data in zip(columns["id"], encoded, strict=True):
            if isinstance(data, Message):
                self.faults.append(Fault(cursors[record_id], kind, record_id, data))
                written.append(None)
            else:
                written.append(data)
        return written


def _merges(
    table: WireTable,
    columns: Columns,
    cursors: dict[str, int],
    written: list[msgspec.Raw | None],
) -> list[WireRecord]:
    return [
        WireRecord(cursors[lost], table.name, kept, data, is_merge=True)
        for lost, kept, data in zip(columns["id"], columns["kept_id"], written, strict=True)
        if data is not None
    ]


def _removed(kind: RecordType, wire: Wire, columns: Columns) -> list[bool]:
    """Tell which rows are softly deleted by a column that the wire has no key for."""
    column = unsaid_removal(kind, wire)
    if column is None:
        return [False] * len(columns["id"])
    if _internal_type(kind, column) == "BooleanField":
        return [not value for value in columns[column]]
    return [value is not None for value in columns[column]]


def unsaid_removal(kind: RecordType, wire: Wire) -> str | None:
    """Return the soft-delete column that this wire expresses only by a delete, if any."""
    table = kind.wire(wire)
    if table is None or not isinstance(kind.removal, SoftDelete):
        return None
    column = kind.removal.column
    on_wire = any(field.column == column for field in table.fields.values())
    return None if on_wire else column


def _internal_type(kind: RecordType, column: str) -> str:
    return kind.columns[column].get_internal_type()
