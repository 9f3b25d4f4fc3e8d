"""Logging in: on the central server by its own users, on a remote site by asking the central one.

A good log-in writes its line of the security log alone, unless something about the user has changed:
on SQLite writes wait for whatever is being integrated.
"""

from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from msupply.records.permissions import LEGACY_NUMBERS
from msupply.records.security_log import SecurityEvent
from msupply.records.stores import Store
from msupply.records.users import LONGEST_PASSWORD, User, UserPermission, UserStore
from msupply.services import new_users, permissions, second_factor
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.here import Here
from msupply.wire import security_log, throttle, v4_client
from msupply.wire.messages import UserInfo, UserStoreDetails

LONGEST_NAME = 200


class Reason(Enum):
    """Why somebody may not come in."""

    WRONG = "wrong"
    BLOCKED = "blocked"
    NO_STORE = "no_store"
    UNKNOWN_OFFLINE = "unknown_offline"


_TEXTS = {
    Reason.WRONG: _("The user name or the password is wrong."),
    Reason.BLOCKED: _("Too many wrong passwords. Try again in {seconds} seconds."),
    Reason.NO_STORE: _(
        "You have no access to any store of this site. Ask the central server's administrator."
    ),
    Reason.UNKNOWN_OFFLINE: _(
        "The central server cannot be reached, and you have not logged in here before."
    ),
}


