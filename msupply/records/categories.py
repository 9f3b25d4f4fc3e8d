"""Categories of transactions and of purchase orders."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.records.invoices import InvoiceType
from msupply.sync.declare import Central, Legacy, Record, SoftDelete


class TransactionCategory(Record):
    """A category of transactions of one type, such as donations among the inbound shipments."""

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    type = models.TextField(choices=InvoiceType)
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 313
    data_types = (7,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("transaction_category")

    class Meta:
        db_table = "transaction_category"
        verbose_name = _("transaction category")
        verbose_name_plural = _("transaction categories")


class PurchaseOrderCategory(Record):
    """A category of purchase orders."""

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 314
    data_types = (8,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("purchase_order_category")

    class Meta:
        db_table = "purchase_order_category"
        verbose_name = _("purchase order category")
        verbose_name_plural = _("purchase order categories")
