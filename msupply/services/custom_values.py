"""Custom values: what people write is checked against the field that it is the value of."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.custom_fields import CustomField, CustomValue
from msupply.records.properties import ValueType
from msupply.services.visibility import Fault
from msupply.sync.declare import Record, json_text
from msupply.sync.declare.registry import registry

_PYTHON: dict[str, tuple[type, ...]] = {
    ValueType.STRING: (str,),
    ValueType.BOOLEAN: (bool,),
    ValueType.INTEGER: (int,),
    ValueType.FLOAT: (int, float),
    ValueType.DATE: (str,),
}


def faults(
    connection: BaseDatabaseWrapper, records: Sequence[Record], touched: Iterable[str]
) -> list[list[Fault]]:
    """Return for each record of one type what is wrong with it as a custom value, by field."""
    if not records or not isinstance(records[0], CustomValue):
        return [[] for _record in records]
    return _of_custom_values(connection, records)


def _of_custom_values(
    connection: BaseDatabaseWrapper, records: Sequence[Record]
) -> list[list[Fault]]:
    values = [record for record in records if isinstance(record, CustomValue)]
    fields = CustomField.objects.using(connection.alias).in_bulk(
        {value.custom_field_id for value in values}
    )
    wanted: dict[str, set[str]] = {}
    for value in values:
        if field := fields.get(value.custom_field_id):
            wanted.setdefault(field.table, set()).add(value.record_id)
    here = {table: _here(connection, table, ids) for table, ids in wanted.items()}
    return [_of_custom_value(value, fields.get(value.custom_field_id), here) for value in values]


def _here(connection: BaseDatabaseWrapper, table: str, ids: set[str]) -> set[str]:
    every: Any = registry().by_table[table].model
    return set(
        every.objects.using(connection.alias).filter(pk__in=ids).values_list("pk", flat=True)
    )


def _of_custom_value(
    value: CustomValue, field: CustomField | None, here: dict[str, set[str]]
) -> list[Fault]:
    if field is None:
        return []  # The reference itself is at fault.
    found = []
    if value.record_id not in here[field.table]:
        text = _("There is no record with this id among: {what}.")
        found.append(("record_id", text.format(what=field.get_table_display())))
    text = _fault_of(value.value, field)
    if text:
        found.append(("value", text))
    return found


def _fault_of(written: str, field: CustomField) -> str:
    try:
        value = json.loads(json_text.checked(written))
    except (ValueError, RecursionError):
        return _('This is no JSON. Write a text as "text", a number as 2.5, yes as true.')
    kinds = _PYTHON[field.value_type]
    is_day = field.value_type != ValueType.DATE or _is_day(value)
    if (
        not isinstance(value, kinds)
        or (isinstance(value, bool) and bool not in kinds)
        or not is_day
    ):
        text = _("The field “{field}” takes: {what}.")
        return text.format(field=field.name, what=field.get_value_type_display())
    allowed = [text.strip() for text in (field.allowed_values or "").split(",") if text.strip()]
    if allowed and str(value) not in allowed:
        text = _("“{value}” is not a choice. Write one of: {choices}")
        return text.format(value=str(value)[:50], choices=", ".join(allowed))
    return ""


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
