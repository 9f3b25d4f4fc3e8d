"""Report and requisition forms of a programme."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import HardDelete, Modern, Permissions, Record, Ref, SoftRef, Store

_PERMISSIONS = Permissions(view="RNR_FORM_QUERY", edit="RNR_FORM_MUTATE")


class RnrForm(Record):
    """The form of a store for one period of a programme."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        FINALISED = "FINALISED", _("Finalised")

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", verbose_name=_("supplier"))
    period = Ref("records.Period", verbose_name=_("period"))
    program = Ref("records.MasterList", verbose_name=_("programme"))
    created_datetime = models.DateTimeField(_("created at"))
    finalised_datetime = models.DateTimeField(_("finalised at"), null=True, blank=True)
    status = models.TextField(choices=Status, default=Status.DRAFT)
    linked_requisition = SoftRef("records.Requisition", verbose_name=_("internal order"))
    their_reference = models.TextField(_("their reference"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)

    number = 170
    data_types = (34,)
    sync = Store("store_id")
    removal = HardDelete()
    permissions = _PERMISSIONS
    # The alias is the key of senders before 2.17.
    modern = Modern("rnr_form", aliases={"name_link_id": "name_id"}, sends_deletes=True)

    class Meta:
        db_table = "rnr_form"
        verbose_name = _("R&R form")
        verbose_name_plural = _("R&R forms")


class RnrFormLine(Record):
    """An item on a form."""

    class LowStock(models.TextChoices):
        OK = "OK", _("OK")
        BELOW_HALF = "BELOW_HALF", _("Below half")
        BELOW_QUARTER = "BELOW_QUARTER", _("Below a quarter")

    rnr_form = Ref("records.RnrForm", db_index=True, verbose_name=_("form"))
    item = Ref("records.Item", verbose_name=_("item"))
    requisition_line = SoftRef("records.RequisitionLine", verbose_name=_("internal order line"))
    # Comma separated numbers.
    previous_monthly_consumption_values = models.TextField(_("earlier consumption"), default="")
    average_monthly_consumption = models.FloatField(_("average monthly consumption"), default=0)
    initial_balance = models.FloatField(_("initial balance"), default=0)
    snapshot_quantity_received = models.FloatField(_("received"), default=0)
    snapshot_quantity_consumed = models.FloatField(_("consumed"), default=0)
    snapshot_adjustments = models.FloatField(_("adjustments"), default=0)
    entered_quantity_received = models.FloatField(_("received, entered"), null=True, blank=True)
    entered_quantity_consumed = models.FloatField(_("consumed, entered"), null=True, blank=True)
    entered_losses = models.FloatField(_("losses, entered"), null=True, blank=True)
    entered_adjustments = models.FloatField(_("adjustments, entered"), null=True, blank=True)
    adjusted_quantity_consumed = models.FloatField(_("adjusted consumption"), default=0)
    stock_out_duration = models.IntegerField(_("days out of stock"), default=0)
    final_balance = models.FloatField(_("final balance"), default=0)
    minimum_quantity = models.FloatField(_("minimum"), default=0)
    maximum_quantity = models.FloatField(_("maximum"), default=0)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    calculated_requested_quantity = models.FloatField(_("calculated order"), default=0)
    entered_requested_quantity = models.FloatField(_("order, entered"), null=True, blank=True)
    low_stock = models.TextField(_("low stock"), choices=LowStock, default=LowStock.OK)
    comment = models.TextField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)

    number = 171
    data_types = (34,)
    sync = Store("rnr_form.store_id")
    removal = HardDelete()
    permissions = _PERMISSIONS
    modern = Modern("rnr_form_line", renamed={"item_link_id": "item_id"}, sends_deletes=True)

    class Meta:
        db_table = "rnr_form_line"
        verbose_name = _("R&R form line")
        verbose_name_plural = _("R&R form lines")
