"""Requisitions: internal orders, the customer's side of them, and their lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import requisitions as quirks
from msupply.records.values import DATE_PART, boolean, null_text
from msupply.sync.declare import (
    INT,
    NUMBER,
    TEXT,
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
)
from msupply.sync.declare.codecs import optional

_PERMISSIONS = Permissions(view="REQUISITION_QUERY", edit="REQUISITION_MUTATE")


class RequisitionType(models.TextChoices):
    REQUEST = "REQUEST", _("Internal order")
    RESPONSE = "RESPONSE", _("Requisition")
    IMPREST = "IMPREST", _("Imprest")
    STOCK_HISTORY = "STOCK_HISTORY", _("Stock history")


class RequisitionStatus(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    NEW = "NEW", _("New")
    SENT = "SENT", _("Sent")
    FINALISED = "FINALISED", _("Finalised")


class ApprovalStatus(models.TextChoices):
    NONE = "NONE", _("None")
    PENDING = "PENDING", _("Pending")
    APPROVED = "APPROVED", _("Approved")
    DENIED = "DENIED", _("Denied")
    AUTO_APPROVED = "AUTO_APPROVED", _("Automatically approved")
    APPROVED_BY_ANOTHER = "APPROVED_BY_ANOTHER", _("Approved by another authoriser")
    DENIED_BY_ANOTHER = "DENIED_BY_ANOTHER", _("Denied by another authoriser")


class Requisition(Record):
    """An order for stock: the ordering store holds a request, the supplying one a response."""

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", verbose_name=_("other party"))
    user = SoftRef("records.User", verbose_name=_("entered by"))
    requisition_number = models.IntegerField(_("number"))
    type = models.TextField(choices=RequisitionType)
    status = models.TextField(choices=RequisitionStatus)
    # The letters that came, where the status alone would be written with others: a response
    # that already has a shipment is `cn`, a new one `sg`.
    legacy_status = models.TextField(null=True, blank=True, editable=False)
    created_datetime = models.DateTimeField(_("created at"))
    sent_datetime = models.DateTimeField(_("sent at"), null=True, blank=True)
    finalised_datetime = models.DateTimeField(_("finalised at"), null=True, blank=True)
    expected_delivery_date = models.DateField(_("expected delivery"), null=True, blank=True)
    colour = models.TextField(null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    their_reference = models.TextField(_("their reference"), null=True, blank=True)
    min_months_of_stock = models.FloatField(_("threshold, months of stock"), default=0)
    max_months_of_stock = models.FloatField(_("target, months of stock"), default=0)
    approval_status = models.TextField(
        _("approval status"), choices=ApprovalStatus, null=True, blank=True
    )
    linked_requisition = SoftRef("self", verbose_name=_("linked requisition"))
    # A programme that is unknown here must not stop an order.
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    period = Ref("records.Period", null=True, verbose_name=_("period"))
    order_type = models.TextField(_("order type"), null=True, blank=True)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    created_from_requisition = SoftRef("self", verbose_name=_("created from requisition"))
    destination_customer = Ref("records.Name", null=True, verbose_name=_("destination customer"))

    number = 100
    data_types = (34,)
    sync = Store("store_id", other_party="name_id")
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "requisition",
        {
            "ID": "id",
            "serial_number": "requisition_number",
            "name_ID": "name_id",
            "store_ID": "store_id",
            "type": Field(
                "type",
                choice(
                    {
                        "request": "REQUEST",
                        "response": "RESPONSE",
                        "im": "IMPREST",
                        "sh": "STOCK_HISTORY",
                    }
                ),
            ),
            "user_ID": "user_id",
            "requester_reference": "their_reference",
            "linked_requisition_id": "linked_requisition_id",
            "thresholdMOS": "min_months_of_stock",
            "comment": "comment",
            "om_created_datetime": "created_datetime",
            "om_sent_datetime": "sent_datetime",
            "om_finalised_datetime": "finalised_datetime",
            "om_expected_delivery_date": "expected_delivery_date",
            "om_max_months_of_stock": Field("max_months_of_stock", optional(NUMBER)),
            "om_status": Field(
                "status", choice({s: s for s in RequisitionStatus.values}, optional=True)
            ),
            "om_colour": "colour",
            "authorisationStatus": Field(
                "approval_status",
                choice(
                    {
                        "none": "NONE",
                        "pending": "PENDING",
                        "authorised": "APPROVED",
                        "denied": "DENIED",
                        "auto-authorised": "AUTO_APPROVED",
                        "authorised by another authoriser": "APPROVED_BY_ANOTHER",
                        "denied by another authoriser": "DENIED_BY_ANOTHER",
                    },
                    optional=True,
                ),
            ),
            "orderType": "order_type",
            "periodID": "period_id",
            "programID": "program_id",
            "is_emergency": boolean("is_emergency"),
            "oms_fields.created_from_requisition_id": null_text("created_from_requisition_id"),
            "oms_fields.original_customer_id": null_text("destination_customer_id"),
        },
        sends_deletes=True,
        quirk_keys={
            "status": Field(None, quirks.LETTERS),
            "date_entered": DATE_PART,
            "lastModifiedAt": Field(None, INT),
            "daysToSupply": Field(None, INT),
            "oms_fields.destination_customer_id": Field(None, TEXT),
        },
        decode=quirks.decode_requisition,
        encode=quirks.encode_requisition,
    )

    class Meta:
        db_table = "requisition"
        verbose_name = _("requisition")
        verbose_name_plural = _("requisitions")


class RequisitionLine(Record):
    """An item on a requisition. All quantities are units."""

    requisition = Ref("records.Requisition", db_index=True, verbose_name=_("requisition"))
    item = Ref("records.Item", verbose_name=_("item"))
    item_name = models.TextField(_("item name"))
    requested_quantity = models.FloatField(_("requested"), default=0)
    suggested_quantity = models.FloatField(_("suggested"), default=0)
    supply_quantity = models.FloatField(_("supply"), default=0)
    approved_quantity = models.FloatField(_("approved"), default=0)
    approval_comment = models.TextField(_("approval comment"), null=True, blank=True)
    available_stock_on_hand = models.FloatField(_("stock on hand"), default=0)
    average_monthly_consumption = models.FloatField(_("average monthly consumption"), default=0)
    snapshot_datetime = models.DateTimeField(_("figures as of"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    price_per_unit = models.FloatField(_("price per unit"), null=True, blank=True)
    option = SoftRef("records.ReasonOption", verbose_name=_("reason"))
    initial_stock_on_hand_units = models.FloatField(_("initial stock"), default=0)
    incoming_units = models.FloatField(_("incoming"), default=0)
    outgoing_units = models.FloatField(_("outgoing"), default=0)
    loss_in_units = models.FloatField(_("losses"), default=0)
    addition_in_units = models.FloatField(_("additions"), default=0)
    expiring_units = models.FloatField(_("expiring"), default=0)
    days_out_of_stock = models.FloatField(_("days out of stock"), default=0)
    available_volume = models.FloatField(_("available volume"), null=True, blank=True)
    location_type = SoftRef("records.LocationType", verbose_name=_("location type"))
    forecast_total_units = models.FloatField(_("forecast, units"), null=True, blank=True)
    forecast_total_doses = models.FloatField(_("forecast, doses"), null=True, blank=True)
    vaccine_courses = models.TextField(_("vaccine courses"), null=True, blank=True)
    # What an R&R form adds to the order that is made of it.
    rnr_form_line = SoftRef("records.RnrFormLine", editable=False)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)

    number = 101
    data_types = (34,)
    sync = Store("requisition.store_id", other_party="requisition.name_id")
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "requisition_line",
        {
            "ID": "id",
            "requisition_ID": "requisition_id",
            "item_ID": "item_id",
            "Cust_stock_order": "requested_quantity",
            "suggested_quantity": "suggested_quantity",
            "actualQuan": "supply_quantity",
            "stock_on_hand": "available_stock_on_hand",
            "approved_quantity": "approved_quantity",
            "authoriser_comment": "approval_comment",
            "comment": "comment",
            "om_snapshot_datetime": "snapshot_datetime",
            "itemName": "item_name",
            "Cust_prev_stock_balance": "initial_stock_on_hand_units",
            "Cust_stock_received": "incoming_units",
            "Cust_stock_issued": "outgoing_units",
            "stockLosses": "loss_in_units",
            "stockAdditions": "addition_in_units",
            "stockExpiring": "expiring_units",
            "days_out_or_new_demand": "days_out_of_stock",
            "optionID": "option_id",
            "oms_fields.rnr_form_line_id": null_text("rnr_form_line_id"),
            "oms_fields.expiry_date": date("expiry_date"),
            "oms_fields.price_per_unit": "price_per_unit",
            "oms_fields.available_volume": "available_volume",
            "oms_fields.location_type_id": null_text("location_type_id"),
            "oms_fields.forecast_total_units": "forecast_total_units",
            "oms_fields.forecast_total_doses": "forecast_total_doses",
            "oms_fields.vaccine_courses": null_text("vaccine_courses"),
        },
        sends_deletes=True,
        quirk_keys={"daily_usage": Field(None, NUMBER), "Cust_loss_adjust": Field(None, NUMBER)},
        decode=quirks.decode_line,
        encode=quirks.encode_line,
    )

    class Meta:
        db_table = "requisition_line"
        verbose_name = _("requisition line")
        verbose_name_plural = _("requisition lines")
