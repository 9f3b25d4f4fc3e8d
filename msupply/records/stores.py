"""Stores and their preferences as the legacy central server keeps them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import (
    JSON,
    Central,
    CentralStore,
    Field,
    HardDelete,
    Legacy,
    Record,
    Ref,
    SoftRef,
    StoreColumns,
    choice,
)


class StoreMode(models.TextChoices):
    STORE = "STORE", _("Store")
    DISPENSARY = "DISPENSARY", _("Dispensary")


class Store(Record):
    """A unit that owns stock and transactions; always paired with a name of type store."""

    name = Ref("records.Name", db_index=True, verbose_name=_("name"))
    code = models.TextField()
    # The number of the site where the store is active, whether that site is known here or not.
    # It is changed by moving the store (central/store_move.py), never as a value of the record.
    site_id = models.IntegerField(_("site"), default=0, db_index=True, editable=False)
    logo = models.TextField(null=True, blank=True)
    store_mode = models.TextField(_("mode"), choices=StoreMode, default=StoreMode.STORE)
    created_date = models.DateField(_("created on"), null=True, blank=True)
    is_disabled = models.BooleanField(_("disabled"), default=False)

    number = 10
    data_types = (26,)
    sync = Central()
    stores = StoreColumns(site="site_id", name="name_id", dispensary="store_mode = 'DISPENSARY'")
    removal = HardDelete()
    legacy = Legacy(
        "store",
        {
            "ID": "id",
            "name_ID": "name_id",
            "code": "code",
            "sync_id_remote_site": "site_id",
            "logo": "logo",
            "store_mode": Field(
                "store_mode", choice({"store": "STORE", "dispensary": "DISPENSARY"})
            ),
            "created_date": "created_date",
            "disabled": "is_disabled",
        },
    )

    class Meta:
        db_table = "store"
        verbose_name = _("store")
        verbose_name_plural = _("stores")


class StorePreference(Record):
    """The legacy preferences of a store, as one JSON object (sync-v5.md, table pref)."""

    store = SoftRef("records.Store", verbose_name=_("store"))
    type = models.TextField(default="store_preferences")
    data = models.TextField(null=True, blank=True)

    number = 11
    data_types = (26,)
    sync = CentralStore("store_id", everywhere_without_store=True)
    # The record id stands in the envelope only: senders differ in whether they repeat it inside.
    legacy = Legacy("pref", {"store_ID": "store_id", "item": "type", "data": Field("data", JSON)})

    class Meta:
        db_table = "store_preference"
        verbose_name = _("store preferences")
        verbose_name_plural = _("store preferences")
