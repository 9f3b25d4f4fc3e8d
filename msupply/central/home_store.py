"""The home store of a patient or a prescriber: where the record may be edited (domain.md A.1)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting
from msupply.records.activity_types import ActivityType
from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.services import edit, meanwhile, permissions
from msupply.sync import changelog
from msupply.sync.declare.registry import Channel


def home_of(record: Name | Clinician) -> str | None:
    """Return the id of the home store of a patient or prescriber, None without one."""
    home: str | None
    home = record.supplying_store_id if isinstance(record, Name) else record.store_id
    return home


def change(
    connection: BaseDatabaseWrapper,
    user: User | None,
    record: Name | Clinician,
    new_store: Store,
    shown: Mapping[str, Any] | None = None,
) -> None:
    """Give a patient or prescriber another home store, and make it visible there.

    Both the old and the new site get it, with everything about it. `shown` is the home store that
    the user saw, by the name `home`. Raises ValidationError, its Conflict for a record that others
    have given to a third store meanwhile, EditRefused or PermissionMissing.
    """
    acting.require(connection, user, permissions.EDIT_CENTRAL_DATA)
    if isinstance(record, Name) and record.type != NameType.PATIENT:
        raise ValidationError({"name": _("Only patients and prescribers have a home store.")})
    if new_store.is_disabled:
        raise ValidationError({"store": _("This store is disabled.")})
    alias = connection.alias
    with transaction.atomic(using=alias):
        every = edit.rows_of(connection, type(record)).select_for_update()
        old = home_of(every.get(pk=record.pk))
        if old == new_store.pk:
            return
        meanwhile.check(shown or {}, {"home": new_store.pk}, {"home": old})
        if isinstance(record, Name):
            record.supplying_store_id = new_store.pk
            record.save(using=alias, update_fields=["supplying_store_id"])
            joins = NameStoreJoin.objects.using(alias)
            joins.get_or_create(store_id=new_store.pk, name_id=record.pk)
        else:
            record.store_id = new_store.pk
            record.save(using=alias, update_fields=["store_id"])
            places = ClinicianStoreJoin.objects.using(alias)
            places.get_or_create(store_id=new_store.pk, clinician_id=record.pk)
        changelog.touch_visible(connection, [record.pk], (Channel.QUEUE, Channel.MODERN), None)
        codes = dict(
            Store.objects.using(alias).filter(pk__in=[old, new_store.pk]).values_list("pk", "code")
        )
        before = codes.get(old or "", old)
        acting.note(
            connection, user, ActivityType.HOME_STORE_CHANGED, record.pk, before, new_store.code
        )
