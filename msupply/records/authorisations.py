"""Requests for authorisation of requisitions, which travel as messages between stores do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at
from msupply.sync.declare import HardDelete, Legacy, Message, Permissions, Record, Ref, SoftRef


class AuthorisationRequest(Record):
    """Asks another store to approve a requisition, or one line of it, and holds the answer."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        APPROVED = "APPROVED", _("Approved")
        DENIED = "DENIED", _("Denied")

    to_store = Ref("records.Store", null=True, verbose_name=_("to store"))
    from_store = Ref("records.Store", null=True, verbose_name=_("from store"))
    # Kept as they came: the store that authorises need not hold the requisition.
    requisition = SoftRef("records.Requisition", verbose_name=_("requisition"))
    requisition_line = SoftRef("records.RequisitionLine", verbose_name=_("requisition line"))
    status = models.TextField(choices=Status, default=Status.PENDING)
    quantity = models.FloatField(_("quantity"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    authoriser = SoftRef("records.User", verbose_name=_("authoriser"))
    created_datetime = created_at()
    answered_datetime = models.DateTimeField(_("answered at"), null=True, blank=True)

    number = 332
    data_types = (25,)
    sync = Message("to_store_id", "from_store_id")
    removal = HardDelete()
    permissions = Permissions(view="REQUISITION_QUERY", edit="REQUISITION_MUTATE")
    legacy = Legacy.own("authorisation_request")

    class Meta:
        db_table = "authorisation_request"
        verbose_name = _("authorisation request")
        verbose_name_plural = _("authorisation requests")
