"""Stock that moves within a store, stock that will be needed, and stock that is owed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at, deleted_at
from msupply.sync.declare import (
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
)

_STOCK = Permissions(view="STOCK_LINE_QUERY", edit="STOCK_LINE_MUTATE")


class StockReplenishment(Record):
    """An order to refill one location of a store from another."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        FINALISED = "FINALISED", _("Finalised")

    store = Ref("records.Store", verbose_name=_("store"))
    item = Ref("records.Item", verbose_name=_("item"))
    stock_line = SoftRef("records.StockLine", verbose_name=_("stock line"))
    from_location = SoftRef("records.Location", verbose_name=_("from location"))
    to_location = SoftRef("records.Location", verbose_name=_("to location"))
    number_of_packs = models.FloatField(_("packs"))
    status = models.TextField(choices=Status, default=Status.NEW)
    comment = models.TextField(null=True, blank=True)
    user = SoftRef("records.User", verbose_name=_("user"))
    created_datetime = created_at()
    finalised_datetime = models.DateTimeField(_("finalised at"), null=True, blank=True)
    deleted_datetime = deleted_at()

    number = 340
    data_types = (38,)
    sync = Store("store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = _STOCK
    legacy = Legacy.own("stock_replenishment")

    class Meta:
        db_table = "stock_replenishment"
        verbose_name = _("stock replenishment")
        verbose_name_plural = _("stock replenishments")


class AmcProjection(Record):
    """The monthly consumption of an item that a store expects; what it was is worked out."""

    store = Ref("records.Store", verbose_name=_("store"))
    item = Ref("records.Item", verbose_name=_("item"))
    # The first day of the month.
    month = models.DateField(_("month"))
    projected_amc = models.FloatField(_("expected consumption"))
    comment = models.TextField(null=True, blank=True)

    number = 341
    data_types = (39,)
    sync = Store("store_id")
    removal = HardDelete()
    permissions = _STOCK
    legacy = Legacy.own("amc_projection")

    class Meta:
        db_table = "amc_projection"
        verbose_name = _("consumption projection")
        verbose_name_plural = _("consumption projections")


class Backorder(Record):
    """What a customer did not get of an item, and is still owed."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        FULFILLED = "FULFILLED", _("Fulfilled")
        CANCELLED = "CANCELLED", _("Cancelled")

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", verbose_name=_("customer"))
    item = Ref("records.Item", verbose_name=_("item"))
    # The shipment that fell short, and the one that made up for it.
    invoice = SoftRef("records.Invoice", verbose_name=_("shipment"))
    fulfilled_by_invoice = SoftRef("records.Invoice", verbose_name=_("fulfilled by"))
    quantity = models.FloatField(_("quantity"))
    status = models.TextField(choices=Status, default=Status.NEW)
    comment = models.TextField(null=True, blank=True)
    created_datetime = created_at()

    number = 342
    data_types = (40,)
    sync = Store("store_id", suppressible=True)
    removal = HardDelete()
    permissions = Permissions(view="OUTBOUND_SHIPMENT_QUERY", edit="OUTBOUND_SHIPMENT_MUTATE")
    legacy = Legacy.own("backorder")

    class Meta:
        db_table = "backorder"
        verbose_name = _("backorder")
        verbose_name_plural = _("backorders")
