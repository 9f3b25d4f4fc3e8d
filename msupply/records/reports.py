"""Reports as data, and the forms that ask for their arguments."""

from base64 import b64decode, b64encode
from typing import Annotated

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import JsonText
from msupply.sync.declare import (
    ANY_JSON,
    Central,
    Codec,
    Field,
    Form,
    HardDelete,
    Modern,
    Permissions,
    Record,
    Ref,
)

_Byte = Annotated[int, msgspec.Meta(ge=0, le=255)]
_REPORTS = Permissions(view="REPORT")


def _base64(value: list[int] | None) -> str | None:
    return None if value is None else b64encode(bytes(value)).decode()


def _bytes(value: str | None) -> list[int] | None:
    return None if value is None else list(b64decode(value))


# An array of numbers on the wire, base64 in the column.
_BUFFER = Codec(list[_Byte] | None, None, _base64, {Form.MODERN: _bytes})


class FormSchema(Record):
    """A form, described for JSON Forms."""

    type = models.TextField()
    json_schema = models.TextField()
    ui_schema = models.TextField()

    number = 185
    data_types = (21,)
    sync = Central()
    removal = HardDelete()
    permissions = _REPORTS
    modern = Modern(
        "om_form_schema",
        fields={
            "json_schema": Field("json_schema", ANY_JSON),
            "ui_schema": Field("ui_schema", ANY_JSON),
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "form_schema"
        verbose_name = _("form")
        verbose_name_plural = _("forms")


class Report(Record):
    """A report definition."""

    class Context(models.TextChoices):
        ASSET = "ASSET", _("Asset")
        INBOUND_SHIPMENT = "INBOUND_SHIPMENT", _("Inbound shipment")
        OUTBOUND_SHIPMENT = "OUTBOUND_SHIPMENT", _("Outbound shipment")
        REQUISITION = "REQUISITION", _("Requisition")
        STOCKTAKE = "STOCKTAKE", _("Stocktake")
        RESOURCE = "RESOURCE", _("Resource")
        PATIENT = "PATIENT", _("Patient")
        DISPENSARY = "DISPENSARY", _("Dispensary")
        REPACK = "REPACK", _("Repack")
        OUTBOUND_RETURN = "OUTBOUND_RETURN", _("Outbound return")
        INBOUND_RETURN = "INBOUND_RETURN", _("Inbound return")
        REPORT = "REPORT", _("Report")
        PRESCRIPTION = "PRESCRIPTION", _("Prescription")
        INTERNAL_ORDER = "INTERNAL_ORDER", _("Internal order")
        PURCHASE_ORDER = "PURCHASE_ORDER", _("Purchase order")
        SUPPLIER_RETURN = "SUPPLIER_RETURN", _("Supplier return")
        CUSTOMER_RETURN = "CUSTOMER_RETURN", _("Customer return")

    name = models.TextField()
    code = models.TextField()
    version = models.TextField()
    template = JsonText()
    context = models.TextField(choices=Context)
    sub_context = models.TextField(_("group"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    argument_schema = Ref("records.FormSchema", null=True, verbose_name=_("argument form"))
    is_custom = models.BooleanField(_("custom"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    excel_template_buffer = models.TextField(_("spreadsheet template"), null=True, blank=True)

    number = 186
    data_types = (21,)
    sync = Central()
    removal = HardDelete()
    permissions = _REPORTS
    modern = Modern(
        "om_report",
        fields={"excel_template_buffer": Field("excel_template_buffer", _BUFFER)},
        sends_deletes=True,
    )

    class Meta:
        db_table = "report"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
