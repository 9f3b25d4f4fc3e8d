"""Vaccine vial monitors: the levels that they show, and what was read from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import vvm as quirks
from msupply.records.values import DATE_PART, boolean
from msupply.sync.declare import (
    Central,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftRef,
    Store,
    time,
)


class VvmStatus(Record):
    """A level that a monitor shows; the lowest is the freshest."""

    description = models.TextField(_("description"))
    code = models.TextField(_("code"))
    priority = models.IntegerField(_("level"))
    is_active = models.BooleanField(_("active"), default=True)
    unusable = models.BooleanField(_("unusable"), default=False)
    reason = SoftRef("records.ReasonOption", verbose_name=_("reason when unusable"))

    number = 220
    data_types = (20,)
    sync = Central()
    removal = HardDelete()
    legacy = Legacy(
        "vaccine_vial_monitor_status",
        {
            "ID": "id",
            "description": "description",
            "code": "code",
            "level": "priority",
            "is_active": "is_active",
            "unusable": boolean("unusable"),
            "option_id": "reason_id",
        },
    )

    class Meta:
        db_table = "vvm_status"
        verbose_name = _("VVM status")
        verbose_name_plural = _("VVM statuses")


class VvmStatusLog(Record):
    """A status that somebody read from the vials of a stock line."""

    store = Ref("records.Store", verbose_name=_("store"))
    stock_line = Ref("records.StockLine", db_index=True, verbose_name=_("stock line"))
    # A status that was deleted stays in the history.
    status = SoftRef("records.VvmStatus", null=False, verbose_name=_("VVM status"))
    invoice_line = Ref("records.InvoiceLine", null=True, verbose_name=_("invoice line"))
    comment = models.TextField(_("comment"), null=True, blank=True)
    created_by = SoftRef("records.User", null=False, verbose_name=_("read by"))
    created_datetime = models.DateTimeField(_("read at"))

    number = 221
    data_types = (37,)
    sync = Store("store_id", suppressible=True)
    removal = HardDelete()
    permissions = Permissions(view="STOCK_LINE_QUERY", edit="VIEW_AND_EDIT_VVM_STATUS")
    legacy = Legacy(
        "vaccine_vial_monitor_status_log",
        {
            "ID": "id",
            "status_ID": "status_id",
            "item_line_ID": "stock_line_id",
            "comment": "comment",
            "user_ID": "created_by_id",
            "trans_line_ID": "invoice_line_id",
            "store_ID": "store_id",
        },
        sends_deletes=True,
        quirk_keys={"date": DATE_PART, "time": time()},
        decode=quirks.decode_log,
        encode=quirks.encode_log,
    )

    class Meta:
        db_table = "vvm_status_log"
        verbose_name = _("VVM reading")
        verbose_name_plural = _("VVM readings")
