"""Importing the catalogue of equipment from CSV, as Open mSupply lays it out.

Seven columns in a fixed order, whatever their titles, then one column per property by its name.
A file of property definitions is told apart by its titles (Key, Name, Value type, ...).
"""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central.asset_properties import (
    PROPERTY_COLUMNS,
    NewProperties,
    definition_row,
    property_value,
    stable_id,
)
from msupply.central.asset_structure import Place, Structure, applies
from msupply.records.assets import AssetCatalogueItem, AssetProperty
from msupply.records.security_log import SecurityEvent
from msupply.records.users import User
from msupply.services import edit
from msupply.services.tables import spreadsheet
from msupply.sync import here as instance
from msupply.sync.declare import Record
from msupply.sync.declare.policy import Editor
from msupply.sync.ownership import EditRefused, Refusal
from msupply.wire import security_log

COLUMNS = ("Sub catalogue", "Code", "Type", "Manufacturer", "Model", "Class", "Category")
_OPTIONAL = frozenset({"Manufacturer"})
LARGEST_FILE = 20 * 1024 * 1024
LONGEST_CELL = 10_000

Values = dict[str, Any]


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row; lines count from 1, the titles are line 1."""

    line: int
    text: str


@dataclass
class Preview:
    """What an import would do. `rows` are ready to be written, once there are no errors."""

    titles: list[str]
    rows: list[Values] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    # Columns of properties that nobody has defined: they are, with the kind of their values.
    new_properties: list[str] = field(default_factory=list)
    model: type[Record] = AssetCatalogueItem
    definitions: list[Values] = field(default_factory=list)
    lines: list[tuple[int, list[str]]] = field(default_factory=list)

    def error_file(self) -> str:
        """Return the file as CSV with a column that tells what is wrong with each row."""
        texts: dict[int, list[str]] = {}
        for error in self.errors:
            texts.setdefault(error.line, []).append(error.text)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([*self.titles, _("Errors")])
        for line, cells in self.lines:
            padded = cells + [""] * (len(self.titles) - len(cells))
            row = [*padded, "; ".join(texts.get(line, []))]
            writer.writerow([spreadsheet.safe(cell) for cell in row])
        return out.getvalue()


@dataclass
class Applied:
    """What an import did, in records of its main table."""

    created: int = 0
    changed: int = 0
    same: int = 0


def read(connection: BaseDatabaseWrapper, content: bytes) -> Preview:
    """Read a file and check every row; nothing is written.

    Raises ValidationError for a file that is no such CSV, EditRefused away from the Open mSupply
    central server.
    """
    _require_central(connection)
    lines = _lines(content)
    if not lines:
        raise ValidationError(_("The file is empty."))
    titles = [title.strip() for title in lines[0][1]]
    if [title.lower() for title in titles[:2]] == ["key", "name"]:
        return _read_definitions(connection, titles, lines[1:])
    if len(titles) < len(COLUMNS):
        text = _("The file needs at least these columns: {columns}.")
        raise ValidationError(text.format(columns=", ".join(COLUMNS)))
    return _read_catalogue(connection, titles, lines[1:])


def apply(connection: BaseDatabaseWrapper, user: User | None, preview: Preview) -> Applied:
    """Write what was read, all or nothing.

    `user` is None where the operator of the machine imports. Raises PermissionMissing,
    EditRefused or ValidationError.
    """
    if preview.errors:
        raise ValidationError(_("The file has errors; nothing was imported."))
    _require_central(connection)
    done = Applied()
    with transaction.atomic(using=connection.alias):
        for values in preview.definitions:
            _write(connection, user, AssetProperty, values, Applied())
        for values in preview.rows:
            _write(connection, user, preview.model, values, done)
        security_log.note(
            connection, SecurityEvent.DATA_IMPORTED, type=preview.model._meta.db_table
        )
    return done


def _require_central(connection: BaseDatabaseWrapper) -> None:
    if not instance.load(connection).is_oms_central:
        raise EditRefused(Refusal(Editor.CENTRAL))


def _write(
    connection: BaseDatabaseWrapper,
    user: User | None,
    model: type[Record],
    values: Values,
    done: Applied,
) -> None:
    own = {name: value for name, value in values.items() if name != "id"}
    existing = edit.rows_of(connection, model).filter(pk=values["id"]).first()
    if existing is not None and all(getattr(existing, n) == v for n, v in own.items()):
        done.same += 1
        return
    if user is not None:
        edit.save(connection, user, None, model, own, values["id"])
    else:
        record = existing or model(id=values["id"])
        for name, value in own.items():
            setattr(record, name, value)
        record.save(using=connection.alias)
    if existing is None:
        done.created += 1
    else:
        done.changed += 1


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything, each with the number of the line where it begins."""
    if len(content) > LARGEST_FILE:
        raise ValidationError(_("The file is too large."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("The file is not text in UTF-8.")) from None
    if "\0" in text:
        raise ValidationError(_("The file is not a CSV file."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    found, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        message = _("The file is no CSV: line {line}: {error}.")
        raise ValidationError(message.format(line=reader.line_num, error=error)) from None
    return found


def _delimiter(text: str) -> str:
    """Spreadsheets in many languages write semicolons."""
    first = text.split("\n", 1)[0]
    return ";" if first.count(";") > first.count(",") else ","


def _read_catalogue(
    connection: BaseDatabaseWrapper, titles: list[str], lines: list[tuple[int, list[str]]]
) -> Preview:
    structure = Structure.load(connection)
    preview = Preview(titles, lines=lines)
    twice = {title for title in titles[len(COLUMNS) :] if title and titles.count(title) > 1}
    preview.errors += [
        RowError(1, _("The column “{name}” is there twice.").format(name=name))
        for name in sorted(twice)
    ]
    codes = dict(
        AssetCatalogueItem.objects.using(connection.alias).values_list("code", "id").order_by("id")
    )
    seen: dict[str, int] = {}
    new = NewProperties(
        structure, titles[len(COLUMNS) :], [cells for _, cells in lines], len(COLUMNS)
    )
    for line, cells in lines:
        values, errors = _catalogue_row(structure, new, titles, cells)
        code = values.get("code", "")
        if code and code in seen:
            text = _("The code “{code}” is in line {line} already.")
            errors.append(text.format(code=code, line=seen[code]))
        seen.setdefault(code, line)
        preview.errors += [RowError(line, text) for text in errors]
        values["id"] = codes.get(code) or stable_id(code)
        preview.rows.append(values)
    preview.new_properties = sorted(new.names)
    preview.definitions = new.definitions
    return preview


def _catalogue_row(
    structure: Structure, new: "NewProperties", titles: list[str], cells: list[str]
) -> tuple[Values, list[str]]:
    cells = [cell.strip() for cell in cells] + [""] * (len(titles) - len(cells))
    named = dict(zip(COLUMNS, cells, strict=False))
    errors = [
        _("“{column}” is missing.").format(column=column)
        for column in COLUMNS
        if not named[column] and column not in _OPTIONAL
    ]
    if len(cells) > len(titles) and any(cells[len(titles) :]):
        errors.append(_("The row has more cells than there are columns."))
    if any(len(cell) > LONGEST_CELL for cell in cells):
        errors.append(_("A cell is too long."))
    place, misplaced = structure.place(named["Class"], named["Category"], named["Type"])
    errors += misplaced
    properties: dict[str, Any] = {}
    for title, cell in zip(titles[len(COLUMNS) :], cells[len(COLUMNS) :], strict=False):
        if not cell or not title:
            continue
        definition = _definition(structure, new, title, place)
        try:
            properties[definition.key] = property_value(definition, cell)
        except ValueError:
            text = _("“{value}” is no value for “{column}”.")
            errors.append(text.format(value=cell[:50], column=title))
    values = {
        "sub_catalogue": named["Sub catalogue"],
        "code": named["Code"],
        "asset_class_id": place.class_id,
        "asset_category_id": place.category_id,
        "asset_catalogue_type_id": place.type_id,
        "manufacturer": named["Manufacturer"] or None,
        "model": named["Model"],
        "properties": msgspec.json.encode(properties).decode() if properties else None,
        # An entry that was deleted and comes again is in use again.
        "deleted_datetime": None,
    }
    return values, errors


def _definition(
    structure: Structure, new: "NewProperties", title: str, place: Place
) -> AssetProperty:
    known = structure.definitions(title)
    for definition in known:
        if applies(definition, place):
            return definition
    return known[0] if known else new.named(title)


def _read_definitions(
    connection: BaseDatabaseWrapper, titles: list[str], lines: list[tuple[int, list[str]]]
) -> Preview:
    """Read definitions of properties: their key, name, kind of values and where they apply."""
    structure = Structure.load(connection)
    preview = Preview(titles, lines=lines, model=AssetProperty)
    places = {title.lower(): number for number, title in enumerate(titles)}
    missing = [column for column in PROPERTY_COLUMNS[:3] if column.lower() not in places]
    if missing:
        text = _("The file needs at least these columns: {columns}.")
        raise ValidationError(text.format(columns=", ".join(PROPERTY_COLUMNS)))
    for line, cells in lines:
        named = {
            column: cells[places[column.lower()]].strip()
            if places.get(column.lower(), len(cells)) < len(cells)
            else ""
            for column in PROPERTY_COLUMNS
        }
        values, errors = definition_row(structure, named)
        preview.errors += [RowError(line, text) for text in errors]
        preview.rows.append(values)
    return preview
