"""Payments by customers and to suppliers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at, deleted_at
from msupply.sync.declare import (
    Central,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
)


class PaymentType(Record):
    """A way to pay, such as cash or transfer."""

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 315
    data_types = (7,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("payment_type")

    class Meta:
        db_table = "payment_type"
        verbose_name = _("payment type")
        verbose_name_plural = _("payment types")


class Payment(Record):
    """Money that a store received or paid, for one invoice or on account."""

    class Direction(models.TextChoices):
        RECEIVED = "RECEIVED", _("Received")
        PAID = "PAID", _("Paid")

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", verbose_name=_("name"))
    invoice = SoftRef("records.Invoice", verbose_name=_("invoice"))
    payment_type = SoftRef("records.PaymentType", verbose_name=_("payment type"))
    direction = models.TextField(choices=Direction, default=Direction.RECEIVED)
    amount = models.FloatField(_("amount"))
    currency = SoftRef("records.Currency", verbose_name=_("currency"))
    payment_datetime = models.DateTimeField(_("paid at"))
    reference = models.TextField(_("reference"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    user = SoftRef("records.User", verbose_name=_("user"))
    created_datetime = created_at()

    number = 316
    data_types = (41, 42)
    sync = Store("store_id", procurement=True)
    removal = HardDelete()
    permissions = Permissions(view="INBOUND_SHIPMENT_QUERY", edit="INBOUND_SHIPMENT_MUTATE")
    legacy = Legacy.own("payment")

    class Meta:
        db_table = "payment"
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
