"""New users; those of a remote site are in new_users.py."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.permissions import Permission
from msupply.records.security_log import SecurityEvent
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services import passwords
from msupply.wire import security_log


def create_user(
    connection: BaseDatabaseWrapper,
    username: str,
    password: str,
    *,
    first_name: str = "",
    last_name: str = "",
    job_title: str = "",
    language: int = 0,
) -> User:
    """Create a user who may do nothing yet. Raises ValidationError."""
    user = User(
        username=username.strip(),
        first_name=first_name or None,
        last_name=last_name or None,
        job_title=job_title or None,
        language=language,
    )
    errors: dict[str, str | list[str]] = {}
    named = User.objects.using(connection.alias).filter(username__iexact=user.username)
    if not user.username or "\0" in user.username or len(user.username) > 200:
        errors["username"] = _("Enter a user name of up to 200 characters.")
    elif named.exists():
        errors["username"] = _("There is a user “{name}” already.").format(name=user.username)
    try:
        passwords.check(connection, password, user)
    except ValidationError as error:
        errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    user.password = make_password(password)
    user.clean_fields()
    user.save(using=connection.alias)
    security_log.note(connection, SecurityEvent.USER_CREATED, user=user.username)
    return user


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
