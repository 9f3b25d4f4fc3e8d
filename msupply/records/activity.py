"""The activity log: who did what, when. Entries are written once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.activity_types import WIRE_NAMES, ActivityType
from msupply.records.values import open_choice
from msupply.sync.declare import Field, Legacy, Permissions, Record, Ref, SoftRef, Store


class ActivityLog(Record):
    """One thing that a user did to a record."""

    type = models.TextField(choices=ActivityType)
    user = SoftRef("records.User", verbose_name=_("user"))
    store = Ref("records.Store", null=True, verbose_name=_("store"))
    record_id = models.TextField(_("record"), null=True, blank=True, db_index=True)
    datetime = models.DateTimeField(_("at"))
    changed_from = models.TextField(_("from"), null=True, blank=True)
    changed_to = models.TextField(_("to"), null=True, blank=True)

    number = 115
    data_types = (62,)
    sync = Store("store_id")
    written_once = True
    permissions = Permissions(view="LOG_QUERY", edit="STORE_ACCESS")
    legacy = Legacy(
        "om_activity_log",
        {
            "ID": "id",
            # Newer sites have more types.
            "type": Field("type", open_choice(WIRE_NAMES)),
            "user_ID": "user_id",
            "store_ID": "store_id",
            "record_ID": "record_id",
            "datetime": "datetime",
            "changed_to": "changed_to",
            "changed_from": "changed_from",
        },
    )

    class Meta:
        db_table = "activity_log"
        verbose_name = _("activity")
        verbose_name_plural = _("activity log")
