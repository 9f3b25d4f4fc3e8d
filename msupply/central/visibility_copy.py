"""Letting a store see what another one sees: how a new store begins (domain.md D.10)."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from msupply.central import visibility
from msupply.records.master_lists import MasterListNameJoin
from msupply.records.names import NameStoreJoin, NameType
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.services import edit
from msupply.services.guard import Guard
from msupply.sync import here as instance
from msupply.sync import orders
from msupply.sync.declare import Record, new_id

_AT_ONCE = 5_000
_FLAGS = ("name_is_customer", "name_is_supplier")


@dataclass(frozen=True)
class Parts:
    """What is copied: the names, the master lists, and being seen by the same stores."""

    names: bool = True
    items: bool = True
    seen_by: bool = True


@dataclass(frozen=True)
class Copied:
    """How many names and master lists have become visible, and in how many stores the store has.

    `left_out`: in how many it has not, for they are being moved to another site.
    """

    names: int = 0
    items: int = 0
    seen_by: int = 0
    left_out: int = 0


def copy(
    connection: BaseDatabaseWrapper,
    user: User | None,
    work_store_id: str | None,
    template: Store,
    store: Store,
    parts: Parts | None = None,
) -> Copied:
    """Make visible in a store what is visible in another one; nothing is taken away.

    Patients are not copied. It may be repeated: what is visible already stays as it is. Raises
    ValidationError, PermissionMissing or EditRefused; then nothing has been changed.
    """
    if template.pk == store.pk:
        raise ValidationError({"template": _("Choose another store.")})
    wanted = parts or Parts()
    viewers = _seen_by(connection, template, store) if wanted.seen_by else []
    frozen = orders.frozen_stores(connection, instance.load(connection))
    free = [join for join in viewers if join.store_id not in frozen]
    with transaction.atomic(using=connection.alias):
        write = _Writer(connection, user, work_store_id)
        done = Copied(
            write.rows(_names(connection, template, store)) if wanted.names else 0,
            write.rows(_lists(connection, template, store)) if wanted.items else 0,
            write.rows(free),
            len(viewers) - len(free),
        )
        # Not `follow`: on PostgreSQL it doesn't read what is not committed yet.
        seen = visibility.seen_in(connection, [store.pk])
        visibility.recompute(connection, {store.pk, *seen})
    return done


class _Writer:
    """Writes many new rows of a type, each of which its writer may edit."""

    def __init__(
        self, connection: BaseDatabaseWrapper, user: User | None, store_id: str | None
    ) -> None:
        self.connection, self.user, self.store_id = connection, user, store_id

    def rows(self, rows: list[NameStoreJoin] | list[MasterListNameJoin]) -> int:
        if not rows:
            return 0
        model: type[Record] = type(rows[0])
        guard = Guard(self.connection, self.user, self.store_id, edit.kind_of(model))
        # None of them is a patient: who may edit rests on the store alone.
        for row in {getattr(row, "store_id", ""): row for row in rows}.values():
            guard.check(None, edit.columns_of(row))
        edit.rows_of(self.connection, model).bulk_create(rows, batch_size=_AT_ONCE)
        return len(rows)


def _joins(connection: BaseDatabaseWrapper) -> QuerySet[NameStoreJoin]:
    return NameStoreJoin.objects.using(connection.alias)


def _names(connection: BaseDatabaseWrapper, template: Store, store: Store) -> list[NameStoreJoin]:
    known = _joins(connection).filter(store_id=store.pk)
    found = _joins(connection).filter(store_id=template.pk, name__deleted_datetime=None)
    found = found.exclude(name__type=NameType.PATIENT).exclude(name_id=store.name_id)
    missing = found.exclude(name_id__in=known.values("name_id"))
    return [
        NameStoreJoin(id=new_id(), store_id=store.pk, **values)
        for values in missing.values("name_id", *_FLAGS)
    ]


def _seen_by(connection: BaseDatabaseWrapper, template: Store, store: Store) -> list[NameStoreJoin]:
    known = _joins(connection).filter(name_id=store.name_id)
    found = _joins(connection).filter(name_id=template.name_id).exclude(store_id=store.pk)
    missing = found.exclude(store_id__in=known.values("store_id"))
    return [
        NameStoreJoin(id=new_id(), name_id=store.name_id, **values)
        for values in missing.values("store_id", *_FLAGS)
    ]


def _lists(
    connection: BaseDatabaseWrapper, template: Store, store: Store
) -> list[MasterListNameJoin]:
    joins = MasterListNameJoin.objects.using(connection.alias)
    known = joins.filter(name_id=store.name_id).values("master_list_id")
    missing = joins.filter(name_id=template.name_id).exclude(master_list_id__in=known)
    return [
        MasterListNameJoin(id=new_id(), name_id=store.name_id, master_list_id=list_id)
        for list_id in missing.values_list("master_list_id", flat=True)
    ]
