"""The one place where people change records: screens, APIs and imports of files all come here.

Where the record may be edited is checked first, then who asks, then the values.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from math import isfinite
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from msupply.records.users import User
from msupply.services import (
    activity,
    alike,
    custom_values,
    leaving,
    meanwhile,
    newcomers,
    own_way_in,
    patients,
    security_edits,
    visibility,
)
from msupply.services.guard import Guard
from msupply.services.meanwhile import Gone
from msupply.services.visibility import Fault
from msupply.sync.clock import now
from msupply.sync.declare import Record, SoftDelete
from msupply.sync.declare.record_type import LONGEST_KEY
from msupply.sync.declare.registry import RecordType, registry

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=models.Model)
Values = dict[str, Any]


def save(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str | None,
    model: type[R],
    values: Mapping[str, Any],
    record_id: str | None = None,
    *,
    shown: Mapping[str, Any] | None = None,
) -> R:
    """Create or change a record for a user who works in a store.

    `values` are by field or column name; what is left out stays as it is. A `record_id` that is
    not here yet becomes the id of a new record.

    `shown` is what the user saw of a record that exists, by field or column name: what others have
    written there since is not overwritten. Without it nothing is compared.

    Raises PermissionMissing, ByProgramOnly, ownership.EditRefused, or ValidationError with a
    message per field; with `shown` also its Conflict, or Gone for a record that is not here.
    """
    kind = kind_of(model)
    with transaction.atomic(using=connection.alias):
        record = _find(connection, model, record_id)
        if record is None and shown is not None:
            raise Gone
        before = columns_of(record) if record else None
        if record is None:
            record = model() if record_id is None else model(id=record_id)
        assign(record, values)
        beside = newcomers.complete(record, store_id) if before is None else []
        Guard(connection, user, store_id, kind).check(before, columns_of(record))
        if before is not None and shown is not None:
            _check_meanwhile(kind, record, before, values, shown)
        stamp(record, is_new=before is None)
        _validate(connection, record, values, is_new=before is None)
        after = columns_of(record)
        if before is not None and not differ(before, after):
            return record
        rows: list[Record] = [record, *beside]
        with own_way_in.kept(connection, user, store_id, model):
            for row in rows:
                row.save(using=connection.alias, force_insert=before is None)
        activity.log_edit(connection, user, store_id, record, before, after)
        security_edits.note(connection, [(record, before, after)])
    return record


def delete(
    connection: BaseDatabaseWrapper,
    user: User,
    store_id: str | None,
    model: type[R],
    record_id: str,
) -> None:
    """Delete a record, or mark it deleted where its type says so.

    Raises what `save` raises; DoesNotExist for a record that is not here.
    """
    kind = kind_of(model)
    with transaction.atomic(using=connection.alias):
        record = rows_of(connection, model).get(pk=record_id)
        was = columns_of(record)
        Guard(connection, user, store_id, kind).check(was, was)
        with own_way_in.kept(connection, user, store_id, model):
            _delete(connection, kind, record)
        activity.log_delete(connection, user, store_id, record, was)
        security_edits.note(connection, [(record, was, None)])


def _delete(connection: BaseDatabaseWrapper, kind: RecordType, record: Record) -> None:
    column = removal_column(kind)
    if column is not None:
        boolean = kind.columns[column].get_internal_type() == "BooleanField"
        setattr(record, kind.columns[column].attname, False if boolean else now())
        record.save(using=connection.alias)
    elif kind.syncs and kind.removal is None:
        raise ValidationError(_("Records of this kind cannot be deleted."))
    else:
        _remove(connection, record)


def may(
    connection: BaseDatabaseWrapper, user: User, store_id: str | None, model: type[R], record: R
) -> Exception | None:
    """Return what `save` would refuse this record with, None when the user may edit it here."""
    values = columns_of(record)
    return Guard(connection, user, store_id, kind_of(model)).refusal(values, values)


def rows_of(connection: BaseDatabaseWrapper, model: type[M]) -> QuerySet[M]:
    """Return all rows of a model that is known only when the program runs."""
    return QuerySet(model, using=connection.alias)


def kind_of(model: type[Record]) -> RecordType:
    """Return what the engine knows of a model."""
    return registry().by_table[model._meta.db_table]


def _find(connection: BaseDatabaseWrapper, model: type[R], record_id: str | None) -> R | None:
    if record_id is None:
        return None
    return rows_of(connection, model).select_for_update().filter(pk=record_id).first()


def _check_meanwhile(
    kind: RecordType,
    record: Record,
    before: Values,
    values: Mapping[str, Any],
    shown: Mapping[str, Any],
) -> None:
    """Raise Conflict for what others have written, or for a record that they have deleted."""
    fields = {f.name: before[str(f.column)] for f in record._meta.concrete_fields}
    wanted = _by_field(record, values)
    seen = _by_field(record, shown)
    column = removal_column(kind)
    if column is not None:
        mark = kind.columns[column].name
        if mark in seen and mark not in wanted and is_removed(kind, before):
            # Who writes into what has been deleted meanwhile hears of it first.
            wanted[mark] = seen[mark]
    meanwhile.check(seen, wanted, fields)


def _by_field(record: Record, values: Mapping[str, Any]) -> Values:
    found = {name: _field(record, name) for name in values}
    return {f.name: _plain(values[name]) for name, f in found.items() if f is not None}


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def columns_of(record: Record) -> Values:
    """Return a record's column values by column name."""
    return {str(f.column): getattr(record, f.attname) for f in record._meta.concrete_fields}


