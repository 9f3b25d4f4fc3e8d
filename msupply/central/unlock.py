"""The padlock before sync settings: whoever changes them gives the own password again."""

from datetime import timedelta

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting
from msupply.records.security_log import SecurityEvent
from msupply.records.users import User
from msupply.services.log_in import LONGEST_PASSWORD
from msupply.wire import security_log, throttle

# How long a surface may remember that somebody has unlocked.
LASTS = timedelta(minutes=10)


def unlock(connection: BaseDatabaseWrapper, user: User, password: str, client_address: str) -> None:
    """Check the user's own password; wrong ones in a row make the next wait.

    Raises EditRefused, PermissionMissing, or ValidationError on `password`.
    """
    acting.require(connection, user)
    wait = throttle.wait_seconds(connection, user.username, client_address)
    if wait:
        security_log.throttled(connection, user.username)
        text = _("Too many wrong passwords. Try again in {seconds} seconds.")
        raise ValidationError({"password": text.format(seconds=wait)})
    if len(password) > LONGEST_PASSWORD or not check_password(password, user.password):
        throttle.refused(connection, user.username, client_address)
        security_log.note(connection, SecurityEvent.UNLOCKED, refused=True, who=user.username)
        raise ValidationError({"password": _("The password is wrong.")})
    throttle.let_in(connection, user.username, client_address)
    security_log.note(connection, SecurityEvent.UNLOCKED, who=user.username)
