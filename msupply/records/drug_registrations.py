"""The register of medicines that may be sold in a country. It never travels."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import LocalOnly, Permissions, Record, SoftRef


class DrugRegistration(Record):
    """The registration of one product of one manufacturer."""

    class Status(models.TextChoices):
        APPLIED = "APPLIED", _("Applied for")
        REGISTERED = "REGISTERED", _("Registered")
        SUSPENDED = "SUSPENDED", _("Suspended")
        REFUSED = "REFUSED", _("Refused")
        EXPIRED = "EXPIRED", _("Expired")

    registration_number = models.TextField(_("registration number"))
    name = models.TextField()
    item = SoftRef("records.Item", verbose_name=_("item"))
    manufacturer = SoftRef("records.Name", verbose_name=_("manufacturer"))
    applicant = SoftRef("records.Name", verbose_name=_("applicant"))
    status = models.TextField(choices=Status, default=Status.APPLIED)
    application_date = models.DateField(_("applied on"), null=True, blank=True)
    registration_date = models.DateField(_("registered on"), null=True, blank=True)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)

    number = 355
    data_types = (60,)
    sync = LocalOnly("The register belongs to the authority that keeps it.")
    permissions = Permissions(edit="ITEM_MUTATE")

    class Meta:
        db_table = "drug_registration"
        verbose_name = _("drug registration")
        verbose_name_plural = _("drug registrations")
