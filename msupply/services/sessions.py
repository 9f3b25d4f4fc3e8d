"""Sessions: Django's, kept in the database with whose they are, so that they can be ended.

A page reads its session and writes nothing: on SQLite a write would wait for whatever is being
integrated. So when somebody was last here stands in a cookie (web/idle.py), not here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from msupply.records.sessions import Session
from msupply.records.users import User
from msupply.sync.clock import now

# What a session holds of its beginning.
BEGAN_AT, ADDRESS, BROWSER = "began_at", "address", "browser"
_USER = "_auth_user_id"


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of a session."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of a session."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user_id = data.get(_USER, "")
        began = data.get(BEGAN_AT)
        row.began_at = datetime.fromisoformat(began) if began else None
        row.address, row.browser = data.get(ADDRESS, ""), data.get(BROWSER, "")
        return row


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner sees it; `name` tells it from others without opening it."""

    name: str
    began_at: datetime | None
    address: str
    browser: str
    is_this: bool


def of_user(connection: BaseDatabaseWrapper, user: User, this: str | None) -> list[OwnSession]:
    """Return the sessions of a user, the latest first; `this` is the key of the present one."""
    return [
        OwnSession(
            _name(row.session_key),
            row.began_at,
            row.address,
            row.browser,
            row.session_key == this,
        )
        for row in _living(connection, user).order_by("-began_at")
    ]


def end(connection: BaseDatabaseWrapper, user: User, name: str) -> bool:
    """End one session of a user; False when there is no such one."""
    rows = _living(connection, user)
    keys = [key for key in rows.values_list("session_key", flat=True) if _name(key) == name]
    return bool(rows.filter(session_key__in=keys).delete()[0])


def end_all(connection: BaseDatabaseWrapper, user: User, but: str | None = None) -> int:
    """End all sessions of a user but the one with a key; return how many."""
    return _living(connection, user).exclude(session_key=but or "").delete()[0]


def remove_expired(connection: BaseDatabaseWrapper) -> int:
    """Remove sessions that are over; return how many."""
    rows = Session.objects.using(connection.alias).filter(expire_date__lt=now())
    # Where there are none nothing is written.
    return rows.delete()[0] if rows.exists() else 0


def _living(connection: BaseDatabaseWrapper, user: User) -> QuerySet[Session]:
    rows = Session.objects.using(connection.alias)
    return rows.filter(user_id=user.pk, expire_date__gt=now())


def _name(key: str) -> str:
    """Return what stands for a session in a page: whoever reads it cannot take the session over."""
    return salted_hmac("msupply.session", key, algorithm="sha256").hexdigest()[:20]