class LogInRefused(Exception):
    """A log-in failed; `wait_seconds` is how long further attempts are pointless."""

    def __init__(self, reason: Reason, wait_seconds: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.wait_seconds = wait_seconds

    def __str__(self) -> str:
        return str(_TEXTS[self.reason]).format(seconds=self.wait_seconds)


def log_in(
    connection: BaseDatabaseWrapper, username: str, password: str, client_address: str
) -> User:
    """Return the user whose name and password these are. Raises LogInRefused."""
    username = username.strip()[:LONGEST_NAME].replace("\0", "")
    try:
        user = _checked(connection, username, password, client_address)
    except LogInRefused as refused:
        _note_refusal(connection, username, refused.reason)
        raise
    # What comes after the password is an event of its own.
    awaits = "second_factor" if second_factor.is_enrolled(connection, user) else None
    security_log.note(connection, SecurityEvent.LOGGED_IN, who=user.username, awaits=awaits)
    return user


def _note_refusal(connection: BaseDatabaseWrapper, username: str, reason: Reason) -> None:
    if reason is Reason.BLOCKED:
        security_log.throttled(connection, username)
        return
    security_log.note(
        connection, SecurityEvent.LOGGED_IN, refused=True, who=username, reason=reason.value
    )


def _checked(
    connection: BaseDatabaseWrapper, username: str, password: str, client_address: str
) -> User:
    if not username or not password or len(password) > LONGEST_PASSWORD:
        raise LogInRefused(Reason.WRONG)
    wait = throttle.wait_seconds(connection, username, client_address)
    if wait:
        raise LogInRefused(Reason.BLOCKED, wait)
    here = instance.load(connection)
    try:
        if here.is_remote:
            user = _user_of_central(connection, here, username, password)
        else:
            user = _user_known_here(connection, username, password)
    except LogInRefused as refused:
        if refused.reason is Reason.WRONG:
            throttle.refused(connection, username, client_address)
        raise
    throttle.let_in(connection, username, client_address)
    if not permissions.has_stores(user):
        raise LogInRefused(Reason.NO_STORE)
    return user


class Backend(BaseBackend):
    """Django's way to the above; sessions hold the id of the user."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **options: Any,
    ) -> User | None:
        """Return the user, None when the log-in is refused."""
        if username is None or password is None:
            return None
        address = request.META.get("REMOTE_ADDR", "") if request else ""
        try:
            return log_in(connections["default"], username, password, address)
        except LogInRefused:
            return None

    def get_user(self, user_id: str) -> User | None:
        """Return the user of a session, None when the user may no longer log in."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def _user_known_here(connection: BaseDatabaseWrapper, username: str, password: str) -> User:
    """Find the user by name and password among those known here."""
    users = User.objects.using(connection.alias).filter(is_active=True)
    candidates = list(users.filter(username=username)) or list(
        users.filter(username__iexact=username)[:5]
    )
    known = [user for user in candidates if user.password]
    # Two users of one name are possible: the password decides.
    for user in known:
        if check_password(password, user.password):
            return user
    if not known:
        # As slow as a wrong password, so that user names cannot be found out.
        make_password(password)
    raise LogInRefused(Reason.WRONG)


def _user_of_central(
    connection: BaseDatabaseWrapper, here: Here, username: str, password: str
) -> User:
    """Ask the central server; when it cannot say, the password that was good last time is good."""
    if new_users.is_of_this_site(connection, username):
        # The central server knows no password of such a user, until somebody gives it one there.
        with suppress(LogInRefused):
            return _user_known_here(connection, username, password)
    try:
        answer = v4_client.log_in(here.central_url, username, password, here.site_name)
    except v4_client.LogInInvalid:
        raise LogInRefused(Reason.WRONG) from None
    except v4_client.LogInBlocked as blocked:
        raise LogInRefused(Reason.BLOCKED, blocked.seconds) from None
    except v4_client.LogInUnavailable:
        users = User.objects.using(connection.alias).filter(username__iexact=username)
        if not users.exclude(password="").exists():
            raise LogInRefused(Reason.UNKNOWN_OFFLINE) from None
        return _user_known_here(connection, username, password)
    assert answer.user_info is not None  # v4_client takes no other answer for one
    return _remember(connection, answer.user_info, password)


def _remember(connection: BaseDatabaseWrapper, info: UserInfo, password: str) -> User:
    """Keep the user, the password's hash, stores and permissions; write only what has changed."""
    details = info.user
    user = User.objects.using(connection.alias).filter(pk=details.id).first()
    values = {
        "username": details.name,
        "is_active": details.active,
        "language": details.language,
        "first_name": details.first_name or None,
        "last_name": details.last_name or None,
        "email": details.e_mail or None,
        "phone_number": details.phone1 or None,
        "job_title": details.job_title or None,
    }
    changed = user is None or any(getattr(user, n) != v for n, v in values.items())
    if user is None:
        user = User(id=details.id)
    for name, value in values.items():
        setattr(user, name, value)
    if not user.password or not check_password(password, user.password):
        user.password, changed = make_password(password), True
    if changed:
        user.last_successful_sync = now()
        user.save(using=connection.alias)
    _remember_stores(connection, user, info.user_stores)
    permissions.forget(user)
    return user


def _remember_stores(
    connection: BaseDatabaseWrapper, user: User, entries: list[UserStoreDetails]
) -> None:
    may_enter = {entry.store_id: entry for entry in entries if entry.can_login}
    known = Store.objects.using(connection.alias).filter(id__in=list(may_enter))
    stores = {store_id: may_enter[store_id] for store_id in known.values_list("id", flat=True)}
    wanted_joins = {store_id: entry.store_default for store_id, entry in stores.items()}
    wanted = {
        (store_id, permission)
        for store_id, entry in stores.items()
        for permission in {permissions.STORE_ACCESS} | granted(entry.permissions)
    }
    joins = UserStore.objects.using(connection.alias).filter(user=user)
    held = UserPermission.objects.using(connection.alias).filter(user=user)
    joins_now = list(joins.values_list("store_id", "is_default"))
    held_now = list(held.values_list("store_id", "permission"))
    if sorted(joins_now) == sorted(wanted_joins.items()) and (
        len(held_now) == len(wanted) and set(held_now) == wanted
    ):
        return
    with transaction.atomic(using=connection.alias):
        joins.delete()
        held.delete()
        UserStore.objects.using(connection.alias).bulk_create(
            UserStore(user=user, store_id=store_id, is_default=is_default)
            for store_id, is_default in wanted_joins.items()
        )
        UserPermission.objects.using(connection.alias).bulk_create(
            UserPermission(user=user, store_id=store_id, permission=permission)
            for store_id, permission in sorted(wanted)
        )


def granted(flags: Sequence[bool]) -> set[str]:
    """Return the permissions that a positional array of legacy permissions grants."""
    held: set[str] = set()
    for number, names in LEGACY_NUMBERS.items():
        if number <= len(flags) and flags[number - 1]:
            held.update(names)
    return held
