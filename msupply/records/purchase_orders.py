"""Purchase orders to suppliers, and their lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import purchase_orders as quirks
from msupply.records.quirks.letters import LETTERS
from msupply.records.values import DATE_PART, PLAIN_DATE_PART, null_moment, number_or_zero
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
    zero_is_none,
)
from msupply.sync.declare.codecs import REQUIRED_TEXT, with_default

_PERMISSIONS = Permissions(view="PURCHASE_ORDER_QUERY", edit="PURCHASE_ORDER_MUTATE")


class PurchaseOrderStatus(models.TextChoices):
    NEW = "NEW", _("New")
    REQUEST_APPROVAL = "REQUEST_APPROVAL", _("Approval requested")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    SENT = "SENT", _("Sent")
    FINALISED = "FINALISED", _("Finalised")


class PurchaseOrder(Record):
    """An order to a supplier outside."""

    store = Ref("records.Store", verbose_name=_("store"))
    supplier_name = Ref("records.Name", verbose_name=_("supplier"))
    purchase_order_number = models.IntegerField(_("number"))
    status = models.TextField(
        _("status"), choices=PurchaseOrderStatus, default=PurchaseOrderStatus.NEW
    )
    created_by = SoftRef("records.User", verbose_name=_("created by"))
    created_datetime = models.DateTimeField(_("created at"))
    request_approval_datetime = models.DateTimeField(
        _("approval requested at"), null=True, blank=True
    )
    confirmed_datetime = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    sent_datetime = models.DateTimeField(_("sent at"), null=True, blank=True)
    finalised_datetime = models.DateTimeField(_("finalised at"), null=True, blank=True)
    target_months = models.FloatField(_("target, months of stock"), null=True, blank=True)
    comment = models.TextField(_("comment"), null=True, blank=True)
    reference = models.TextField(_("reference"), null=True, blank=True)
    donor = Ref("records.Name", null=True, verbose_name=_("donor"))
    currency = SoftRef("records.Currency", verbose_name=_("currency"))
    # Null counts as 1.
    foreign_exchange_rate = models.FloatField(_("exchange rate"), null=True, blank=True)
    supplier_discount_percentage = models.FloatField(
        _("supplier's discount, percent"), null=True, blank=True
    )
    # Sums over the lines.
    order_total_before_discount = models.FloatField(
        _("total before discount"), default=0, editable=False
    )
    order_total_after_discount = models.FloatField(
        _("total after discount"), default=0, editable=False
    )
    agent_commission = models.FloatField(_("agent's commission"), null=True, blank=True)
    document_charge = models.FloatField(_("document charge"), null=True, blank=True)
    communications_charge = models.FloatField(_("communications charge"), null=True, blank=True)
    insurance_charge = models.FloatField(_("insurance charge"), null=True, blank=True)
    freight_charge = models.FloatField(_("freight charge"), null=True, blank=True)
    freight_conditions = models.TextField(_("freight conditions"), null=True, blank=True)
    # Free text, not one of the shipping methods.
    shipping_method = models.TextField(_("shipping method"), null=True, blank=True)
    supplier_agent = models.TextField(_("supplier's agent"), null=True, blank=True)
    authorising_officer_1 = models.TextField(_("authorising officer 1"), null=True, blank=True)
    authorising_officer_2 = models.TextField(_("authorising officer 2"), null=True, blank=True)
    heading_message = models.TextField(_("heading message"), null=True, blank=True)
    additional_instructions = models.TextField(_("additional instructions"), null=True, blank=True)
    requested_delivery_date = models.DateField(_("requested delivery"), null=True, blank=True)
    contract_signed_date = models.DateField(_("contract signed on"), null=True, blank=True)
    advance_paid_date = models.DateField(_("advance paid on"), null=True, blank=True)
    received_at_port_date = models.DateField(_("received at port on"), null=True, blank=True)

    number = 240
    data_types = (51, 52)
    sync = Store("store_id", procurement=True)
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "purchase_order",
        {
            "ID": "id",
            "name_ID": "supplier_name_id",
            "store_ID": "store_id",
            "serial_number": "purchase_order_number",
            "target_months": "target_months",
            "comment": "comment",
            "currency_ID": "currency_id",
            "reference": "reference",
            "created_by": "created_by_id",
            "supplier_agent": "supplier_agent",
            "authorizing_officer_1": "authorising_officer_1",
            "authorizing_officer_2": "authorising_officer_2",
            "freight_conditions": "freight_conditions",
            "additional_instructions": "additional_instructions",
            "agent_commission": zero_is_none("agent_commission"),
            "document_charge": zero_is_none("document_charge"),
            "communications_charge": zero_is_none("communications_charge"),
            "insurance_charge": zero_is_none("insurance_charge"),
            "freight_charge": zero_is_none("freight_charge"),
            "curr_rate": zero_is_none("foreign_exchange_rate"),
            "Order_total_before_discount": number_or_zero("order_total_before_discount"),
            "Order_total_after_discount": number_or_zero("order_total_after_discount"),
            "donor_id": "donor_id",
            "heading_message": "heading_message",
            "delivery_method": "shipping_method",
            "requested_delivery_date": "requested_delivery_date",
            "Date_contract_signed": "contract_signed_date",
            "Date_advance_payment": "advance_paid_date",
            "Date_goods_received_at_port": "received_at_port_date",
            "oms_fields.created_datetime": null_moment("created_datetime"),
            "oms_fields.confirmed_datetime": null_moment("confirmed_datetime"),
            "oms_fields.sent_datetime": null_moment("sent_datetime"),
            "oms_fields.supplier_discount_percentage": "supplier_discount_percentage",
            "oms_fields.request_approval_datetime": null_moment("request_approval_datetime"),
            "oms_fields.finalised_datetime": null_moment("finalised_datetime"),
            "oms_fields.status": Field(
                "status", choice({s: s for s in PurchaseOrderStatus.values}, optional=True)
            ),
        },
        sends_deletes=True,
        quirk_keys={
            "status": Field(None, LETTERS),
            "creation_date": PLAIN_DATE_PART,
            "confirm_date": DATE_PART,
            "po_sent_date": DATE_PART,
            "supplier_discount_amount": Field(None, with_default(NUMBER, 0.0)),
            "is_authorised": Field(None, with_default(BOOL, False)),
        },
        decode=quirks.decode_order,
        encode=quirks.encode_order,
    )

    class Meta:
        db_table = "purchase_order"
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")


class PurchaseOrderLineStatus(models.TextChoices):
    NEW = "NEW", _("New")
    SENT = "SENT", _("Sent")
    CLOSED = "CLOSED", _("Closed")


class PurchaseOrderLine(Record):
    """An item on a purchase order. Quantities are units, prices are per pack."""

    purchase_order = Ref("records.PurchaseOrder", db_index=True, verbose_name=_("purchase order"))
    # The order's store once more, as the wire has it; who may edit follows from the order.
    store = Ref("records.Store", verbose_name=_("store"))
    line_number = models.IntegerField(_("line number"))
    item = Ref("records.Item", verbose_name=_("item"))
    item_name = models.TextField(_("item name"), default="", blank=True)
    stock_on_hand_in_units = models.FloatField(_("stock on hand"), default=0)
    requested_pack_size = models.FloatField(_("pack size"), default=1)
    requested_number_of_units = models.FloatField(_("requested"), default=0)
    adjusted_number_of_units = models.FloatField(_("adjusted"), null=True, blank=True)
    requested_delivery_date = models.DateField(_("requested delivery"), null=True, blank=True)
    expected_delivery_date = models.DateField(_("expected delivery"), null=True, blank=True)
    supplier_item_code = models.TextField(_("supplier's item code"), null=True, blank=True)
    price_per_pack_before_discount = models.FloatField(_("price before discount"), default=0)
    price_per_pack_after_discount = models.FloatField(_("price after discount"), default=0)
    manufacturer = Ref("records.Name", null=True, verbose_name=_("manufacturer"))
    unit = models.TextField(_("unit"), null=True, blank=True)
    comment = models.TextField(_("comment"), null=True, blank=True)
    note = models.TextField(_("note"), null=True, blank=True)
    status = models.TextField(
        _("status"), choices=PurchaseOrderLineStatus, default=PurchaseOrderLineStatus.NEW
    )

    number = 241
    data_types = (51, 52)
    sync = Store("purchase_order.store_id", procurement=True)
    removal = HardDelete()
    permissions = _PERMISSIONS
    legacy = Legacy(
        "purchase_order_line",
        {
            "ID": "id",
            "store_ID": "store_id",
            "purchase_order_ID": "purchase_order_id",
            "line_number": "line_number",
            "item_ID": "item_id",
            "item_name": Field("item_name", with_default(REQUIRED_TEXT, "")),
            "snapshot_quantity": number_or_zero("stock_on_hand_in_units"),
            "packsize_ordered": number_or_zero("requested_pack_size"),
            "quan_original_order": number_or_zero("requested_number_of_units"),
            "quan_adjusted_order": zero_is_none("adjusted_number_of_units"),
            "delivery_date_requested": "requested_delivery_date",
            "delivery_date_expected": "expected_delivery_date",
            "supplier_item_code": "supplier_item_code",
            "price_per_pack_before_discount": number_or_zero("price_per_pack_before_discount"),
            "price_expected_after_discount": number_or_zero("price_per_pack_after_discount"),
            "comment": "comment",
            "manufacturer_ID": "manufacturer_id",
            "note": "note",
            "pack_units": "unit",
            "oms_fields.status": Field(
                "status",
                choice({s: s for s in PurchaseOrderLineStatus.values}, empty="NEW", optional=True),
            ),
        },
        sends_deletes=True,
        quirk_keys={"price_extension_expected": Field(None, NUMBER)},
        encode=quirks.encode_line,
    )

    class Meta:
        db_table = "purchase_order_line"
        verbose_name = _("purchase order line")
        verbose_name_plural = _("purchase order lines")
