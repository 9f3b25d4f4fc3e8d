"""Encounters of patients in programmes, as the Open mSupply central server reports them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import null_text, zoned
from msupply.sync.declare import (
    Field,
    Legacy,
    Permissions,
    Record,
    Ref,
    Reported,
    SoftRef,
    choice,
)


class Encounter(Record):
    """A visit of a patient. It is made of the newest version of the encounter's document."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        VISITED = "VISITED", _("Visited")
        CANCELLED = "CANCELLED", _("Cancelled")
        DELETED = "DELETED", _("Deleted")

    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    program = Ref("records.MasterList", verbose_name=_("programme"))
    document_type = models.TextField(_("document type"))
    document_name = models.TextField(_("document"))
    created_datetime = models.DateTimeField(_("created at"))
    start_datetime = models.DateTimeField(_("from"))
    end_datetime = models.DateTimeField(_("until"), null=True, blank=True)
    status = models.TextField(_("status"), choices=Status, null=True, blank=True)
    clinician = SoftRef("records.Clinician", verbose_name=_("prescriber"))
    store = SoftRef("records.Store", verbose_name=_("store"))

    number = 260
    data_types = (30,)
    sync = Reported()
    permissions = Permissions(view="DOCUMENT_QUERY", edit="DOCUMENT_MUTATE")
    legacy = Legacy(
        "om_encounter",
        {
            "ID": "id",
            "document_type": "document_type",
            "document_name": "document_name",
            "program_ID": "program_id",
            "name_ID": "patient_id",
            "created_datetime": zoned("created_datetime"),
            "start_datetime": zoned("start_datetime"),
            "end_datetime": zoned("end_datetime"),
            "status": Field("status", choice({s: s for s in Status.values}, optional=True)),
            "prescriber_ID": null_text("clinician_id"),
            "store_ID": null_text("store_id"),
        },
        reported=True,
    )

    class Meta:
        db_table = "encounter"
        verbose_name = _("encounter")
        verbose_name_plural = _("encounters")
