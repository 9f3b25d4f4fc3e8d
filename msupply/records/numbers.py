"""The last number that a store gave to each kind of document."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Legacy, Permissions, Record, Ref, Store


class Number(Record):
    """A counter of one kind of document; it travels so that a new installation goes on counting."""

    store = Ref("records.Store", verbose_name=_("store"))
    # INBOUND_SHIPMENT and the like, or PROGRAM_ with the name of a programme.
    type = models.TextField()
    value = models.IntegerField()

    number = 360
    data_types = (40,)
    sync = Store("store_id", suppressible=True)
    permissions = Permissions(edit="SERVER_ADMIN")
    legacy = Legacy.own("number")

    class Meta:
        db_table = "number"
        verbose_name = _("number counter")
        verbose_name_plural = _("number counters")
