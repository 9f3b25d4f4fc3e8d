"""A user's own password: given again before what matters, and changed."""

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.security_log import SecurityEvent
from msupply.records.users import LONGEST_PASSWORD, User
from msupply.services import new_users, passwords
from msupply.sync import here as instance
from msupply.wire import security_log, throttle


def confirm(
    connection: BaseDatabaseWrapper,
    user: User,
    password: str,
    client_address: str,
    field: str = "password",
    event: SecurityEvent = SecurityEvent.PASSWORD_GIVEN,
) -> None:
    """Check that a password is the user's own; wrong ones in a row make the next wait.

    The security log has it as `event`. Raises ValidationError on `field`.
    """
    wait = throttle.wait_seconds(connection, user.username, client_address)
    if wait:
        security_log.throttled(connection, user.username)
        text = _("Too many wrong passwords. Try again in {seconds} seconds.")
        raise ValidationError({field: text.format(seconds=wait)})
    if len(password) > LONGEST_PASSWORD or not check_password(password, user.password):
        throttle.refused(connection, user.username, client_address)
        security_log.note(connection, event, refused=True, who=user.username)
        raise ValidationError({field: _("The password is wrong.")})
    throttle.let_in(connection, user.username, client_address)
    security_log.note(connection, event, who=user.username)


def is_changed_here(connection: BaseDatabaseWrapper, user: User) -> bool:
    """Tell whether a user's password can be changed on this instance, for good.

    A remote site asks the central server about each log-in, and has no way to tell it a password. Of
    a user that the site has created that server knows none, until somebody gives it one there.
    """
    if not instance.load(connection).is_remote:
        return True
    return new_users.is_of_this_site(connection, user.username)


def change(
    connection: BaseDatabaseWrapper, user: User, old: str, new: str, client_address: str
) -> None:
    """Give the user another password. Raises ValidationError on `old` or `password`."""
    if not is_changed_here(connection, user):
        raise ValidationError(_("Your password is changed on the central server."))
    confirm(connection, user, old, client_address, "old")
    passwords.check(connection, new, user)
    if check_password(new, user.password):
        raise ValidationError({"password": _("This is the password that you have.")})
    user.password = make_password(new)
    user.save(using=connection.alias, update_fields=["password"])
    security_log.note(connection, SecurityEvent.PASSWORD_SET, user=user.username)
