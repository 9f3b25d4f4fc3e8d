"""Properties of equipment in files: their values, their definitions, and those nobody has defined."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from math import isfinite
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from msupply.central.asset_structure import Structure, slug
from msupply.records.assets import AssetProperty
from msupply.records.properties import ValueType

PROPERTY_COLUMNS = ("Key", "Name", "Value type", "Allowed values", "Class", "Category", "Type")
_NAMESPACE = UUID("6f0f1d0e-2a4a-5a38-9a30-3b2f6f6a4b5d")

_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})

Values = dict[str, Any]


def property_value(definition: AssetProperty, text: str) -> Any:
    """Return the value that a cell means. Raises ValueError when it means none."""
    if definition.allowed_values:
        allowed = [value.strip() for value in definition.allowed_values.split(",")]
        if text not in allowed:
            raise ValueError
        return text
    return _PARSERS[ValueType(definition.value_type)](text)


def _float(text: str) -> float:
    value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    if not isfinite(value):
        raise ValueError
    return value


def _integer(text: str) -> int:
    value = _float(text)
    if value != int(value) or abs(value) >= 2**31:
        raise ValueError
    return int(value)


def _boolean(text: str) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        raise ValueError
    return word in _YES


def _date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


_PARSERS: dict[ValueType, Callable[[str], Any]] = {
    ValueType.STRING: str,
    ValueType.FLOAT: _float,
    ValueType.INTEGER: _integer,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: _date,
}


class NewProperties:
    """Properties that a catalogue has and nobody has defined: their kind follows from the values."""

    def __init__(
        self, structure: Structure, titles: list[str], rows: list[list[str]], first: int
    ) -> None:
        self.names: set[str] = set()
        self.definitions: list[Values] = []
        self._made: dict[str, AssetProperty] = {}
        for number, title in enumerate(titles, first):
            if title and not structure.definitions(title) and title not in self._made:
                cells = {row[number].strip() for row in rows if number < len(row)} - {""}
                if cells:
                    self._make(title, cells)

    def named(self, title: str) -> AssetProperty:
        """Return the definition that was made for a column."""
        return self._made[title]

    def _make(self, title: str, cells: set[str]) -> None:
        key = slug(title)
        values = {
            "id": stable_id(f"property {key}"),
            "key": key,
            "name": title,
            "value_type": _kind_of(cells).value,
        }
        self.names.add(title)
        self.definitions.append(values)
        self._made[title] = AssetProperty(**values)


def _kind_of(cells: Iterable[str]) -> ValueType:
    for kind in (ValueType.BOOLEAN, ValueType.FLOAT):
        try:
            for cell in cells:
                # Digits are numbers, even where all of them happen to be 0 or 1.
                if kind is ValueType.BOOLEAN and cell in "01":
                    raise ValueError
                _PARSERS[kind](cell)
        except ValueError:
            continue
        return kind
    return ValueType.STRING


def definition_row(structure: Structure, named: Mapping[str, str]) -> tuple[Values, list[str]]:
    """Return the values of a definition, by the titles of its columns, and what is wrong."""
    errors = [
        _("“{column}” is missing.").format(column=column)
        for column in PROPERTY_COLUMNS[:3]
        if not named[column]
    ]
    kind = named["Value type"].upper()
    if kind and kind not in ValueType.values:
        text = _("“{value}” is no value for “{column}”.")
        errors.append(text.format(value=kind[:50], column="Value type"))
    place, misplaced = structure.place(named["Class"], named["Category"], named["Type"])
    errors += misplaced
    scope = "/".join(filter(None, (place.class_id, place.category_id, place.type_id)))
    # A property that a catalogue has brought keeps its key: values are kept under it.
    known = [
        d
        for d in structure.definitions(named["Name"])
        if (d.asset_class_id, d.asset_category_id, d.asset_type_id)
        in ((place.class_id, place.category_id, place.type_id), (None, None, None))
    ]
    values = {
        "id": known[0].id if known else stable_id(f"property {named['Key']} {scope}"),
        "key": known[0].key if known else named["Key"],
        "name": named["Name"],
        "value_type": kind,
        "allowed_values": named["Allowed values"] or None,
        "asset_class_id": place.class_id,
        "asset_category_id": place.category_id,
        "asset_type_id": place.type_id,
    }
    return values, errors


def stable_id(text: str) -> str:
    """Return the same id for the same code on every server, so that an import can be repeated."""
    return str(uuid5(_NAMESPACE, text))
