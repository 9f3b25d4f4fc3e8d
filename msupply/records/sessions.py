"""Sessions of people who are logged in; Django's, with whose they are."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """One browser that somebody has logged in with. Never travels.

    The further columns repeat what the session itself holds, so that a user's can be found.
    """

    # No foreign key: users come and go by sync. Empty before log-in.
    user_id = models.TextField(default="", db_index=True)
    began_at = models.DateTimeField(null=True)
    address = models.TextField(default="")
    browser = models.TextField(default="")

    class Meta(AbstractBaseSession.Meta):
        db_table = "session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return what reads and writes sessions."""
        from django.conf import settings
        from django.utils.module_loading import import_string

        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
