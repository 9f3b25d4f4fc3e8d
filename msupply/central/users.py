"""Users of the whole system, and what they may do in which store, by roles (services/roles.py)."""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting
from msupply.central.stores import require_central
from msupply.records.permissions import LEGACY_NUMBERS, Permission
from msupply.records.security_log import SecurityEvent
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services import passwords, second_factor, sessions
from msupply.services.meanwhile import Conflict
from msupply.services.permissions import STORE_ACCESS
from msupply.services.roles import ROLES
from msupply.services.users import create_user
from msupply.wire import security_log


def add_user(
    connection: BaseDatabaseWrapper,
    username: str,
    password: str,
    *,
    first_name: str = "",
    last_name: str = "",
    job_title: str = "",
    language: int = 0,
) -> User:
    """Create a user who may do nothing yet. Raises ValidationError or EditRefused."""
    require_central(connection)
    return create_user(
        connection,
        username,
        password,
        first_name=first_name,
        last_name=last_name,
        job_title=job_title,
        language=language,
    )


def set_password(connection: BaseDatabaseWrapper, user: User, password: str) -> None:
    """Change a user's password; the user's sessions end. Raises ValidationError."""
    require_central(connection)
    passwords.check(connection, password, user)
    user.password = make_password(password)
    with transaction.atomic(using=connection.alias):
        user.save(using=connection.alias, update_fields=["password"])
        sessions.end_all(connection, user)
        security_log.note(connection, SecurityEvent.PASSWORD_SET, user=user.username)


def named(connection: BaseDatabaseWrapper, username: str) -> list[User]:
    """Return the users of a name: one, or the few that came by sync with the same. Raises
    ValidationError when there is none.
    """
    found = list(User.objects.using(connection.alias).filter(username__iexact=username.strip()))
    if not found:
        text = _("There is no user “{name}”.").format(name=username)
        raise ValidationError({"username": text})
    return found


def end_sessions(connection: BaseDatabaseWrapper, user: User, by: User) -> int:
    """Log a user out of this server everywhere; return of how many browsers.

    Raises EditRefused or PermissionMissing.
    """
    acting.require(connection, by)
    ended = sessions.end_all(connection, user)
    security_log.note(connection, SecurityEvent.SESSIONS_ENDED, user=user.username, sessions=ended)
    return ended


def reset_second_factor(connection: BaseDatabaseWrapper, user: User, by: User | None) -> bool:
    """Let a user who has lost app and recovery codes log in by the password alone; sessions end.

    `by` is None for somebody at the server's command line. False when there was none. Raises
    EditRefused or PermissionMissing.
    """
    acting.require(connection, by)
    # Whoever has the lost telephone may be logged in by it.
    sessions.end_all(connection, user)
    return second_factor.forget(connection, user)


def grant(
    connection: BaseDatabaseWrapper,
    user: User,
    store: Store,
    roles: Iterable[str] = (),
    permissions: Iterable[str] = (),
) -> None:
    """Set what a user may do in a store: the roles' permissions, these, and what belongs to them.

    A site learns of it when the user logs in there next. Raises ValidationError or EditRefused.
    """
    require_central(connection)
    _set(connection, user, store, _asked_for(roles, permissions))


def _asked_for(roles: Iterable[str], permissions: Iterable[str]) -> set[str]:
    held = {STORE_ACCESS}
    for role in roles:
        if role not in ROLES:
            text = _("There is no role “{role}”. There are: {known}.")
            raise ValidationError({"role": text.format(role=role, known=", ".join(ROLES))})
        held |= ROLES[role].permissions
    for permission in permissions:
        if permission not in Permission.values:
            text = _("There is no permission “{name}”.").format(name=permission)
            raise ValidationError({"permission": text})
        held.add(permission)
    return held


def _set(connection: BaseDatabaseWrapper, user: User, store: Store, permissions: set[str]) -> None:
    held = _whole_rights(permissions)
    with transaction.atomic(using=connection.alias):
        joins = UserStore.objects.using(connection.alias).filter(user=user)
        first = not joins.exclude(store=store).exists()
        was_default = joins.filter(store=store, is_default=True).exists()
        before = _held(connection, user, store)
        _take_away(connection, user, store)
        UserStore.objects.using(connection.alias).create(
            user=user, store=store, is_default=first or was_default
        )
        UserPermission.objects.using(connection.alias).bulk_create(
            UserPermission(user=user, store=store, permission=name) for name in sorted(held)
        )
        _note(connection, user, store, before, held)


def change_rights(
    connection: BaseDatabaseWrapper,
    user: User,
    store: Store,
    *,
    roles: Iterable[str] = (),
    give: Iterable[str] = (),
    take: Iterable[str] = (),
    shown: Iterable[str] = (),
) -> None:
    """Give permissions in a store, those of roles too, and take others; the rest stays.

    A permission that is both given and taken is given. `shown` are those that were shown to who
    asks for it. Raises ValidationError, its Conflict on `permissions` when others have taken away
    the whole store meanwhile, or EditRefused.
    """
    require_central(connection)
    with transaction.atomic(using=connection.alias):
        # Two who change the rights of one user do so one after the other.
        User.objects.using(connection.alias).select_for_update().filter(pk=user.pk).first()
        rows = UserPermission.objects.using(connection.alias).filter(user=user, store=store)
        held = set(rows.values_list("permission", flat=True))
        if STORE_ACCESS in shown and STORE_ACCESS not in held:
            raise Conflict({"permissions": sorted(held)})
        _set(connection, user, store, (held - set(take)) | _asked_for(roles, give))


def _whole_rights(held: set[str]) -> set[str]:
    """Add what must come along: sites learn of rights that may stand for several permissions.

    A right of which a part is missing would not reach them at all (sync-v5.md 11.1).
    """
    complete = set(held)
    for permission in sorted(held):
        rights = [set(right) for right in LEGACY_NUMBERS.values() if permission in right]
        if rights and not any(right <= complete for right in rights):
            complete |= min(rights, key=len)
    return complete


def revoke(connection: BaseDatabaseWrapper, user: User, store: Store) -> None:
    """Take away everything that a user may do in a store; sessions there end at once."""
    require_central(connection)
    with transaction.atomic(using=connection.alias):
        before = _held(connection, user, store)
        _take_away(connection, user, store)
        _note(connection, user, store, before, set())


def _held(connection: BaseDatabaseWrapper, user: User, store: Store) -> set[str]:
    rows = UserPermission.objects.using(connection.alias).filter(user=user, store=store)
    return set(rows.values_list("permission", flat=True))


def _take_away(connection: BaseDatabaseWrapper, user: User, store: Store) -> None:
    for model in (UserStore, UserPermission):
        model.objects.using(connection.alias).filter(user=user, store=store).delete()


def _note(
    connection: BaseDatabaseWrapper, user: User, store: Store, before: set[str], after: set[str]
) -> None:
    if before == after:
        return
    security_log.note(
        connection,
        SecurityEvent.RIGHTS_CHANGED,
        user=user.username,
        store=store.code,
        added=sorted(after - before),
        removed=sorted(before - after),
    )
