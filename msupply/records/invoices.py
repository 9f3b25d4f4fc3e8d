"""Invoices: shipments, returns, prescriptions, inventory adjustments and repacks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import invoices as quirks
from msupply.records.quirks.letters import LETTERS
from msupply.records.values import DATE_PART, MOMENT, boolean, null_text, number_or_zero
from msupply.sync.declare import (
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
    zero_is_none,
)
from msupply.sync.declare.codecs import NULL_TEXT, optional


class InvoiceType(models.TextChoices):
    OUTBOUND_SHIPMENT = "OUTBOUND_SHIPMENT", _("Outbound shipment")
    INBOUND_SHIPMENT = "INBOUND_SHIPMENT", _("Inbound shipment")
    PRESCRIPTION = "PRESCRIPTION", _("Prescription")
    INVENTORY_ADDITION = "INVENTORY_ADDITION", _("Inventory addition")
    INVENTORY_REDUCTION = "INVENTORY_REDUCTION", _("Inventory reduction")
    REPACK = "REPACK", _("Repack")
    SUPPLIER_RETURN = "SUPPLIER_RETURN", _("Supplier return")
    CUSTOMER_RETURN = "CUSTOMER_RETURN", _("Customer return")


class InvoiceStatus(models.TextChoices):
    NEW = "NEW", _("New")
    ALLOCATED = "ALLOCATED", _("Allocated")
    PICKED = "PICKED", _("Picked")
    SHIPPED = "SHIPPED", _("Shipped")
    DELIVERED = "DELIVERED", _("Delivered")
    RECEIVED = "RECEIVED", _("Received")
    VERIFIED = "VERIFIED", _("Verified")
    CANCELLED = "CANCELLED", _("Cancelled")


class InvoiceLineType(models.TextChoices):
    STOCK_IN = "STOCK_IN", _("Stock in")
    STOCK_OUT = "STOCK_OUT", _("Stock out")
    UNALLOCATED_STOCK = "UNALLOCATED_STOCK", _("Placeholder")
    SERVICE = "SERVICE", _("Service")


class InvoiceLineStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    PASSED = "PASSED", _("Passed")
    REJECTED = "REJECTED", _("Rejected")


_OM_TYPES = {t: t for t in InvoiceType.values} | {
    "INVENTORY_ADJUSTMENT": "INVENTORY_ADDITION",
    "OUTBOUND_RETURN": "SUPPLIER_RETURN",
    "INBOUND_RETURN": "CUSTOMER_RETURN",
}
# Two names moved when a status was added: DELIVERED on the wire is what is now RECEIVED.
_OM_STATUSES = {s: s for s in InvoiceStatus.values if s not in {"DELIVERED", "RECEIVED"}} | {
    "DELIVERED": "RECEIVED",
    "DELIVERED_NO_STOCK": "DELIVERED",
}


class Invoice(Record):
    """A movement of stock between a store and another party, of the eight types above."""

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", verbose_name=_("other party"))
    user = SoftRef("records.User", verbose_name=_("entered by"))
    invoice_number = models.IntegerField(_("number"))
    type = models.TextField(choices=InvoiceType)
    status = models.TextField(choices=InvoiceStatus, default=InvoiceStatus.NEW)
    on_hold = models.BooleanField(_("on hold"), default=False)
    comment = models.TextField(null=True, blank=True)
    their_reference = models.TextField(_("their reference"), null=True, blank=True)
    transport_reference = models.TextField(_("transport reference"), null=True, blank=True)
    shipping_method = SoftRef("records.ShippingMethod", verbose_name=_("shipping method"))
    colour = models.TextField(null=True, blank=True)
    created_datetime = models.DateTimeField(_("created at"))
    allocated_datetime = models.DateTimeField(_("allocated at"), null=True, blank=True)
    picked_datetime = models.DateTimeField(_("picked at"), null=True, blank=True)
    shipped_datetime = models.DateTimeField(_("shipped at"), null=True, blank=True)
    delivered_datetime = models.DateTimeField(_("delivered at"), null=True, blank=True)
    received_datetime = models.DateTimeField(_("received at"), null=True, blank=True)
    verified_datetime = models.DateTimeField(_("verified at"), null=True, blank=True)
    cancelled_datetime = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    backdated_datetime = models.DateTimeField(_("backdated to"), null=True, blank=True)
    expected_delivery_date = models.DateField(_("expected delivery"), null=True, blank=True)
    requisition = SoftRef("records.Requisition", verbose_name=_("requisition"))
    linked_invoice = SoftRef("self", verbose_name=_("linked invoice"))
    original_shipment = SoftRef("self", verbose_name=_("returned shipment"))
    purchase_order = SoftRef("records.PurchaseOrder", verbose_name=_("purchase order"))
    goods_received = SoftRef("records.GoodsReceived", verbose_name=_("goods received"))
    tax_percentage = models.FloatField(_("tax, percent"), null=True, blank=True)
    currency = SoftRef("records.Currency", verbose_name=_("currency"))
    currency_rate = models.FloatField(_("currency rate"), default=1)
    charges_local_currency = models.FloatField(_("charges, local currency"), default=0)
    charges_foreign_currency = models.FloatField(_("charges, foreign currency"), default=0)
    # Prescribers are known where they prescribe; a transfer goes to the other party's site too.
    clinician = SoftRef("records.Clinician", verbose_name=_("prescriber"))
    diagnosis = SoftRef("records.Diagnosis", verbose_name=_("diagnosis"))
    program = Ref("records.MasterList", null=True, verbose_name=_("programme"))
    name_insurance_join = SoftRef("records.NameInsuranceJoin", verbose_name=_("insurance"))
    insurance_discount_amount = models.FloatField(_("insurance discount"), null=True, blank=True)
    insurance_discount_percentage = models.FloatField(
        _("insurance discount, percent"), null=True, blank=True
    )
    is_cancellation = models.BooleanField(_("cancellation"), default=False)
    default_donor = Ref("records.Name", null=True, verbose_name=_("default donor"))

    number = 90
    data_types = (40,)
    sync = Store("store_id", other_party="name_id", suppressible=True)
    removal = HardDelete()
    permissions = Permissions(view="OUTBOUND_SHIPMENT_QUERY", edit="OUTBOUND_SHIPMENT_MUTATE")
    legacy = Legacy(
        "transact",
        {
            "ID": "id",
            "name_ID": "name_id",
            "store_ID": "store_id",
            "invoice_num": "invoice_number",
            "user_ID": "user_id",
            "hold": "on_hold",
            "comment": "comment",
            "their_ref": "their_reference",
            "prescriber_ID": "clinician_id",
            "currency_ID": "currency_id",
            "currency_rate": "currency_rate",
            "om_transport_reference": "transport_reference",
            "goods_received_ID": "goods_received_id",
            "original_PO_ID": "purchase_order_id",
            "requisition_ID": "requisition_id",
            "linked_transaction_id": "linked_invoice_id",
            "nameInsuranceJoinID": "name_insurance_join_id",
            "donor_default_id": "default_donor_id",
            "insuranceDiscountAmount": zero_is_none("insurance_discount_amount"),
            "insuranceDiscountRate": zero_is_none("insurance_discount_percentage"),
            "tax_rate": "tax_percentage",
            "om_created_datetime": "created_datetime",
            "om_allocated_datetime": "allocated_datetime",
            "om_picked_datetime": "picked_datetime",
            "om_shipped_datetime": "shipped_datetime",
            "om_verified_datetime": "verified_datetime",
            "om_cancelled_datetime": "cancelled_datetime",
            "om_status": Field("status", choice(_OM_STATUSES, optional=True)),
            "om_type": Field("type", choice(_OM_TYPES, optional=True)),
            "om_colour": "colour",
            "om_original_shipment_id": "original_shipment_id",
            "om_backdated_datetime": "backdated_datetime",
            "diagnosis_ID": "diagnosis_id",
            "programID": "program_id",
            "is_cancellation": boolean("is_cancellation"),
            "arrival_date_estimated": "expected_delivery_date",
            "ship_method_ID": "shipping_method_id",
            "oms_fields.charges_local_currency": number_or_zero("charges_local_currency"),
            "oms_fields.charges_foreign_currency": number_or_zero("charges_foreign_currency"),
        },
        sends_deletes=True,
        quirk_keys={
            "type": Field(None, LETTERS),
            "status": Field(None, LETTERS),
            "mode": Field(None, LETTERS),
            "entry_date": DATE_PART,
            "entry_time": time(),
            "confirm_date": DATE_PART,
            "confirm_time": time(),
            "finalised_date": DATE_PART,
            "finalised_time": time(),
            "om_delivered_datetime": MOMENT,
            quirks.DELIVERED: MOMENT,
        },
        decode=quirks.decode_invoice,
        encode=quirks.encode_invoice,
    )

    class Meta:
        db_table = "invoice"
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")


class InvoiceLine(Record):
    """An item on an invoice. Packs are counted, prices are per pack."""

    invoice = Ref("records.Invoice", db_index=True, verbose_name=_("invoice"))
    item = Ref("records.Item", verbose_name=_("item"))
    item_name = models.TextField(_("item name"))
    # Null on lines of the legacy system; the item's own code counts there.
    item_code = models.TextField(_("item code"), null=True, blank=True)
    stock_line = SoftRef("records.StockLine", verbose_name=_("stock line"))
    location = SoftRef("records.Location", verbose_name=_("location"))
    batch = models.TextField(null=True, blank=True)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    manufacture_date = models.DateField(_("manufacture date"), null=True, blank=True)
    pack_size = models.FloatField(_("pack size"), default=1)
    cost_price_per_pack = models.FloatField(_("cost price per pack"), default=0)
    sell_price_per_pack = models.FloatField(_("sell price per pack"), default=0)
    total_before_tax = models.FloatField(_("total before tax"), default=0)
    total_after_tax = models.FloatField(_("total after tax"), default=0)
    tax_percentage = models.FloatField(_("tax, percent"), null=True, blank=True)
    foreign_currency_price_before_tax = models.FloatField(
        _("price in foreign currency"), null=True, blank=True
    )
    type = models.TextField(choices=InvoiceLineType)
    number_of_packs = models.FloatField(_("packs"), default=0)
    prescribed_quantity = models.FloatField(_("prescribed quantity"), null=True, blank=True)
    shipped_number_of_packs = models.FloatField(_("packs shipped"), null=True, blank=True)
    shipped_pack_size = models.FloatField(_("pack size shipped"), null=True, blank=True)
    note = models.TextField(null=True, blank=True)
    status = models.TextField(choices=InvoiceLineStatus, null=True, blank=True)
    reason_option = SoftRef("records.ReasonOption", verbose_name=_("reason"))
    item_variant = SoftRef("records.ItemVariant", verbose_name=_("item variant"))
    linked_invoice = SoftRef("records.Invoice", verbose_name=_("linked invoice"))
    donor = Ref("records.Name", null=True, verbose_name=_("donor"))
    manufacturer = SoftRef("records.Name", verbose_name=_("manufacturer"))
    vvm_status = SoftRef("records.VvmStatus", verbose_name=_("VVM status"))
    campaign = SoftRef("records.Campaign", verbose_name=_("campaign"))
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    purchase_order_line = SoftRef(
        "records.PurchaseOrderLine", verbose_name=_("purchase order line")
    )
    volume_per_pack = models.FloatField(_("volume per pack"), default=0)

    number = 91
    data_types = (40,)
    sync = Store("invoice.store_id", other_party="invoice.name_id", suppressible=True)
    removal = HardDelete()
    permissions = Invoice.permissions
    legacy = Legacy(
        "trans_line",
        {
            "ID": "id",
            "transaction_ID": "invoice_id",
            "item_ID": "item_id",
            "item_name": "item_name",
            "item_line_ID": "stock_line_id",
            "location_ID": "location_id",
            "batch": "batch",
            "expiry_date": "expiry_date",
            "pack_size": "pack_size",
            "cost_price": "cost_price_per_pack",
            "sell_price": "sell_price_per_pack",
            "type": Field(
                "type",
                choice(
                    {
                        "stock_in": "STOCK_IN",
                        "stock_out": "STOCK_OUT",
                        "placeholder": "UNALLOCATED_STOCK",
                        "service": "SERVICE",
                    }
                ),
            ),
            "quantity": "number_of_packs",
            "prescribedQuantity": "prescribed_quantity",
            "note": "note",
            "om_item_code": null_text("item_code"),
            "om_tax": "tax_percentage",
            "om_total_before_tax": Field("total_before_tax", optional(NUMBER)),
            "om_total_after_tax": Field("total_after_tax", optional(NUMBER)),
            "optionID": Field("reason_option_id", quirks.OPTION_ID),
            "foreign_currency_price": "foreign_currency_price_before_tax",
            "om_item_variant_id": "item_variant_id",
            "linked_transact_id": "linked_invoice_id",
            "donor_id": "donor_id",
            "vaccine_vial_monitor_status_ID": "vvm_status_id",
            "oms_fields.campaign_id": "campaign_id",
            "oms_fields.program_id": "program_id",
            "oms_fields.status": Field("status", NULL_TEXT),
            "oms_fields.manufacture_date": date("manufacture_date"),
            "oms_fields.purchase_order_line_id": null_text("purchase_order_line_id"),
            "sentQuantity": "shipped_number_of_packs",
            "volume_per_pack": "volume_per_pack",
            "sent_pack_size": "shipped_pack_size",
            "manufacturer_ID": "manufacturer_id",
        },
        sends_deletes=True,
        decode=quirks.decode_line,
    )

    class Meta:
        db_table = "invoice_line"
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
