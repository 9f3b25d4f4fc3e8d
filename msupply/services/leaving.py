"""What people write must be able to leave again: a record is tried in all forms of its wires.

What the wires and their codecs take follows from the declarations; nothing is listed here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.services.visibility import Fault
from msupply.sync import quarantine
from msupply.sync.declare import Form, Record
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.decoded import Columns
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import RecordType, Wire, WireTable, registry
from msupply.sync.declare.wire import Direction
from msupply.sync.records import columns_of


def faults(
    connection: BaseDatabaseWrapper, records: Sequence[Record], touched: Iterable[str]
) -> list[list[Fault]]:
    """Return for each record of one type what could not leave, by field, or under NON_FIELD_ERRORS.

    A record that could not leave before is refused for what was `touched` alone: people must be
    able to go on with it.
    """
    found: list[list[Fault]] = [[] for _record in records]
    if not records:
        return found
    kind, names = registry().by_table[records[0]._meta.db_table], set(touched)
    columns = columns_of_records(kind, records)
    stuck: set[str] | None = None
    for table, place, reason in unsendable(kind, columns):
        reasons = [reason]
        if _field_name(kind, table, reason) not in names:
            if stuck is None:
                before = columns_of(connection, kind, [str(record.pk) for record in records])
                stuck = {before["id"][p] for _table, p, _reason in unsendable(kind, before)}
            if records[place].pk in stuck:
                # One fault of a row is told, and may hide those of what was touched.
                reasons = [
                    hidden
                    for hidden in _unfit(kind, table, columns, place)
                    if _field_name(kind, table, hidden) in names
                ]
        for told in reasons:
            fault = (_field_name(kind, table, told), _in_words(kind, table, told))
            if fault not in found[place]:
                found[place].append(fault)
    return found


def _unfit(kind: RecordType, table: WireTable, columns: Columns, place: int) -> Iterator[Message]:
    codec = table_codec(kind, table.wire)
    for form in _forms(table):
        yield from codec.unfit(columns, place, form)


def unsendable(
    kind: RecordType, columns: Columns, forms: Iterable[Form] = tuple(Form)
) -> Iterator[tuple[WireTable, int, Message]]:
    """Yield wire, place and reason of each row that cannot be sent, or could not be read again."""
    for wire in Wire:
        table = kind.wire(wire)
        for form in _forms(table) if table else ():
            if form in forms:
                yield from _unsendable(kind, table, form, columns)


def _unsendable(
    kind: RecordType, table: WireTable | None, form: Form, columns: Columns
) -> Iterator[tuple[WireTable, int, Message]]:
    assert table is not None
    codec = table_codec(kind, table.wire)
    places, written = [], []
    for place, data in enumerate(codec.encode(columns, form)):
        if isinstance(data, Message):
            yield table, place, data
        else:
            places.append(place)
            written.append((columns["id"][place], data))
    for at, reason in codec.unreadable(msgspec.json.encode(written)).items():
        yield table, places[at], reason


def _forms(table: WireTable) -> tuple[Form, ...]:
    if table.wire is Wire.V6:
        return (Form.MODERN,)
    # A primary server sends up what others only get.
    down = (Form.TO_SITE,) if table.direction is not Direction.UP else ()
    return (Form.TO_CENTRAL, *down)


def columns_of_records(kind: RecordType, records: Sequence[Record]) -> Columns:
    """Return records as the columns of their table, with the values that columns hold."""
    return {
        column: [_column_value(getattr(record, field.attname)) for record in records]
        for column, field in kind.columns.items()
    }


def _column_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def _field_name(kind: RecordType, table: WireTable, reason: Message) -> str:
    """Return the field that a reason names, if it names one."""
    field = table.fields.get(_key(reason))
    return kind.columns[field.column].name if field and field.column else NON_FIELD_ERRORS


def _key(reason: Message) -> str:
    return reason.values.get("key") or reason.values.get("field") or ""


def _in_words(kind: RecordType, table: WireTable, reason: Message) -> str:
    field = table.fields.get(_key(reason))
    if field and field.column:
        heading = str(kind.columns[field.column].verbose_name)
        named = {place: heading for place in ("key", "field") if place in reason.values}
        reason = Message(reason.template, {**reason.values, **named})
    return quarantine.in_words(*quarantine.as_columns(reason))
