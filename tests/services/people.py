"""Users of the tests, and what they may do."""

from msupply.records.users import UserPermission, UserStore
from msupply.services.users import create_user

ADMIN = "ada"
PASSWORD = "correct horse"


def make_user(connection, name, store, *permissions, password=PASSWORD):
    """Create a user with permissions in a store."""
    user = create_user(connection, name, password)
    UserStore.objects.using(connection.alias).create(user=user, store=store, is_default=True)
    for permission in ("STORE_ACCESS", *permissions):
        UserPermission.objects.using(connection.alias).create(
            user=user, store=store, permission=permission
        )
    return user
