"""Boxes in which a shipment is packed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import HardDelete, Legacy, Permissions, Record, Ref, Store

_SHIPMENTS = Permissions(view="OUTBOUND_SHIPMENT_QUERY", edit="OUTBOUND_SHIPMENT_MUTATE")


class Box(Record):
    """One box of a shipment."""

    store = Ref("records.Store", verbose_name=_("store"))
    invoice = Ref("records.Invoice", db_index=True, verbose_name=_("shipment"))
    box_number = models.IntegerField(_("number"))
    length_cm = models.FloatField(_("length, cm"), null=True, blank=True)
    width_cm = models.FloatField(_("width, cm"), null=True, blank=True)
    height_cm = models.FloatField(_("height, cm"), null=True, blank=True)
    weight_kg = models.FloatField(_("weight, kg"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)

    number = 343
    data_types = (45,)
    # It goes nowhere without its shipment.
    sync = Store("store_id", suppressible=True)
    removal = HardDelete()
    permissions = _SHIPMENTS
    legacy = Legacy.own("box")

    class Meta:
        db_table = "box"
        verbose_name = _("box")
        verbose_name_plural = _("boxes")


class BoxLine(Record):
    """What of a shipment's line is in a box."""

    box = Ref("records.Box", db_index=True, verbose_name=_("box"))
    invoice_line = Ref("records.InvoiceLine", verbose_name=_("shipment line"))
    number_of_packs = models.FloatField(_("packs"))

    number = 344
    data_types = (45,)
    sync = Store("box.store_id", suppressible=True)
    removal = HardDelete()
    permissions = _SHIPMENTS
    legacy = Legacy.own("box_line")

    class Meta:
        db_table = "box_line"
        verbose_name = _("content of a box")
        verbose_name_plural = _("contents of boxes")
