"""Making users of the system of those whom sites have created."""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.central import acting
from msupply.records.activity_types import ActivityType
from msupply.records.new_users import NewUser
from msupply.records.security_log import SecurityEvent
from msupply.records.users import User, UserPermission, UserStore
from msupply.services.permissions import STORE_ACCESS
from msupply.sync import here as instance
from msupply.wire import security_log


def take_over(connection: BaseDatabaseWrapper) -> int:
    """Create the accounts that are missing; return how many.

    An account has no password, so it opens nothing here until somebody gives it one, and access to
    no store but its own. Of two users of one name both are kept: log-in tells them apart.
    """
    alias = connection.alias
    if not instance.load(connection).is_central:
        return 0
    known = User.objects.using(alias).values("pk")
    missing = list(NewUser.objects.using(alias).exclude(user__in=known).order_by("pk"))
    for new in missing:
        with transaction.atomic(using=alias):
            user = User.objects.using(alias).create(
                id=new.user_id,
                username=new.username,
                first_name=new.first_name,
                last_name=new.last_name,
                email=new.email,
                phone_number=new.phone_number,
                job_title=new.job_title,
                language=new.language,
            )
            UserStore.objects.using(alias).create(user=user, store_id=new.store_id, is_default=True)
            UserPermission.objects.using(alias).create(
                user=user, store_id=new.store_id, permission=STORE_ACCESS
            )
            acting.note(connection, None, ActivityType.USER_TAKEN_OVER, user.pk, None, new.username)
            security_log.note(
                connection, SecurityEvent.USER_CREATED, user=new.username, store=new.store.code
            )
    return len(missing)
