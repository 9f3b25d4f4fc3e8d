"""Rows of which there is one for each pair, such as who sees whom: nobody makes a second one.

Merging drops what it makes alike (sync/duplicates.py), and relies on there being no other.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from msupply.services.visibility import Fault
from msupply.sync import ownership
from msupply.sync.declare import Record
from msupply.sync.declare.registry import registry


def faults(
    connection: BaseDatabaseWrapper, records: Sequence[Record], touched: Iterable[str]
) -> list[list[Fault]]:
    """Return for each record of one type that another one says the same, by field.

    Only where a field that tells them apart was `touched`; what came by sync may stay.
    """
    return [_faults(connection, record, set(touched)) for record in records]


def _faults(connection: BaseDatabaseWrapper, record: Record, touched: set[str]) -> list[Fault]:
    once = type(record).once
    if once is None:
        return []
    fields = [f for f in record._meta.concrete_fields if f.column in once.columns]
    values = {f.attname: _kept(connection, f, getattr(record, f.attname)) for f in fields}
    if touched.isdisjoint(f.name for f in fields) or None in values.values():
        return []
    rows: QuerySet[Record] = QuerySet(type(record), using=connection.alias)
    if not rows.filter(**values).exclude(pk=record.pk).exists():
        return []
    return [(fields[-1].name, _("There is such a record already."))]


def _kept(connection: BaseDatabaseWrapper, field: "models.Field[Any, Any]", value: Any) -> Any:
    """Return the id that is going to be written: that of the record kept, for one merged away."""
    target = field.related_model
    merges = registry().merges.get(target._meta.db_table) if isinstance(target, type) else None
    if merges is None:
        return value
    found = ownership.lookup(connection, merges.table, "kept_id", [value] if value else [])
    return found.get(value, value)
