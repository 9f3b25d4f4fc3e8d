"""Nobody takes from themselves the administration of a server: another administrator can."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.users import User, UserPermission, UserStore
from msupply.services import permissions

# What decides on who may enter and administer.
_DECIDING: tuple[type[models.Model], ...] = (User, UserPermission, UserStore)


@contextmanager
def kept(
    connection: BaseDatabaseWrapper,
    user: User | None,
    store_id: str | None,
    model: type[models.Model] = UserPermission,
) -> Iterator[None]:
    """Let a user change records of this type, but not so that their own right is gone.

    `user` is None for who works at the command line. Inside a transaction. Raises ValidationError.
    """
    if user is None or model not in _DECIDING or not _administers(user, store_id):
        yield
        return
    yield
    permissions.forget(user)
    now = User.objects.using(connection.alias).filter(pk=user.pk).first()
    if now is None or not _administers(now, store_id):
        raise ValidationError(
            _(
                "With this you would lose the administration of this server. Another"
                " administrator can take it from you."
            )
        )


def _administers(user: User, store_id: str | None) -> bool:
    is_in = store_id is None or permissions.store_of(user, store_id) is not None
    return is_in and permissions.allowed(user, store_id, permissions.SERVER_ADMIN)
