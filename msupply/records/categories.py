"""Categories of transactions and of purchase orders."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.records.invoices import InvoiceType
from msupply.sync.declare import (
    Central,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    Store,
)


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


class TransactionCategoryJoin(Record):
    """The category of a transaction."""

    invoice = Ref("records.Invoice", db_index=True, verbose_name=_("transaction"))
    transaction_category = Ref("records.TransactionCategory", verbose_name=_("category"))

    number = 361
    data_types = (40,)
    # It goes nowhere without its transaction.
    sync = Store("invoice.store_id", suppressible=True)
    removal = HardDelete()
    permissions = Permissions(edit="STORE_ACCESS")
    legacy = Legacy.own("transaction_category_join")

    class Meta:
        db_table = "transaction_category_join"
        verbose_name = _("category of a transaction")
        verbose_name_plural = _("categories of transactions")


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


class PurchaseOrderCategoryJoin(Record):
    """The category of a purchase order."""

    purchase_order = Ref("records.PurchaseOrder", db_index=True, verbose_name=_("purchase order"))
    purchase_order_category = Ref("records.PurchaseOrderCategory", verbose_name=_("category"))

    number = 362
    data_types = (51, 52)
    sync = Store("purchase_order.store_id", procurement=True)
    removal = HardDelete()
    permissions = Permissions(view="PURCHASE_ORDER_QUERY", edit="PURCHASE_ORDER_MUTATE")
    legacy = Legacy.own("purchase_order_category_join")

    class Meta:
        db_table = "purchase_order_category_join"
        verbose_name = _("category of a purchase order")
        verbose_name_plural = _("categories of purchase orders")
