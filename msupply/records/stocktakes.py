"""Stocktakes and their lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import stocktakes as quirks
from msupply.records.values import DATE_PART, boolean, null_text
from msupply.sync.declare import (
    BOOL,
    NUMBER,
    Field,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftRef,
    Store,
    choice,
    date,
    time,
)

_PERMISSIONS = Permissions(view="STOCKTAKE_QUERY", edit="STOCKTAKE_MUTATE")


class Stocktake(Record):
    """A count of the stock of a store."""

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        FINALISED = "FINALISED", _("Finalised")

    store = Ref("records.Store", verbose_name=_("store"))
    user = SoftRef("records.User", verbose_name=_("created by"))
    stocktake_number = models.IntegerField(_("number"))
    status = models.TextField(choices=Status, default=Status.NEW)
    description = models.TextField(null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    created_datetime = models.DateTimeField(_("created at"))
    stocktake_date = models.DateField(_("date"), null=True, blank=True)
    finalised_datetime = models.DateTimeField(_("finalised at"), null=True, blank=True)
    inventory_addition = Ref("records.Invoice", null=True, verbose_name=_("inventory addition"))
    inventory_reduction = Ref("records.Invoice", null=True, verbose_name=_("inventory reduction"))
    is_locked = models.BooleanField(_("locked"), default=False)
    is_initial_stocktake = models.BooleanField(_("initial stocktake"), default=False)
    program = Ref("records.MasterList", null=True, verbose_name=_("programme"))
    counted_by = models.TextField(_("counted by"), null=True, blank=True)
    verified_by = models.TextField(_("verified by"), null=True, blank=True)

    number = 110
    data_types = (37,)
    sync = Store("store_id", suppressible=True)
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "Stock_take",
        {
            "ID": "id",
            "created_by_ID": "user_id",
            "status": Field("status", choice({"sg": "NEW", "fn": "FINALISED"})),
            "Description": "description",
            "comment": "comment",
            "Locked": "is_locked",
            "invad_additions_ID": "inventory_addition_id",
            "invad_reductions_ID": "inventory_reduction_id",
            "serial_number": "stocktake_number",
            "stock_take_date": "stocktake_date",
            "store_ID": "store_id",
            "om_created_datetime": "created_datetime",
            "om_finalised_datetime": "finalised_datetime",
            "programID": "program_id",
            "om_counted_by": "counted_by",
            "om_verified_by": "verified_by",
            "om_is_initial_stocktake": boolean("is_initial_stocktake"),
        },
        sends_deletes=True,
        quirk_keys={"stock_take_created_date": DATE_PART, "stock_take_time": time()},
        decode=quirks.decode_stocktake,
        encode=quirks.encode_stocktake,
    )

    class Meta:
        db_table = "stocktake"
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")


class StocktakeLine(Record):
    """One batch in a stocktake. Packs are counted, prices are per pack."""

    stocktake = Ref("records.Stocktake", db_index=True, verbose_name=_("stocktake"))
    stock_line = SoftRef("records.StockLine", verbose_name=_("stock line"))
    location = SoftRef("records.Location", verbose_name=_("location"))
    comment = models.TextField(null=True, blank=True)
    snapshot_number_of_packs = models.FloatField(_("packs at the start"), default=0)
    # Null until somebody has counted.
    counted_number_of_packs = models.FloatField(_("packs counted"), null=True, blank=True)
    item = Ref("records.Item", verbose_name=_("item"))
    item_name = models.TextField(_("item name"))
    batch = models.TextField(null=True, blank=True)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    manufacture_date = models.DateField(_("manufacture date"), null=True, blank=True)
    pack_size = models.FloatField(_("pack size"), default=1)
    cost_price_per_pack = models.FloatField(_("cost price per pack"), default=0)
    sell_price_per_pack = models.FloatField(_("sell price per pack"), default=0)
    note = models.TextField(null=True, blank=True)
    reason_option = SoftRef("records.ReasonOption", verbose_name=_("reason"))
    item_variant = SoftRef("records.ItemVariant", verbose_name=_("item variant"))
    donor = SoftRef("records.Name", verbose_name=_("donor"))
    manufacturer = SoftRef("records.Name", verbose_name=_("manufacturer"))
    vvm_status = SoftRef("records.VvmStatus", verbose_name=_("VVM status"))
    campaign = SoftRef("records.Campaign", verbose_name=_("campaign"))
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    volume_per_pack = models.FloatField(_("volume per pack"), default=0)

    number = 111
    data_types = (37,)
    sync = Store("stocktake.store_id", suppressible=True)
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "Stock_take_lines",
        {
            "ID": "id",
            "stock_take_ID": "stocktake_id",
            "location_id": "location_id",
            "comment": "comment",
            "snapshot_qty": "snapshot_number_of_packs",
            "snapshot_packsize": "pack_size",
            "item_line_ID": "stock_line_id",
            "item_ID": "item_id",
            "item_name": "item_name",
            "Batch": "batch",
            "expiry": "expiry_date",
            "cost_price": "cost_price_per_pack",
            "sell_price": "sell_price_per_pack",
            "om_note": null_text("note"),
            "optionID": "reason_option_id",
            "om_item_variant_id": "item_variant_id",
            "donor_ID": "donor_id",
            "vaccine_vial_monitor_status_ID": "vvm_status_id",
            "volume_per_pack": "volume_per_pack",
            "manufacturer_ID": "manufacturer_id",
            "oms_fields.campaign_id": "campaign_id",
            "oms_fields.program_id": "program_id",
            "oms_fields.manufacture_date": date("manufacture_date"),
        },
        sends_deletes=True,
        quirk_keys={"stock_take_qty": Field(None, NUMBER), "is_edited": Field(None, BOOL)},
        decode=quirks.decode_line,
        encode=quirks.encode_line,
    )

    class Meta:
        db_table = "stocktake_line"
        verbose_name = _("stocktake line")
        verbose_name_plural = _("stocktake lines")
