"""Preferences of Open mSupply, for all stores or for one; set on the central server."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import JsonText
from msupply.sync.declare import CentralStore, HardDelete, Modern, Record, Ref


class Preference(Record):
    """One preference. Ids are `<key>_global` and `<key>_<store id>`."""

    key = models.TextField()
    value = JsonText()
    store = Ref("records.Store", null=True, verbose_name=_("store"))

    number = 175
    data_types = (26, 55)
    sync = CentralStore("store_id", everywhere_without_store=True)
    removal = HardDelete()
    modern = Modern("preference", sends_deletes=True)

    class Meta:
        db_table = "preference"
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
