"""The second factor: after the password, a one-time code of an app (TOTP, RFC 6238).

Only log-in to the pages of the central server asks for it. Sites, of which many are other programs,
ask about users by a name and a password alone (V4) and could not.
"""

import secrets
from base64 import b32encode
from datetime import UTC

import pyotp
import segno
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from msupply.records.second_factors import RecoveryCode, SecondFactor
from msupply.records.security_log import SecurityEvent
from msupply.records.users import User
from msupply.services import own_password, passwords
from msupply.sync.clock import now
from msupply.wire import security_log, throttle

RECOVERY_CODES = 10
# Clocks of telephones differ: the steps of thirty seconds before and after are good too.
_STEPS = (0, -1, 1)
_LONGEST_CODE = 100


def new_nonce() -> str:
    """Return what a new secret is made of."""
    return secrets.token_urlsafe(24)


def secret(nonce: str) -> str:
    """Return a secret as apps take it.

    It follows from the instance's secret key, so that a copy of the database alone opens nothing.
    """
    key = salted_hmac("msupply.second_factor", nonce, algorithm="sha256").digest()
    return b32encode(key[:20]).decode()


def qr_svg(user: User, issuer: str, nonce: str) -> str:
    """Return the QR code that an app reads, as an SVG element."""
    uri = pyotp.TOTP(secret(nonce)).provisioning_uri(name=user.username, issuer_name=issuer)
    return segno.make(uri, micro=False).svg_inline(scale=4)


def is_enrolled(connection: BaseDatabaseWrapper, user: User) -> bool:
    """Tell whether log-in asks this user for a code."""
    return SecondFactor.objects.using(connection.alias).filter(pk=user.pk).exists()


def enrol(connection: BaseDatabaseWrapper, user: User, nonce: str, code: str) -> list[str]:
    """Ask for codes from now on, once the app has shown a good one; return the recovery codes.

    They are readable here for the only time. Raises ValidationError on `code`.
    """
    _wait_if_guessed(connection, user)
    step = _step_of(nonce, _plain(code))
    if step is None:
        raise _refused(connection, user)
    codes = [passwords.made_up() for _n in range(RECOVERY_CODES)]
    hashes = [make_password(_plain(code)) for code in codes]
    with transaction.atomic(using=connection.alias):
        _row, is_new = SecondFactor.objects.using(connection.alias).get_or_create(
            user_id=user.pk, defaults={"nonce": nonce, "last_step": step, "created_at": now()}
        )
        if not is_new:
            raise ValidationError(_("You have a second factor already. Remove it first."))
        RecoveryCode.objects.using(connection.alias).bulk_create(
            RecoveryCode(user_id=user.pk, hashed=hashed) for hashed in hashes
        )
        security_log.note(connection, SecurityEvent.SECOND_FACTOR_SET, user=user.username)
    return codes


def check(connection: BaseDatabaseWrapper, user: User, code: str) -> None:
    """Take a code of the app, or a recovery code, which is used up.

    Wrong ones in a row make the next wait, from wherever they come: who gets here knows the
    password. Raises ValidationError on `code`.
    """
    _wait_if_guessed(connection, user)
    plain = _plain(code)
    if not (_takes_code(connection, user, plain) or _takes_recovery(connection, user, plain)):
        raise _refused(connection, user)
    throttle.let_in(connection, user.pk, _place(user))
    security_log.note(connection, SecurityEvent.SECOND_FACTOR_GIVEN, who=user.username)


def remove(
    connection: BaseDatabaseWrapper, user: User, password: str, code: str, client_address: str
) -> None:
    """Ask for codes no more. Raises ValidationError on `password` or `code`."""
    own_password.confirm(connection, user, password, client_address)
    check(connection, user, code)
    forget(connection, user)


def forget(connection: BaseDatabaseWrapper, user: User) -> bool:
    """Remove what is known of a user's second factor; False when there is nothing."""
    with transaction.atomic(using=connection.alias):
        RecoveryCode.objects.using(connection.alias).filter(user_id=user.pk).delete()
        was_there = SecondFactor.objects.using(connection.alias).filter(pk=user.pk).delete()[0] > 0
        if was_there:
            security_log.note(connection, SecurityEvent.SECOND_FACTOR_REMOVED, user=user.username)
        return was_there


def recovery_codes_left(connection: BaseDatabaseWrapper, user: User) -> int:
    """Return how many recovery codes a user has not used."""
    return RecoveryCode.objects.using(connection.alias).filter(user_id=user.pk).count()


def _takes_code(connection: BaseDatabaseWrapper, user: User, code: str) -> bool:
    rows = SecondFactor.objects.using(connection.alias).filter(pk=user.pk)
    row = rows.first()
    step = None if row is None else _step_of(row.nonce, code)
    # Good once, also of two who send the same code at the same moment.
    return step is not None and bool(rows.filter(last_step__lt=step).update(last_step=step))


def _takes_recovery(connection: BaseDatabaseWrapper, user: User, code: str) -> bool:
    if len(code) != len(_plain(passwords.made_up())):
        return False
    rows = RecoveryCode.objects.using(connection.alias).filter(user_id=user.pk)
    for row in rows:
        if check_password(code, row.hashed):
            return bool(rows.filter(pk=row.pk).delete()[0])
    return False


def _step_of(nonce: str, code: str) -> int | None:
    """Return the time step that a code belongs to, None for a code that is not good now."""
    if not (code.isascii() and code.isdecimal()):
        return None
    totp = pyotp.TOTP(secret(nonce))
    present = totp.timecode(now().replace(tzinfo=UTC))
    for step in (present + near for near in _STEPS):
        if secrets.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def _wait_if_guessed(connection: BaseDatabaseWrapper, user: User) -> None:
    wait = throttle.wait_seconds(connection, user.pk, _place(user))
    if wait:
        security_log.throttled(connection, user.username)
        text = _("Too many wrong codes. Try again in {seconds} seconds.")
        raise ValidationError({"code": text.format(seconds=wait)})


def _refused(connection: BaseDatabaseWrapper, user: User) -> ValidationError:
    throttle.refused(connection, user.pk, _place(user))
    security_log.note(
        connection, SecurityEvent.SECOND_FACTOR_GIVEN, refused=True, who=user.username
    )
    return ValidationError({"code": _("The code is wrong, or it has been used.")})


def _place(user: User) -> str:
    """Return what stands for an address where codes are counted: each user has one such place."""
    return f"second factor of {user.pk}"


def _plain(code: str) -> str:
    return "".join(letter for letter in code[:_LONGEST_CODE].lower() if letter.isalnum())
