"""Goods received against purchase orders, as the legacy system records them.

Open mSupply records them as external inbound shipments instead: an unmodified site that receives
one of these makes such an invoice of it, with the same id.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import open_choice
from msupply.sync.declare import (
    Field,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftRef,
    Store,
)

_PERMISSIONS = Permissions(
    view="INBOUND_SHIPMENT_EXTERNAL_QUERY", edit="INBOUND_SHIPMENT_EXTERNAL_MUTATE"
)


class GoodsReceived(Record):
    """What arrived of a purchase order at one time."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        FINALISED = "FINALISED", _("Finalised")

    store = Ref("records.Store", verbose_name=_("store"))
    purchase_order = SoftRef("records.PurchaseOrder", verbose_name=_("purchase order"))
    goods_received_number = models.IntegerField(_("number"))
    status = models.TextField(_("status"), choices=Status, default=Status.NEW)
    entry_date = models.DateField(_("entered on"), null=True, blank=True)
    created_by = SoftRef("records.User", verbose_name=_("entered by"))
    supplier_reference = models.TextField(_("supplier's reference"), null=True, blank=True)
    donor = Ref("records.Name", null=True, verbose_name=_("donor"))
    comment = models.TextField(_("comment"), null=True, blank=True)

    number = 245
    data_types = (46,)
    sync = Store("store_id")
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "Goods_received",
        {
            "ID": "id",
            "store_ID": "store_id",
            "purchase_order_ID": "purchase_order_id",
            "serial_number": "goods_received_number",
            "status": Field("status", open_choice({"nw": "NEW", "fn": "FINALISED"})),
            "comment": "comment",
            "supplier_reference": "supplier_reference",
            "user_id_created": "created_by_id",
            "entry_date": "entry_date",
            "donor_id": "donor_id",
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "goods_received"
        verbose_name = _("goods received")
        verbose_name_plural = _("goods received")


class GoodsReceivedLine(Record):
    """An item that arrived. Packs are counted, prices are per pack."""

    goods_received = Ref("records.GoodsReceived", db_index=True, verbose_name=_("goods received"))
    purchase_order_line = SoftRef(
        "records.PurchaseOrderLine", verbose_name=_("purchase order line")
    )
    item = Ref("records.Item", verbose_name=_("item"))
    item_name = models.TextField(_("item name"))
    pack_size = models.FloatField(_("pack size"), default=1)
    number_of_packs = models.FloatField(_("packs"), default=0)
    cost_price_per_pack = models.FloatField(_("cost price per pack"), default=0)
    batch = models.TextField(_("batch"), null=True, blank=True)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    location = SoftRef("records.Location", verbose_name=_("location"))
    volume_per_pack = models.FloatField(_("volume per pack"), default=0)
    comment = models.TextField(_("comment"), null=True, blank=True)

    number = 246
    data_types = (46,)
    sync = Store("goods_received.store_id")
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "Goods_received_line",
        {
            "ID": "id",
            "goods_received_ID": "goods_received_id",
            "item_ID": "item_id",
            "item_name": "item_name",
            "pack_received": "pack_size",
            "quantity_received": "number_of_packs",
            "cost_price": "cost_price_per_pack",
            "batch_received": "batch",
            "expiry_date": "expiry_date",
            "comment": "comment",
            "location_ID": "location_id",
            "volume_per_pack": "volume_per_pack",
            "order_line_ID": "purchase_order_line_id",
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "goods_received_line"
        verbose_name = _("goods received line")
        verbose_name_plural = _("goods received lines")
