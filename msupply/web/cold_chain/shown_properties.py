"""Properties of equipment, by the names and kinds that their definitions give them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from msupply.records.assets import AssetProperty
from msupply.records.properties import ValueType
from msupply.services.assets import PROPERTY
from msupply.services.meanwhile import same
from msupply.web.screens import cells
from msupply.web.screens.forms import DateInput

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
    return {f"{PROPERTY}{d.key}": _field(d) for d in definitions}


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
    return {f"{PROPERTY}{d.key}": values.get(d.key) for d in definitions}


def changed(form: forms.Form, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that the user of a form has changed; None stands for an empty one."""
    found = {}
    for name in form.changed_data:
        key = name.removeprefix(PROPERTY)
        value = _stored(form.cleaned_data.get(name))
        if key != name and not same(value, now.get(key)):
            found[name] = value
    return found


def as_stored(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form showed, its properties as they stand in the record."""
    return {n: _stored(v) if n.startswith(PROPERTY) else v for n, v in shown.items()}


def typed(sent: QueryDict) -> dict[str, forms.Field]:
    """Return fields for the properties that a form has sent, when nobody knows their kinds."""
    names = [name for name in sent if name.startswith(PROPERTY)]
    return {n: forms.CharField(label=n.removeprefix(PROPERTY), required=False) for n in names}


def _stored(value: Any) -> Any:
    if value == "":
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value
