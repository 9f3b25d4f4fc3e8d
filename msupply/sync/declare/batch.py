"""Batches: many records of one type between their wire form and their columns.

A chunk is JSON `[[record id, record], ...]` of one wire table, as the buffer keeps it. Work goes
column by column, so that its cost is that of a list comprehension and not of a call per record.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext_noop as _
from msgspec.structs import astuple

from msupply.sync.declare import json_text
from msupply.sync.declare.codecs import REQUIRED, Codec, Field, Form
from msupply.sync.declare.decoded import Columns, DecodedBatch, raw_pairs
from msupply.sync.declare.message import (
    BadValue,
    Message,
    Refused,
    missing,
    refused,
    shortened,
    too_long,
    unreadable,
    unwritable,
)
from msupply.sync.declare.record_type import LONGEST_KEY
from msupply.sync.declare.registry import RecordType, Wire, WireTable

# What values that no record of the type should have can raise in a quirk.
_UNWRITABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_read_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_write = msgspec.json.Encoder().encode
_NULL = msgspec.Raw(b"null")


class _Group:
    """Wire keys inside one object of the wire, such as `oms_fields`."""

    def __init__(self, key: str, members: dict[str, str], fields: dict[str, Field]) -> None:
        self.key = key
        self.members = members
        names = {f"f{n}": inner for n, inner in enumerate(members.values())}
        self.struct = msgspec.defstruct(
            f"Wire_{key}",
            [_struct_field(n, fields[k].codec) for n, k in zip(names, members, strict=True)],
            rename=names,
            forbid_unknown_fields=True,
            kw_only=True,
            gc=False,
        )
        self.blank = tuple(_blank(fields[key].codec) for key in members)

    def columns(self, objects: list[Any]) -> Columns:
        """Return the columns of the wire keys inside these objects."""
        blank = self.blank
        rows = [astuple(value) if value else blank for value in objects]
        columns = [list(c) for c in zip(*rows, strict=True)] or [[] for _ in self.members]
        return dict(zip(self.members, columns, strict=True))


class TableCodec:
    """Reads and writes the records of one wire table."""

    def __init__(self, kind: RecordType, table: WireTable) -> None:
        self.kind = kind
        self.table = table
        flat = {key: f for key, f in table.fields.items() if "." not in key}
        nested: dict[str, dict[str, str]] = {}
        for key in table.fields:
            if "." in key:
                outer, inner = key.split(".", 1)
                nested.setdefault(outer, {})[key] = inner
        self.groups = [_Group(outer, members, table.fields) for outer, members in nested.items()]
        self.keys = list(flat) + [group.key for group in self.groups]
        self.known = set(self.keys) | set(table.aliases)
        attributes = {f"f{n}": key for n, key in enumerate(self.keys)}
        shapes = {key: f.codec for key, f in flat.items()}
        # An object may also be null or empty text (sync-v5.md 8.2).
        shapes |= {g.key: Codec(g.struct | Literal[""] | None, None) for g in self.groups}
        self.struct = msgspec.defstruct(
            f"Wire_{table.name}",
            [_struct_field(name, shapes[key]) for name, key in attributes.items()],
            rename=attributes,
            forbid_unknown_fields=True,
            kw_only=True,
            gc=False,
        )
        self._decode_all = msgspec.json.Decoder(list[tuple[str, self.struct]]).decode  # type: ignore[name-defined]
        self._decode_one = msgspec.json.Decoder(self.struct).decode
        # Columns that must not be null, and that a record could leave null all the same.
        sure = {f.column for f in table.fields.values() if not f.codec.may_give_none}
        required = {name for name, field in kind.columns.items() if not field.null}
        self.never_null = required - sure

    def decode(self, chunk: bytes) -> DecodedBatch:
        """Decode a chunk; a record that cannot be read is marked in `errors` and stays in `raw`."""
        batch = self._converted(chunk)
        legacy = self.table.legacy
        if legacy and legacy.decode:
            legacy.decode(batch)
        batch.columns["id"] = batch.ids
        batch.columns["extra"] = batch.extras
        self._refuse_missing(batch)
        self._refuse_long(batch)
        return batch

    def unreadable(self, chunk: bytes) -> dict[int, Message]:
        """Return why records of a chunk cannot be read, by place; quirks are not asked."""
        return self._converted(chunk).errors

    def _converted(self, chunk: bytes) -> DecodedBatch:
        batch = self._read(chunk)
        for group in self.groups:
            batch.wire |= group.columns(batch.wire.pop(group.key))
        for key, wire_field in self.table.fields.items():
            if wire_field.column:
                batch.columns[wire_field.column] = _convert(key, wire_field.codec, batch)
            else:
                batch.wire[key] = _convert(key, wire_field.codec, batch)
        return batch

    def _read(self, chunk: bytes) -> DecodedBatch:
        if b"\\u0000" not in chunk:
            try:
                pairs = self._decode_all(chunk)
            except ValueError:
                pass
            else:
                rows = [astuple(record) for _, record in pairs]
                columns = [list(c) for c in zip(*rows, strict=True)] or [[] for _ in self.keys]
                wire = dict(zip(self.keys, columns, strict=True))
                batch = DecodedBatch(chunk, [i for i, _ in pairs], wire, [None] * len(pairs))
                self._check_ids(batch)
                return batch
        return self._read_one_by_one(chunk)

    def _read_one_by_one(self, chunk: bytes) -> DecodedBatch:
        ids: list[str] = []
        rows: list[Sequence[Any]] = []
        extras: list[str | None] = []
        errors: dict[int, Message] = {}
        blank = tuple(None for _ in self.keys)
        for place, (record_id, data) in enumerate(raw_pairs(chunk)):
            ids.append(record_id)
            try:
                record, extra = self._read_record(bytes(data))
            except (ValueError, TypeError, RecursionError) as error:
                errors[place] = unreadable(error)
                rows.append(blank)
                extras.append(None)
            else:
                rows.append(astuple(record))
                extras.append(extra)
        columns = [list(c) for c in zip(*rows, strict=True)] or [[] for _ in self.keys]
        wire = dict(zip(self.keys, columns, strict=True))
        batch = DecodedBatch(chunk, ids, wire, extras, errors=errors)
        self._check_ids(batch)
        return batch

    def _read_record(self, data: bytes) -> tuple[Any, str | None]:
        if b"\\u0000" in data and json_text.has_nul(data.decode()):
            raise BadValue(_("text must not hold the character NUL"))
        try:
            return self._decode_one(data), None
        except msgspec.ValidationError:
            pass
        fields = _read_object(data)
        for alias, key in self.table.aliases.items():
            if alias in fields:
                value = fields.pop(alias)
                fields.setdefault(key, value)
        extra: dict[str, Any] = {key: fields.pop(key) for key in fields.keys() - self.known}
        for group in self.groups:
            value = fields.get(group.key, _NULL)
            if _is_object(value):
                inner = _read_object(value)
                unknown = {k: inner.pop(k) for k in inner.keys() - set(group.members.values())}
                fields[group.key] = msgspec.Raw(_write(inner))
                if unknown:
                    extra[group.key] = unknown
            elif not msgspec.json.decode(value):
                fields.pop(group.key, None)
        record = self._decode_one(_write(fields))
        return record, self._checked(extra) if extra else None

    def _checked(self, extra: dict[str, Any]) -> str:
        """Return the keys that are unknown here as JSON. Raises BadValue: see json_text."""
        text = _write(extra).decode()
        try:
            return json_text.checked(text)
        except BadValue as error:
            bad = next((key for key in extra if not _is_fit(extra[key])), "extra")
            raise Refused(refused(bad, extra.get(bad, text), error)) from None

    def _check_ids(self, batch: DecodedBatch) -> None:
        if self.table.is_merge:
            self._check_merge_ids(batch)
            return
        key = self.table.id_key
        inner = batch.wire[key] if key else batch.ids
        for place, (outer, own) in enumerate(zip(batch.ids, inner, strict=True)):
            if place in batch.errors:
                continue
            if not outer:
                batch.errors[place] = Message(_("the record has no id"))
            elif outer != own:
                values = {"id": shortened(outer), "key": str(key), "own": shortened(own)}
                text = _("recordId “{id}” and {key} “{own}” differ")
                batch.errors[place] = Message(text, values)

    def _check_merge_ids(self, batch: DecodedBatch) -> None:
        # The envelope names the record that is kept, or anything.
        assert self.table.id_key
        for place, lost in enumerate(batch.wire[self.table.id_key]):
            if lost:
                batch.ids[place] = lost
            elif place not in batch.errors:
                batch.errors[place] = missing(self.table.id_key)

    def _refuse_missing(self, batch: DecodedBatch) -> None:
        for column, values in batch.columns.items():
            if column in self.never_null and None in values:
                for place, value in enumerate(values):
                    if value is None:
                        batch.errors.setdefault(place, missing(column))

    def _refuse_long(self, batch: DecodedBatch) -> None:
        for column in self.kind.keys & batch.columns.keys():
            values = batch.columns[column]
            if max(map(len, filter(None, values)), default=0) > LONGEST_KEY:
                for place, value in enumerate(values):
                    if value and len(value) > LONGEST_KEY:
                        batch.errors.setdefault(place, too_long(column, LONGEST_KEY))

    def encode(self, columns: Columns, form: Form) -> list[msgspec.Raw | Message]:
        """Turn columns of the table into records of the wire, as JSON, in the form asked for.

        For a record that cannot be written there is the reason in its place.
        """
        try:
            return [*self._encode(columns, form)]
        except _UNWRITABLE:
            return [self._encode_one(columns, place, form) for place in range(len(columns["id"]))]

    def _encode_one(self, columns: Columns, place: int, form: Form) -> msgspec.Raw | Message:
        alone = {name: [values[place]] for name, values in columns.items()}
        try:
            return self._encode(alone, form)[0]
        except _UNWRITABLE as error:
            return unwritable(error)

    def unfit(self, columns: Columns, place: int, form: Form) -> Iterator[Message]:
        """Yield what cannot be written of one record, column by column; quirks are not asked."""
        for key, wire_field in self.table.fields.items():
            if wire_field.column:
                try:
                    _written(key, wire_field.codec, [columns[wire_field.column][place]], form)
                except _UNWRITABLE as error:
                    yield unwritable(error)

    def _encode(self, columns: Columns, form: Form) -> list[msgspec.Raw]:
        wire: Columns = {}
        for key, wire_field in self.table.fields.items():
            if wire_field.column:
                wire[key] = _written(key, wire_field.codec, columns[wire_field.column], form)
        legacy = self.table.legacy
        if legacy and legacy.encode:
            legacy.encode(columns, wire)
            for key, quirk_field in legacy.quirk_keys.items():
                if key in wire:
                    wire[key] = _written(key, quirk_field.codec, wire[key], form)
        for group in self.groups:
            present = {key: inner for key, inner in group.members.items() if key in wire}
            shape = _out_shape(tuple(present.values()))
            wire[group.key] = list(map(shape, *(wire.pop(key) for key in present)))
        shape = _out_shape(tuple(wire))
        records = [msgspec.Raw(_write(record)) for record in map(shape, *wire.values())]
        for place, extra in enumerate(columns["extra"]):
            if extra:
                records[place] = _with_extra(records[place], extra)
        return records


@cache
def _out_shape(keys: tuple[str, ...]) -> Any:
    """Return the class of a JSON object with these keys: quicker to make and write than a dict."""
    names = {f"f{n}": key for n, key in enumerate(keys)}
    return msgspec.defstruct("Out", [(name, Any) for name in names], rename=names, gc=False)


def _written(key: str, codec: Codec, values: list[Any], form: Form) -> list[Any]:
    """Write one column. Raises Refused, which names the key."""
    try:
        return codec.write(values, form)
    except ValueError as error:
        raise Refused(refused(key, values[0], error)) from None


def _with_extra(data: msgspec.Raw, extra: str) -> msgspec.Raw:
    """Add what is unknown here, as it came: a number that is read and written may be another."""
    try:
        added = _read_object(json_text.checked(extra))
    except ValueError as error:
        raise Refused(refused("extra", extra, error)) from None
    return msgspec.Raw(_write(_joined(_read_object(data), added)))


def _joined(
    record: dict[str, msgspec.Raw], added: dict[str, msgspec.Raw]
) -> dict[str, msgspec.Raw]:
    for key in added.keys() & record.keys():
        if _is_object(record[key]) and _is_object(added[key]):
            inside = _beside(_read_object(record[key]), _read_object(added[key]))
            record[key] = msgspec.Raw(_write(inside))
    return _beside(record, added)


def _beside(own: dict[str, msgspec.Raw], added: dict[str, msgspec.Raw]) -> dict[str, msgspec.Raw]:
    return own | {key: value for key, value in added.items() if key not in own}


def _is_fit(value: Any) -> bool:
    try:
        # Inside something, as it is kept.
        json_text.checked(_write([value]).decode())
    except BadValue:
        return False
    return True


def _is_object(value: msgspec.Raw) -> bool:
    return bytes(value).lstrip()[:1] == b"{"


def _blank(codec: Codec) -> Any:
    return None if codec.default is REQUIRED else codec.default


def _struct_field(name: str, codec: Codec) -> Any:
    if codec.default is REQUIRED:
        return (name, codec.wire_type)
    return (name, codec.wire_type, codec.default)


def _convert(key: str, codec: Codec, batch: DecodedBatch) -> list[Any]:
    """Convert one column; bad values are marked, and become None."""
    values, decode = batch.wire[key], codec.decode
    if decode is None:
        return values
    if not batch.errors:
        try:
            return codec.read(values)
        except ValueError:
            pass
    converted = []
    for place, value in enumerate(values):
        try:
            converted.append(None if place in batch.errors else decode(value))
        except ValueError as error:
            batch.errors[place] = refused(key, value, error)
            converted.append(None)
    return converted


@cache
def table_codec(kind: RecordType, wire: Wire) -> TableCodec:
    """Return the codec of a record type on a wire. Raises LookupError where it does not travel."""
    table = kind.wire(wire)
    if table is None:
        raise LookupError(f"{kind.name} does not travel on {wire.value}")
    return TableCodec(kind, table)
