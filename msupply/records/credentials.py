"""Credentials with which other systems act for a store."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at, deleted_at
from msupply.sync.declare import Legacy, Permissions, Record, Ref, SoftDelete, Store


class StoreCredential(Record):
    """A user name of a store, with the hash of its secret; the secret itself is nowhere."""

    store = Ref("records.Store", verbose_name=_("store"))
    username = models.TextField()
    description = models.TextField(null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Argon2; screens and files leave a column of this name out.
    password = models.TextField(blank=True, default="", editable=False)
    created_datetime = created_at()
    deleted_datetime = deleted_at()

    number = 345
    data_types = (50,)
    sync = Store("store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")
    legacy = Legacy.own("store_credential")

    class Meta:
        db_table = "store_credential"
        verbose_name = _("store credential")
        verbose_name_plural = _("store credentials")
