"""Who acts on the mSupply central server, and the note of it in the activity log.

The notes belong to no store, so they stay on the central server. A user of None is somebody at the
server's command line.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from msupply.central.stores import require_central
from msupply.records.activity import ActivityLog
from msupply.records.activity_types import ActivityType
from msupply.records.security_log import SecurityEvent
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.records.users import User, UserPermission
from msupply.services import permissions
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.wire import security_log

# What of it belongs into the security log as well.
_SECURITY = {
    ActivityType.STORE_SYNC_TYPE_CHANGED: SecurityEvent.STORE_SYNC_SET,
    ActivityType.STORE_ACTIVE_SITE_CHANGED: SecurityEvent.STORE_SYNC_SET,
    ActivityType.STORE_TRANSACTIONS_IN_SYNC_CHANGED: SecurityEvent.STORE_SYNC_SET,
    ActivityType.STORE_MOVE_STARTED: SecurityEvent.STORE_MOVE_STARTED,
    ActivityType.STORE_MOVE_CANCELLED: SecurityEvent.STORE_MOVE_CANCELLED,
    ActivityType.SITE_RESET: SecurityEvent.SITE_RESET,
    ActivityType.SITE_DELETED: SecurityEvent.SITE_DELETED,
    ActivityType.CENTRAL_SETTING_CHANGED: SecurityEvent.SETTING_CHANGED,
}


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
    event = _SECURITY.get(kind)
    if event is not None:
        security_log.note(
            connection,
            event,
            who=user.username if user is not None else None,
            subject=_named(connection, record_id),
            before=None if old is None else str(old),
            after=None if new is None else str(new),
        )


def _named(connection: BaseDatabaseWrapper, record_id: str) -> str:
    """Return what people call the store or site with an id, or the name of a setting."""
    alias = connection.alias
    store = Store.objects.using(alias).filter(pk=record_id).values_list("code", flat=True).first()
    site = Site.objects.using(alias).filter(pk=record_id).values_list("name", flat=True).first()
    return store or site or record_id
