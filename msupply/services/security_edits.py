"""What edits of records mean for the security log: users, their rights, and sites.

Lists, forms and imports all change these as records like any other, so it is noted where records
are written, not where somebody thought of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.records.security_log import SecurityEvent
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.sync.declare import Record
from msupply.wire import security_log

Values = Mapping[str, Any]
Edit = tuple[Record, Values | None, Values | None]

_CREATED = {User: SecurityEvent.USER_CREATED, Site: SecurityEvent.SITE_CREATED}
_CHANGED = {User: SecurityEvent.USER_CHANGED, Site: SecurityEvent.SITE_CHANGED}
# What says nothing, and what must not be told.
_LEFT_OUT = frozenset({"id", "extra", "modified_datetime", "last_successful_sync"})
_SECRET = frozenset({"password"})


def note(connection: BaseDatabaseWrapper, edits: Sequence[Edit]) -> None:
    """Note edits of one type: each a record with its values before and after.

    None before is a new record, None after one that is deleted.
    """
    for record, before, after in edits:
        if isinstance(record, (User, Site)):
            _note_account(connection, record, before, after)
        elif isinstance(record, (UserStore, UserPermission)):
            _note_right(connection, record, before, after)


def _note_account(
    connection: BaseDatabaseWrapper,
    record: User | Site,
    before: Values | None,
    after: Values | None,
) -> None:
    kind = User if isinstance(record, User) else Site
    event = _CREATED[kind] if before is None else _CHANGED[kind]
    changes = ["deleted"] if after is None else _changes(before, after)
    if isinstance(record, User):
        security_log.note(connection, event, user=record.username, changes=changes)
    else:
        security_log.note(connection, event, site=record.name, changes=changes)


def _note_right(
    connection: BaseDatabaseWrapper,
    record: UserStore | UserPermission,
    before: Values | None,
    after: Values | None,
) -> None:
    security_log.note(
        connection,
        SecurityEvent.RIGHTS_CHANGED,
        user=_name(connection, record.user_id),
        store=_code(connection, record.store_id),
        added=[_right(after)] if after is not None else None,
        removed=[_right(before)] if before is not None else None,
    )


def _name(connection: BaseDatabaseWrapper, user_id: str) -> str:
    users = User.objects.using(connection.alias).filter(pk=user_id)
    return users.values_list("username", flat=True).first() or user_id


def _code(connection: BaseDatabaseWrapper, store_id: str | None) -> str | None:
    stores = Store.objects.using(connection.alias).filter(pk=store_id or "")
    return stores.values_list("code", flat=True).first() or store_id


def _right(values: Values) -> str:
    return str(values.get("permission", "STORE_ACCESS"))


def _changes(before: Values | None, after: Values) -> list[str]:
    if before is None:
        return []
    return [
        f"{name}: …" if name in _SECRET else f"{name}: {before[name]} → {after[name]}"
        for name in after
        if name not in _LEFT_OUT and before[name] != after[name]
    ]
