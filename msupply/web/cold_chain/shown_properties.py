"""Properties of equipment, by the names and kinds that their definitions give them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from msupply.records.assets import AssetProperty
from msupply.records.properties import ValueType
from msupply.web.screens import cells
from msupply.web.screens.forms import DateInput

PREFIX = "property."
NUMBERS: dict[str, type[int] | type[float]] = {ValueType.INTEGER: int, ValueType.FLOAT: float}


def named(definitions: Sequence[AssetProperty], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and values; what is not defined goes by its key, what is empty is left out."""
    names = {definition.key: definition.name for definition in definitions}
    keys = [key for key in names if key in values] + [key for key in values if key not in names]
    return [
        (names.get(key, key), _shown(values[key])) for key in keys if values[key] not in (None, "")
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return cells.number(value) if isinstance(value, (int, float)) else str(value)


def fields(definitions: Sequence[AssetProperty]) -> dict[str, forms.Field]:
    """Return a form field for each property."""
    return {f"{PREFIX}{d.key}": _field(d) for d in definitions}


def _field(definition: AssetProperty) -> forms.Field:
    common: dict[str, Any] = {"label": definition.name, "required": False}
    allowed = [
        text.strip() for text in (definition.allowed_values or "").split(",") if text.strip()
    ]
    if allowed:
        choices = [("", ""), *((text, text) for text in allowed)]
        coerce = NUMBERS.get(definition.value_type, str)
        return forms.TypedChoiceField(choices=choices, coerce=coerce, empty_value=None, **common)
    match definition.value_type:
        case ValueType.BOOLEAN:
            return forms.NullBooleanField(**common)
        case ValueType.INTEGER:
            return forms.IntegerField(**common)
        case ValueType.FLOAT:
            return forms.FloatField(widget=forms.NumberInput(attrs={"step": "any"}), **common)
        case ValueType.DATE:
            return forms.DateField(widget=DateInput(), **common)
        case _:
            return forms.CharField(**common)


def initial(definitions: Sequence[AssetProperty], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form begins with."""
    return {f"{PREFIX}{d.key}": values.get(d.key) for d in definitions}


def merged(
    definitions: Sequence[AssetProperty], values: Mapping[str, Any], cleaned: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the properties with what the form says; those that it does not show stay."""
    result = dict(values)
    for definition in definitions:
        value = cleaned.get(f"{PREFIX}{definition.key}")
        if value in (None, ""):
            result.pop(definition.key, None)
        else:
            result[definition.key] = value.isoformat() if hasattr(value, "isoformat") else value
    return result
