"""The padlock before sync settings: whoever changes them gives the own password again."""

from datetime import timedelta

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.central import acting
from msupply.records.security_log import SecurityEvent
from msupply.records.users import User
from msupply.services import own_password

# How long a surface may remember that somebody has unlocked.
LASTS = timedelta(minutes=10)


def unlock(connection: BaseDatabaseWrapper, user: User, password: str, client_address: str) -> None:
    """Check the user's own password; wrong ones in a row make the next wait.

    Raises EditRefused, PermissionMissing, or ValidationError on `password`.
    """
    acting.require(connection, user)
    event = SecurityEvent.UNLOCKED
    own_password.confirm(connection, user, password, client_address, event=event)
