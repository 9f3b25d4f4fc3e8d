"""Users: who they are, and what they may do in which store."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.permissions import Permission
from msupply.records.values import boolean
from msupply.sync.declare import (
    Central,
    Field,
    HardDelete,
    Legacy,
    LocalOnly,
    Permissions,
    Record,
    Ref,
    SoftRef,
    choice,
)
from msupply.sync.declare.policy import Editor

# In characters. Hashing must not become a way to keep a server busy: longer ones are nobody's.
LONGEST_PASSWORD = 1_000


class Language(models.IntegerChoices):
    """Languages by their number on the wire; any other number means English."""

    ENGLISH = 0, _("English")
    FRENCH = 1, _("French")
    SPANISH = 2, _("Spanish")
    LAO = 3, _("Lao")
    KHMER = 4, _("Khmer")
    PORTUGUESE = 5, _("Portuguese")
    RUSSIAN = 6, _("Russian")
    TETUM = 7, _("Tetum")


LANGUAGE_CODES = {0: "en", 1: "fr", 2: "es", 3: "lo", 4: "km", 5: "pt", 6: "ru", 7: "tet"}


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user with a hashed password."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Record, AbstractBaseUser):
    """Somebody who logs in. Passwords never travel: each site keeps a hash of its own."""

    # No unique constraint: one doubled name must not fail a whole batch. Log-in takes care.
    username = models.TextField(db_index=True)
    email = models.TextField(_("e-mail"), null=True, blank=True)
    language = models.IntegerField(choices=Language, default=Language.ENGLISH)
    first_name = models.TextField(_("first name"), null=True, blank=True)
    last_name = models.TextField(_("last name"), null=True, blank=True)
    phone_number = models.TextField(_("phone"), null=True, blank=True)
    job_title = models.TextField(_("job title"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    password = models.TextField(default="", blank=True, editable=False)
    # Django would write it at every log-in: a write on the path that must not wait, and a change
    # of the record that would travel to every site.
    last_login = None
    # When the permissions were last fetched from the central server.
    last_successful_sync = models.DateTimeField(null=True, blank=True, editable=False)

    number = 60
    data_types = (57, 58)
    sync = Central()
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")
    legacy = Legacy(
        "user",
        {
            "ID": "id",
            "name": "username",
            "e_mail": "email",
            "Language": "language",
            "first_name": "first_name",
            "last_name": "last_name",
            "phone1": "phone_number",
            "job_title": "job_title",
            "active": boolean("is_active", default=True),
        },
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        db_table = "user_account"
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def get_full_name(self) -> str:
        """Return first and last name, or the username where there is neither."""
        return f"{self.first_name or ''} {self.last_name or ''}".strip() or self.username

    def get_short_name(self) -> str:
        """Return the first name, or the username where there is none."""
        return self.first_name or self.username


class DocumentPermission(Record):
    """A right to the documents of one programme."""

    class Kind(models.TextChoices):
        DOCUMENT_QUERY = "DOCUMENT_QUERY", _("View documents")
        DOCUMENT_MUTATE = "DOCUMENT_MUTATE", _("Edit documents")

    user = SoftRef("records.User", verbose_name=_("user"))
    store = Ref("records.Store", null=True, verbose_name=_("store"))
    permission = models.TextField(choices=Kind)
    # A programme, or one of the contexts that are built in.
    context = SoftRef("records.MasterList", verbose_name=_("programme"))

    number = 61
    data_types = (56,)
    sync = Central()
    removal = HardDelete()
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")
    legacy = Legacy(
        "om_user_permission",
        {
            "ID": "id",
            "user_ID": "user_id",
            "store_ID": "store_id",
            "permission": Field(
                "permission",
                choice({"DocumentQuery": "DOCUMENT_QUERY", "DocumentMutate": "DOCUMENT_MUTATE"}),
            ),
            "context_ID": "context_id",
        },
    )

    class Meta:
        db_table = "document_permission"
        verbose_name = _("programme permission")
        verbose_name_plural = _("programme permissions")


class UserStore(Record):
    """A store that a user may enter."""

    user = Ref("records.User", verbose_name=_("user"))
    store = Ref("records.Store", verbose_name=_("store"))
    is_default = models.BooleanField(_("default store"), default=False)

    number = 62
    data_types = (56,)
    sync = LocalOnly(
        "Set on the central server; a site fetches it when the user logs in.",
        editor=Editor.CENTRAL,
    )
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")

    class Meta:
        db_table = "user_store_join"
        verbose_name = _("store of a user")
        verbose_name_plural = _("stores of users")
        indexes: ClassVar = [models.Index("user", "store", name="user_store_join_pair")]


class UserPermission(Record):
    """A permission that a user has in a store, or everywhere when it names none."""

    user = Ref("records.User", verbose_name=_("user"))
    store = Ref("records.Store", null=True, verbose_name=_("store"))
    permission = models.TextField(choices=Permission)

    number = 63
    data_types = (56,)
    sync = LocalOnly(
        "Set on the central server; a site fetches it when the user logs in.",
        editor=Editor.CENTRAL,
    )
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")

    class Meta:
        db_table = "user_permission"
        verbose_name = _("permission of a user")
        verbose_name_plural = _("permissions of users")
        indexes: ClassVar = [
            models.Index("user", "store", "permission", name="user_permission_held")
        ]
