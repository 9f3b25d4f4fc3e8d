"""Who acts on the mSupply central server, and the note of it in the activity log.

The notes belong to no store, so they stay on the central server. A user of None is somebody at the
server's command line.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from msupply.central.stores import require_central
from msupply.records.activity import ActivityLog
from msupply.records.activity_types import ActivityType
from msupply.records.users import User, UserPermission
from msupply.services import permissions
from msupply.sync import here as instance
from msupply.sync.clock import now


def require(
    connection: BaseDatabaseWrapper,
    user: User | None,
    permission: str = permissions.SERVER_ADMIN,
) -> None:
    """Raise EditRefused on another server, PermissionMissing for a user without the permission."""
    require_central(connection)
    if user is not None:
        permissions.require(user, None, permission)


def is_last_administered(connection: BaseDatabaseWrapper, store_id: str) -> bool:
    """Tell whether this server is administered by users of this store alone."""
    own = Q(store__site_id=instance.load(connection).site_id, store__is_disabled=False)
    held = UserPermission.objects.using(connection.alias).filter(
        Q(store=None) | own, user__is_active=True, permission=permissions.SERVER_ADMIN
    )
    return set(held.values_list("store_id", flat=True).distinct()) == {store_id}


def note(
    connection: BaseDatabaseWrapper,
    user: User | None,
    kind: ActivityType,
    record_id: str,
    old: object = None,
    new: object = None,
) -> None:
    """Write down what was changed, from what to what, by whom and when."""
    ActivityLog.objects.using(connection.alias).create(
        type=kind,
        user_id=None if user is None else user.pk,
        record_id=record_id,
        datetime=now(),
        changed_from=None if old is None else str(old),
        changed_to=None if new is None else str(new),
    )
