"""Users created at a site, who can work there at once (domain.md A.2, row 58).

Password and permissions are the site's own. The central server learns of the person once, and makes
an account of it (central/new_users.py); when it gives that account a password, its word counts.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.new_users import NewUser
from msupply.records.security_log import SecurityEvent
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission, UserStore
from msupply.services import permissions
from msupply.services.users import create_user
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.wire import security_log


def add(
    connection: BaseDatabaseWrapper,
    creator: User,
    store_id: str,
    username: str,
    password: str,
    granted: Iterable[str] = (),
    *,
    first_name: str = "",
    last_name: str = "",
    job_title: str = "",
) -> User:
    """Create a user of this remote site with permissions in one of its stores.

    Nobody can give what they don't have there. Raises PermissionMissing, or ValidationError with a
    message per field.
    """
    permissions.require(creator, store_id, permissions.SERVER_ADMIN)
    wanted = {permissions.STORE_ACCESS, *granted}
    for permission in sorted(wanted):
        permissions.require(creator, store_id, permission)
    if not instance.load(connection).is_remote:
        raise ValidationError(_("Users of the whole system are created on the central server."))
    alias = connection.alias
    with transaction.atomic(using=alias):
        user = create_user(
            connection,
            username,
            password,
            first_name=first_name,
            last_name=last_name,
            job_title=job_title,
        )
        UserStore.objects.using(alias).create(user=user, store_id=store_id, is_default=True)
        UserPermission.objects.using(alias).bulk_create(
            UserPermission(user=user, store_id=store_id, permission=permission)
            for permission in sorted(wanted)
        )
        NewUser.objects.using(alias).create(
            user=user,
            store_id=store_id,
            username=user.username,
            first_name=user.first_name,
            last_name=user.last_name,
            job_title=user.job_title,
            created_datetime=now(),
        )
        security_log.note(
            connection,
            SecurityEvent.RIGHTS_CHANGED,
            user=user.username,
            store=Store.objects.using(alias).get(pk=store_id).code,
            added=sorted(wanted),
        )
    return user


def is_of_this_site(connection: BaseDatabaseWrapper, username: str) -> bool:
    """True for the name of a user who was created here, until the central server has let it in."""
    users = User.objects.using(connection.alias).filter(
        username__iexact=username, last_successful_sync__isnull=True
    )
    created = NewUser.objects.using(connection.alias)
    return created.filter(user__in=users.values("pk")).exists()
