"""Reasons that users choose from when they adjust, return or vary."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Field, Legacy, Record, SoftDelete, choice


class ReasonOptionType(models.TextChoices):
    POSITIVE_INVENTORY_ADJUSTMENT = (
        "POSITIVE_INVENTORY_ADJUSTMENT",
        _("Positive inventory adjustment"),
    )
    NEGATIVE_INVENTORY_ADJUSTMENT = (
        "NEGATIVE_INVENTORY_ADJUSTMENT",
        _("Negative inventory adjustment"),
    )
    OPEN_VIAL_WASTAGE = "OPEN_VIAL_WASTAGE", _("Open vial wastage")
    CLOSED_VIAL_WASTAGE = "CLOSED_VIAL_WASTAGE", _("Closed vial wastage")
    RETURN_REASON = "RETURN_REASON", _("Return reason")
    REQUISITION_LINE_VARIANCE = "REQUISITION_LINE_VARIANCE", _("Requisition line variance")


class ReasonOption(Record):
    """One reason of one kind."""

    type = models.TextField(choices=ReasonOptionType)
    is_active = models.BooleanField(_("active"), default=True)
    reason = models.TextField()

    number = 55
    data_types = (12,)
    sync = Central()
    removal = SoftDelete("is_active")
    legacy = Legacy(
        "options",
        {
            "ID": "id",
            "type": Field(
                "type",
                choice(
                    {
                        "positiveInventoryAdjustment": "POSITIVE_INVENTORY_ADJUSTMENT",
                        "negativeInventoryAdjustment": "NEGATIVE_INVENTORY_ADJUSTMENT",
                        "openVialWastage": "OPEN_VIAL_WASTAGE",
                        "closedVialWastage": "CLOSED_VIAL_WASTAGE",
                        "returnReason": "RETURN_REASON",
                        "requisitionLineVariance": "REQUISITION_LINE_VARIANCE",
                    }
                ),
            ),
            "isActive": "is_active",
            "title": "reason",
        },
    )

    class Meta:
        db_table = "reason_option"
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
