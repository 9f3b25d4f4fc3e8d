"""Adverse reactions of patients to medicines. They never travel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at
from msupply.records.drug_interactions import Severity
from msupply.sync.declare import LocalOnly, Permissions, Record, Ref, SoftRef


class AdverseDrugReaction(Record):
    """A report of one reaction of one patient."""

    class Outcome(models.TextChoices):
        RECOVERED = "RECOVERED", _("Recovered")
        RECOVERING = "RECOVERING", _("Recovering")
        NOT_RECOVERED = "NOT_RECOVERED", _("Not recovered")
        FATAL = "FATAL", _("Fatal")
        UNKNOWN = "UNKNOWN", _("Unknown")

    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    item = SoftRef("records.Item", verbose_name=_("item"))
    batch = models.TextField(null=True, blank=True)
    reaction = models.TextField(_("reaction"))
    severity = models.TextField(_("severity"), choices=Severity, default=Severity.MODERATE)
    outcome = models.TextField(_("outcome"), choices=Outcome, default=Outcome.UNKNOWN)
    onset_date = models.DateField(_("began on"))
    end_date = models.DateField(_("ended on"), null=True, blank=True)
    clinician = SoftRef("records.Clinician", verbose_name=_("reported by"))
    comment = models.TextField(null=True, blank=True)
    created_datetime = created_at()

    number = 359
    data_types = (64,)
    sync = LocalOnly("Reports go to the authority by its own ways.")
    permissions = Permissions(view="PATIENT_QUERY", edit="PATIENT_MUTATE")

    class Meta:
        db_table = "adverse_drug_reaction"
        verbose_name = _("adverse drug reaction")
        verbose_name_plural = _("adverse drug reactions")
