"""New users, and what makes a password good; users of a remote site are in new_users.py."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.permissions import Permission
from msupply.records.security_log import SecurityEvent
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.wire import security_log

SHORTEST_PASSWORD = 6


def create_user(connection: BaseDatabaseWrapper, username: str, password: str) -> User:
    """Create a user who may do nothing yet. Raises ValidationError."""
    username = username.strip()
    errors = {}
    users = User.objects.using(connection.alias)
    if not username or "\0" in username or len(username) > 200:
        errors["username"] = _("Enter a user name of up to 200 characters.")
    elif users.filter(username__iexact=username).exists():
        errors["username"] = _("There is a user “{name}” already.").format(name=username)
    if fault := fault_of_password(password):
        errors["password"] = fault
    if errors:
        raise ValidationError(errors)
    user = users.create(username=username, password=make_password(password))
    security_log.note(connection, SecurityEvent.USER_CREATED, user=username)
    return user


def fault_of_password(password: str) -> str:
    """Return what is wrong with a password of a user or a site, nothing for a good one."""
    if len(password) < SHORTEST_PASSWORD:
        return _("The password must have at least {n} characters.").format(n=SHORTEST_PASSWORD)
    return ""


def check_password(password: str) -> None:
    """Raise ValidationError for a password that is not good."""
    if fault := fault_of_password(password):
        raise ValidationError({"password": fault})


def give_all_permissions(connection: BaseDatabaseWrapper, user: User, store: Store) -> None:
    """Let a user do everything in a store, and on the server."""
    UserStore.objects.using(connection.alias).create(user=user, store=store, is_default=True)
    UserPermission.objects.using(connection.alias).bulk_create(
        UserPermission(user=user, store=store, permission=permission)
        for permission in Permission.values
    )
    security_log.note(
        connection,
        SecurityEvent.RIGHTS_CHANGED,
        user=user.username,
        store=store.code,
        added=sorted(Permission.values),
    )
