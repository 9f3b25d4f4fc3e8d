"""Users of the whole system, and what they may do in which store, by roles (services/roles.py)."""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central.stores import require_central
from msupply.records.permissions import LEGACY_NUMBERS, Permission
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services.meanwhile import Conflict
from msupply.services.permissions import STORE_ACCESS
from msupply.services.roles import ROLES
from msupply.services.users import check_password, create_user


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
    with transaction.atomic(using=connection.alias):
        user = create_user(connection, username, password)
        user.first_name, user.last_name = first_name or None, last_name or None
        user.job_title, user.language = job_title or None, language
        user.full_clean()
        user.save(using=connection.alias)
    return user


def set_password(connection: BaseDatabaseWrapper, user: User, password: str) -> None:
    """Change a user's password; the sessions with the old one end. Raises ValidationError."""
    require_central(connection)
    check_password(password)
    user.password = make_password(password)
    user.save(using=connection.alias)


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
        revoke(connection, user, store)
        UserStore.objects.using(connection.alias).create(
            user=user, store=store, is_default=first or was_default
        )
        UserPermission.objects.using(connection.alias).bulk_create(
            UserPermission(user=user, store=store, permission=name) for name in sorted(held)
        )


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
        for model in (UserStore, UserPermission):
            model.objects.using(connection.alias).filter(user=user, store=store).delete()
