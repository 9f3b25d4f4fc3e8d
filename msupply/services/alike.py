"""Records of which there must not be two: with one code, or one for each pair, such as who sees whom.

Merging drops what it makes alike (sync/duplicates.py), and relies on there being no other. By its
code people, and files to import, know a record.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from msupply.records.names import Name, NameType
from msupply.services import keys, labels
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
    names = set(touched)
    return [
        _joined(connection, record, names) or _known(connection, record, names)
        for record in records
    ]


def _joined(connection: BaseDatabaseWrapper, record: Record, touched: set[str]) -> list[Fault]:
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


def _known(connection: BaseDatabaseWrapper, record: Record, touched: set[str]) -> list[Fault]:
    """Find another record that people know by the same code."""
    kind = registry().by_table[record._meta.db_table]
    key = keys.of(kind, set(kind.columns))
    fields = [kind.columns[column] for column in key if kind.columns[column].name in touched]
    if not fields or ("code" not in key and kind.name not in keys.KEYS):
        return []
    values = {column: getattr(record, column) for column in key}
    if values.get("code") == "" or _is_patient(record):
        return []
    rows: QuerySet[Record] = QuerySet(type(record), using=connection.alias)
    if "deleted_datetime" in kind.columns:
        rows = rows.filter(Q(deleted_datetime__isnull=True))
    others = rows.filter(**values).exclude(pk=record.pk)
    other = next((other for other in others if not _is_patient(other)), None)
    if other is None:
        return []
    name = labels.of(type(other), [other.pk], connection)[other.pk]
    return [(fields[-1].name, _("“{name}” has it already.").format(name=name))]


def _is_patient(record: Record) -> bool:
    # Patients have codes as well, but no place knows those of all.
    return isinstance(record, Name) and record.type == NameType.PATIENT
