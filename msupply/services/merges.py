"""Merging two records that mean the same: items, units, names, patients, prescribers, locations.

Screens and commands offer the `KINDS`, show what `preview` returns, and call `merge`:

    preview(connection, user, store_id, kind, keep_id, delete_id) -> Preview
    merge(connection, user, store_id, kind, keep_id, delete_id) -> None

`kind` is a key of `KINDS`. Both raise ValidationError with a message for people,
PermissionMissing, or ownership.EditRefused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.records.clinicians import Clinician
from msupply.records.items import Item, Unit
from msupply.records.merges import (
    ItemMerge,
    LocationMerge,
    Merge,
    NameMerge,
    PrescriberMerge,
    UnitMerge,
)
from msupply.records.names import Name, NameType
from msupply.records.stock import Location
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.services import activity, permissions
from msupply.services.edit import columns_of, rows_of
from msupply.sync import here as instance
from msupply.sync import merging, ownership
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType, registry


@dataclass(frozen=True)
class Kind:
    """Something that can be merged; `permission` is needed for it, in the store if `in_store`."""

    label: str | Promise
    model: type[Record]
    merges: type[Merge]
    permission: str
    belongs: Callable[[Any], bool] = lambda record: True
    in_store: bool = False


def _is_patient(name: Name) -> bool:
    return name.type == NameType.PATIENT


KINDS: dict[str, Kind] = {
    "item": Kind(gettext_lazy("item"), Item, ItemMerge, "EDIT_CENTRAL_DATA"),
    "unit": Kind(gettext_lazy("unit"), Unit, UnitMerge, "EDIT_CENTRAL_DATA"),
    "name": Kind(
        gettext_lazy("name"), Name, NameMerge, "EDIT_CENTRAL_DATA", lambda n: not _is_patient(n)
    ),
    "patient": Kind(gettext_lazy("patient"), Name, NameMerge, "PATIENT_MUTATE", _is_patient),
    "prescriber": Kind(gettext_lazy("prescriber"), Clinician, PrescriberMerge, "MUTATE_CLINICIAN"),
    "location": Kind(
        gettext_lazy("location"), Location, LocationMerge, "LOCATION_MUTATE", in_store=True
    ),
}


@dataclass(frozen=True)
class Preview:
    """What a merge would do: `counts` says how many records of each type would be re-pointed."""

    kept: Record
    lost: Record
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        """How many records would be re-pointed in all."""
        return sum(number for _label, number in self.counts)


def preview(
    connection: BaseDatabaseWrapper,
    user: User | None,
    store_id: str | None,
    kind: str,
    keep_id: str,
    delete_id: str,
) -> Preview:
    """Return what a merge would do, and check all that `merge` checks.

    Raises ValidationError, PermissionMissing or ownership.EditRefused.
    """
    kept, lost = _checked(connection, user, store_id, kind, keep_id, delete_id)
    found = merging.count_references(connection, lost._meta.db_table, lost.pk)
    by_name = registry().by_name
    counts = [
        (str(by_name[name].model._meta.verbose_name_plural), number)
        for name, number in found.items()
    ]
    return Preview(kept, lost, sorted(counts, key=lambda count: -count[1]))


def merge(
    connection: BaseDatabaseWrapper,
    user: User | None,
    store_id: str | None,
    kind: str,
    keep_id: str,
    delete_id: str,
) -> None:
    """Merge the record `delete_id` into `keep_id`: whatever referred to it refers to the kept one.

    `user` works in the store `store_id`; None is the operator of this machine, at the command
    line. It cannot be undone.

    Raises ValidationError, PermissionMissing or ownership.EditRefused.
    """
    with transaction.atomic(using=connection.alias):
        kept, lost = _checked(connection, user, store_id, kind, keep_id, delete_id)
        values = {"id": lost.pk, "kept_id": kept.pk}
        if isinstance(kept, Location):
            values["store_id"] = kept.store_id
        merges = _type_of(KINDS[kind].merges)
        here = instance.load(connection)
        merging.merge(connection, merges, values, here.served)
        if user is not None:
            # What the central server does belongs to no store.
            where = values.get("store_id", store_id if here.is_remote else None)
            was, now = _described(lost), _described(kept)
            activity.log(connection, user, where, "RECORDS_MERGED", kept.pk, was, now)


def _checked(
    connection: BaseDatabaseWrapper,
    user: User | None,
    store_id: str | None,
    kind: str,
    keep_id: str,
    delete_id: str,
) -> tuple[Record, Record]:
    if kind not in KINDS:
        raise ValidationError(_("Records of this kind cannot be merged."))
    what = KINDS[kind]
    kept = _find(connection, what, keep_id)
    lost = _find(connection, what, delete_id)
    for record in (kept, lost):
        _may(connection, user, store_id, what, record)
    if keep_id == delete_id:
        raise ValidationError(_("A record cannot be merged into itself."))
    _refuse_merged(connection, what, kept, lost)
    _refuse_unfit(connection, kept, lost)
    _refuse_unheard(connection, kept)
    return kept, lost


def _find(connection: BaseDatabaseWrapper, what: Kind, record_id: str) -> Record:
    record = rows_of(connection, what.model).filter(pk=record_id).first()
    if record is None or not what.belongs(record):
        raise ValidationError(
            _("There is no %(kind)s with the id %(id)s here.")
            % {"kind": what.label, "id": record_id}
        )
    return record


def _may(
    connection: BaseDatabaseWrapper,
    user: User | None,
    store_id: str | None,
    what: Kind,
    record: Record,
) -> None:
    """Raise what stands against a user's editing this record, here."""
    if user is not None:
        where = getattr(record, "store_id", None) if what.in_store else store_id
        permissions.require(user, where, what.permission)
    values = columns_of(record)
    refusal = ownership.refusal(connection, _type_of(what.model), values, instance.load(connection))
    if refusal is not None:
        raise ownership.EditRefused(refusal)


def _refuse_merged(connection: BaseDatabaseWrapper, what: Kind, kept: Record, lost: Record) -> None:
    merges = rows_of(connection, what.merges)
    for record in (kept, lost):
        merged = merges.filter(pk=record.pk).first()
        if merged is not None:
            raise ValidationError(
                _("%(record)s has been merged into %(other)s already.")
                % {"record": _described(record), "other": merged.kept_id}
            )


def _refuse_unfit(connection: BaseDatabaseWrapper, kept: Record, lost: Record) -> None:
    if isinstance(kept, Location) and isinstance(lost, Location):
        if kept.store_id != lost.store_id:
            raise ValidationError(_("Only locations of one store can be merged."))
    elif isinstance(lost, Name):
        stores = Store.objects.using(connection.alias).filter(name_id=lost.pk)
        if stores.exists():
            raise ValidationError(
                _("%(record)s is the name of a store: merge other names into it.")
                % {"record": _described(lost)}
            )


def _refuse_unheard(connection: BaseDatabaseWrapper, kept: Record) -> None:
    """Refuse what a central server of another make would never hear of."""
    here = instance.load(connection)
    merging = kept.merging
    assert merging is not None
    # Where the changed records are told too, the server gets along without the merge.
    if here.is_remote and merging.known_to_all and not here.orders.takes_our_tables:
        raise ValidationError(
            _("The central server of this site takes no merges: merge these records there.")
        )


def _described(record: Record) -> str:
    name = getattr(record, "name", None) or getattr(record, "last_name", "")
    code = getattr(record, "code", "")
    return f"{code} {name}".strip() or str(record.pk)


def _type_of(model: type[Record]) -> RecordType:
    return registry().by_table[model._meta.db_table]
