"""Locations, stock lines, and where the stock has been."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import stock as quirks
from msupply.records.values import DATE_PART
from msupply.sync.declare import (
    Central,
    HardDelete,
    Legacy,
    Merging,
    Permissions,
    Record,
    Ref,
    Shared,
    SoftRef,
    Store,
    date,
    time,
)


class LocationType(Record):
    """A kind of storage, with the temperatures it keeps."""

    name = models.TextField()
    min_temperature = models.FloatField(_("lowest temperature"), default=0)
    max_temperature = models.FloatField(_("highest temperature"), default=0)

    number = 70
    data_types = (13,)
    sync = Central()
    legacy = Legacy(
        "Location_type",
        {
            "ID": "id",
            "Description": "name",
            "Temperature_min": "min_temperature",
            "Temperature_max": "max_temperature",
        },
    )

    class Meta:
        db_table = "location_type"
        verbose_name = _("location type")
        verbose_name_plural = _("location types")


class Location(Record):
    """A place inside a store where stock is kept."""

    name = models.TextField()
    code = models.TextField()
    on_hold = models.BooleanField(_("on hold"), default=False)
    store = Ref("records.Store", verbose_name=_("store"))
    location_type = SoftRef("records.LocationType", verbose_name=_("location type"))
    volume = models.FloatField(default=0)

    number = 71
    data_types = (35,)
    sync = Store("store_id")
    removal = HardDelete()
    merging = Merging(HardDelete(), known_to_all=False)
    permissions = Permissions(edit="LOCATION_MUTATE")
    legacy = Legacy(
        "Location",
        {
            "ID": "id",
            "Description": "name",
            "code": "code",
            "hold": "on_hold",
            "store_ID": "store_id",
            "type_ID": "location_type_id",
            "Volume": "volume",
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "location"
        verbose_name = _("location")
        verbose_name_plural = _("locations")


class Barcode(Record):
    """A product code as it is printed on a pack."""

    gtin = models.TextField(_("GTIN"))
    item = Ref("records.Item", verbose_name=_("item"))
    manufacturer = Ref("records.Name", null=True, verbose_name=_("manufacturer"))
    pack_size = models.FloatField(_("pack size"), null=True, blank=True)
    parent = SoftRef("self", verbose_name=_("outer pack"))

    number = 72
    data_types = (10,)
    # It has no owner: whoever scans a pack adds its code, and corrects what else is known of it.
    sync = Shared()
    fixed = ("gtin", "item_id")
    permissions = Permissions(edit="ITEM_MUTATE")
    legacy = Legacy(
        "barcode",
        {
            "ID": "id",
            "barcode": "gtin",
            "itemID": "item_id",
            "manufacturerID": "manufacturer_id",
            "packSize": "pack_size",
            "parentID": "parent_id",
        },
    )

    class Meta:
        db_table = "barcode"
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")


class StockLine(Record):
    """A batch of an item in a store. Packs are counted, prices are per pack."""

    store = Ref("records.Store", verbose_name=_("store"))
    item = Ref("records.Item", verbose_name=_("item"))
    batch = models.TextField(null=True, blank=True)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    manufacture_date = models.DateField(_("manufacture date"), null=True, blank=True)
    on_hold = models.BooleanField(_("on hold"), default=False)
    location = SoftRef("records.Location", verbose_name=_("location"))
    pack_size = models.FloatField(_("pack size"), default=1)
    available_number_of_packs = models.FloatField(_("packs available"), default=0)
    total_number_of_packs = models.FloatField(_("packs in store"), default=0)
    cost_price_per_pack = models.FloatField(_("cost price per pack"), default=0)
    sell_price_per_pack = models.FloatField(_("sell price per pack"), default=0)
    note = models.TextField(null=True, blank=True)
    supplier = Ref("records.Name", null=True, verbose_name=_("supplier"))
    barcode = SoftRef("records.Barcode", verbose_name=_("barcode"))
    item_variant = SoftRef("records.ItemVariant", verbose_name=_("item variant"))
    donor = Ref("records.Name", null=True, verbose_name=_("donor"))
    vvm_status = SoftRef("records.VvmStatus", verbose_name=_("VVM status"))
    manufacturer = SoftRef("records.Name", verbose_name=_("manufacturer"))
    campaign = SoftRef("records.Campaign", verbose_name=_("campaign"))
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    total_volume = models.FloatField(_("total volume"), default=0)
    volume_per_pack = models.FloatField(_("volume per pack"), default=0)

    number = 73
    data_types = (37,)
    sync = Store("store_id", suppressible=True)
    removal = HardDelete()
    permissions = Permissions(view="STOCK_LINE_QUERY", edit="STOCK_LINE_MUTATE")
    legacy = Legacy(
        "item_line",
        {
            "ID": "id",
            "store_ID": "store_id",
            "item_ID": "item_id",
            "batch": "batch",
            "expiry_date": "expiry_date",
            "hold": "on_hold",
            "location_ID": "location_id",
            "pack_size": "pack_size",
            "available": "available_number_of_packs",
            "quantity": "total_number_of_packs",
            "cost_price": "cost_price_per_pack",
            "sell_price": "sell_price_per_pack",
            "note": "note",
            "name_ID": "supplier_id",
            "barcodeID": "barcode_id",
            "om_item_variant_id": "item_variant_id",
            "donor_id": "donor_id",
            "vvm_status_id": "vvm_status_id",
            "manufacturer_ID": "manufacturer_id",
            "oms_fields.campaign_id": "campaign_id",
            "oms_fields.program_id": "program_id",
            "oms_fields.manufacture_date": date("manufacture_date"),
            "total_volume": "total_volume",
            "volume_per_pack": "volume_per_pack",
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "stock_line"
        verbose_name = _("stock line")
        verbose_name_plural = _("stock lines")


class LocationMovement(Record):
    """A stay of a stock line in a location."""

    store = Ref("records.Store", verbose_name=_("store"))
    stock_line = Ref("records.StockLine", verbose_name=_("stock line"))
    location = SoftRef("records.Location", verbose_name=_("location"))
    enter_datetime = models.DateTimeField(_("entered at"), null=True, blank=True)
    exit_datetime = models.DateTimeField(_("left at"), null=True, blank=True)

    number = 74
    data_types = (35,)
    sync = Store("store_id", suppressible=True)
    permissions = Permissions(view="STOCK_LINE_QUERY", edit="STOCK_LINE_MUTATE")
    legacy = Legacy(
        "location_movement",
        {
            "ID": "id",
            "store_ID": "store_id",
            "item_line_ID": "stock_line_id",
            "location_ID": "location_id",
        },
        quirk_keys={
            "enter_date": DATE_PART,
            "enter_time": time(),
            "exit_date": DATE_PART,
            "exit_time": time(),
        },
        decode=quirks.decode_movement,
        encode=quirks.encode_movement,
    )

    class Meta:
        db_table = "location_movement"
        verbose_name = _("location movement")
        verbose_name_plural = _("location movements")
