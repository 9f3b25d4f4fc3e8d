"""Messages between stores."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import messages as quirks
from msupply.records.values import PLAIN_DATE_PART, open_choice
from msupply.sync.declare import (
    Field,
    Legacy,
    Message,
    Record,
    Ref,
    choice,
    time,
)


class SyncMessage(Record):
    """A message from one store to another; either may be blank."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        PROCESSED = "PROCESSED", _("Processed")

    to_store = Ref("records.Store", null=True, verbose_name=_("to store"))
    from_store = Ref("records.Store", null=True, verbose_name=_("from store"))
    # A sentence, or any other JSON as its text.
    body = models.TextField()
    created_datetime = models.DateTimeField(_("created at"))
    status = models.TextField(choices=Status, default=Status.NEW)
    # REQUEST_FIELD_CHANGE, or any other text.
    type = models.TextField()
    error_message = models.TextField(_("error"), null=True, blank=True)

    number = 85
    data_types = (25,)
    sync = Message("to_store_id", "from_store_id")
    legacy = Legacy(
        "message",
        {
            "ID": "id",
            "toStoreID": "to_store_id",
            "fromStoreID": "from_store_id",
            "body": Field("body", quirks.BODY),
            "status": Field("status", choice({"new": "NEW", "processed": "PROCESSED"})),
            "type": Field("type", open_choice({"RequestFieldChange": "REQUEST_FIELD_CHANGE"})),
            "error_message": "error_message",
        },
        quirk_keys={"createdDate": PLAIN_DATE_PART, "createdTime": time()},
        decode=quirks.decode_message,
        encode=quirks.encode_message,
    )

    class Meta:
        db_table = "sync_message"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