def assign(record: Record, values: Mapping[str, Any]) -> None:
    """Set values by field or column name. Raises ValidationError for a name that is none."""
    unknown = {}
    for name, value in values.items():
        field = _field(record, name)
        if field is None or field.column in ("id", "extra"):
            unknown[name] = _("There is no such field.")
        else:
            setattr(record, field.attname, _plain(value))
    if unknown:
        raise ValidationError([f"{name}: {text}" for name, text in unknown.items()])


def stamp(record: Record, *, is_new: bool) -> None:
    """Fill the moments that no person enters."""
    names = {f.attname for f in record._meta.concrete_fields}
    if is_new and "created_datetime" in names and record.__dict__["created_datetime"] is None:
        record.__dict__["created_datetime"] = now()
    if "modified_datetime" in names:
        record.__dict__["modified_datetime"] = now()


def differ(before: Values, after: Values) -> bool:
    """True when a change is one, the moment of the last change left aside."""
    return any(after[n] != before[n] for n in after if n != "modified_datetime")


def is_removed(kind: RecordType, values: Mapping[str, Any]) -> bool:
    """Tell whether the columns of a record say that it is deleted."""
    column = removal_column(kind)
    if column is None:
        return False
    return values[column] is False or isinstance(values[column], datetime)


def removal_column(kind: RecordType) -> str | None:
    """Return the column that marks a record deleted, None where deleting removes the row."""
    if isinstance(kind.removal, SoftDelete):
        return kind.removal.column
    # Some wires know no delete, but tell the moment of it as a value like any other.
    if kind.removal is None and "deleted_datetime" in kind.columns:
        return "deleted_datetime"
    return None


def _field(record: Record, name: str) -> "models.Field[Any, Any] | None":
    for field in record._meta.concrete_fields:
        if name in (field.name, field.attname):
            return field
    return None


def _validate(
    connection: BaseDatabaseWrapper, record: Record, values: Mapping[str, Any], *, is_new: bool
) -> None:
    touched = {f.name for name in values if (f := _field(record, name))}
    # What people did not touch may have come by sync as it is; it must not block them.
    exclude = {"id", "extra"} if is_new else {f.name for f in record._meta.fields} - touched
    errors = faults(record, exclude)
    found = alike.faults(connection, [record], touched) + contents(connection, [record], touched)
    if not errors and not any(found):
        found = leaving.faults(connection, [record], touched)
    for name, text in chain.from_iterable(found):
        errors.setdefault(name, []).append(text)
    if errors:
        raise ValidationError(errors)


def contents(
    connection: BaseDatabaseWrapper, records: Sequence[Record], touched: Iterable[str]
) -> list[list[Fault]]:
    """Return for each record of one type what its `touched` fields should not hold, by field."""
    checks = (patients.faults, visibility.faults, custom_values.faults)
    found = (check(connection, records, touched) for check in checks)
    return [list(chain.from_iterable(of_one)) for of_one in zip(*found, strict=True)]


def faults(record: Record, exclude: set[str]) -> dict[str, list[str]]:
    """Return what is wrong with the values of a record, by field."""
    errors: dict[str, list[str]] = {}
    keys = kind_of(type(record)).keys
    try:
        record.full_clean(exclude=exclude)
    except ValidationError as error:
        errors |= error.message_dict
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if isinstance(value, str) and "\0" in value:
            errors.setdefault(field.name, []).append(_("Text must not hold the character NUL."))
        elif isinstance(value, str) and field.column in keys and len(value) > LONGEST_KEY:
            text = _("Enter at most {n} characters.").format(n=LONGEST_KEY)
            errors.setdefault(field.name, []).append(text)
        elif isinstance(value, float) and not isfinite(value):
            errors.setdefault(field.name, []).append(_("Enter a number."))
        elif isinstance(field, models.IntegerField) and not _fits_wire(value):
            errors.setdefault(field.name, []).append(_("This number is too large."))
    return errors


def _fits_wire(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def _remove(connection: BaseDatabaseWrapper, record: Record) -> None:
    try:
        record.delete(using=connection.alias)
    except ProtectedError as error:
        users = {str(other._meta.verbose_name_plural) for other in error.protected_objects}
        raise ValidationError(
            _("It is still used by: {others}.").format(others=", ".join(sorted(users)))
        ) from None
