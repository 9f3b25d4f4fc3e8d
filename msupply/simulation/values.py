"""Inventing records: any values that a declared type can hold and its wires can carry."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import msgspec
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.services import patients
from msupply.simulation.fate import START, pick
from msupply.sync.declare import codecs
from msupply.sync.declare.batch import table_codec
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import RecordType, Wire

Row = dict[str, Any]

_WORDS = ("amber", "birch", "cedar", "delta", "é-ü", "fjord", "grove", "harbour", "“iris”", "日本")
# As they were written: some readers would make others of them.
_JSON_NUMBERS = ("0", "1.10", "-0", "1E2", "18446744073709551616", "2", "3", "4", "5")
_UP_FORM = {Wire.V5: Form.TO_CENTRAL, Wire.V6: Form.MODERN}
_DOWN_FORM = {Wire.V5: Form.TO_SITE, Wire.V6: Form.MODERN}


def invent(
    chance: Random,
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    row: Row,
    columns: Iterable[str],
) -> Row | None:
    """Return the row with new values in some columns; None where there is nothing to refer to."""
    row = dict(row)
    for name in columns:
        field = kind.columns[name]
        if isinstance(field, models.ForeignKey):
            found = _reference(chance, connection, kind, field)
            if found is None and not field.null:
                return None
            row[name] = found
        else:
            row[name] = _value(chance, kind, name, field)
    return row


def carried(kind: RecordType, row: Row) -> Row | None:
    """Return a row as it is after a journey on its wires; None when they cannot carry it."""
    for wire in Wire:
        if kind.wire(wire) is None:
            continue
        codec = table_codec(kind, wire)
        for form in (_UP_FORM[wire], _DOWN_FORM[wire]):
            (data,) = codec.encode({name: [value] for name, value in row.items()}, form)
            if isinstance(data, Message):
                # Values that no such record has together.
                return None
            batch = codec.decode(msgspec.json.encode([[row["id"], data]]))
            if batch.errors or batch.removed:
                return None
            row = row | {name: values[0] for name, values in batch.columns.items()}
    return row


def seen_on_wire(kind: RecordType, row: Row) -> bytes:
    """Return the bytes by which a row is compared: what a site gets of it."""
    wire = Wire.V5 if kind.legacy else Wire.V6
    columns = {name: [row[name]] for name in kind.columns}
    (data,) = table_codec(kind, wire).encode(columns, _DOWN_FORM[wire])
    return str(data).encode() if isinstance(data, Message) else bytes(data)


def default_row(kind: RecordType) -> Row:
    """Return a row of nothing but defaults."""
    return {name: _plain(field) for name, field in kind.columns.items()}


def _plain(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return None if callable(value) or not isinstance(value, str | int | float) else value


def _reference(
    chance: Random,
    connection: BaseDatabaseWrapper,
    kind: RecordType,
    field: "models.ForeignKey[Any, Any]",
) -> str | None:
    if field.null and chance.random() < 0.4:
        return None
    target = field.related_model
    assert isinstance(target, type)
    table, there = target._meta.db_table, ""
    of_patients = patients.named_by(kind, field)
    if of_patients is not None:
        there = f"WHERE type {'=' if of_patients else '<>'} 'PATIENT'"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}" {there} ORDER BY id')
        ids = [record_id for (record_id,) in cursor.fetchall()]
    return pick(chance, ids) if ids else None


def _value(chance: Random, kind: RecordType, name: str, field: "models.Field[Any, Any]") -> Any:
    if field.null and chance.random() < 0.3:
        return None
    if field.choices:
        return pick(chance, [value for value, _ in field.flatchoices])
    if is_json(kind, name):
        key = msgspec.json.encode(pick(chance, _WORDS)).decode()
        return f"{{{key}: {pick(chance, _JSON_NUMBERS)}}}"
    for base, make in _MAKERS.items():
        if isinstance(field, base):
            return make(chance)
    return f"{pick(chance, _WORDS)} {chance.randrange(1000)}"


def _moment(chance: Random) -> str:
    moment = START.replace(minute=chance.randrange(60), second=chance.randrange(60))
    return moment.isoformat(" ")


# A moment is a date as well, so it stands first.
_MAKERS: dict[type["models.Field[Any, Any]"], Callable[[Random], Any]] = {
    models.BooleanField: lambda chance: chance.random() < 0.5,
    models.DateTimeField: _moment,
    models.DateField: lambda chance: f"2025-03-{1 + chance.randrange(28):02}",
    models.IntegerField: lambda chance: chance.randrange(20),
    models.FloatField: lambda chance: chance.randrange(80) / 4,
}


def is_json(kind: RecordType, name: str) -> bool:
    """Tell whether a wire carries a column as JSON."""
    tables = (table for wire in Wire if (table := kind.wire(wire)))
    return any(
        field.column == name
        and field.codec.wire_type in (codecs.JSON.wire_type, codecs.JSON.wire_type | None)
        for table in tables
        for field in table.fields.values()
    )
