"""Repeats: prescriptions that a patient may have dispensed more than once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at, deleted_at
from msupply.sync.declare import Legacy, Patient, Permissions, Record, Ref, SoftDelete, SoftRef


class PrescriptionRepeat(Record):
    """An item that a patient gets again; processed at the patient's home site only."""

    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    # The prescription itself stays with its store.
    source_invoice = SoftRef("records.Invoice", verbose_name=_("prescription"))
    item = Ref("records.Item", verbose_name=_("item"))
    clinician = SoftRef("records.Clinician", verbose_name=_("prescriber"))
    quantity = models.FloatField(_("quantity"))
    directions = models.TextField(_("directions"), null=True, blank=True)
    repeats_total = models.IntegerField(_("repeats"))
    repeats_used = models.IntegerField(_("repeats used"), default=0)
    expiry_date = models.DateField(_("expiry date"), null=True, blank=True)
    created_datetime = created_at()
    deleted_datetime = deleted_at()

    number = 333
    data_types = (31,)
    sync = Patient(visible="patient_id", home="patient.supplying_store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = Permissions(view="PRESCRIPTION_QUERY", edit="PRESCRIPTION_MUTATE")
    legacy = Legacy.own("prescription_repeat")

    class Meta:
        db_table = "prescription_repeat"
        verbose_name = _("repeat")
        verbose_name_plural = _("repeats")
