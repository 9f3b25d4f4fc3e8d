"""Patients in programmes: their enrolments, what happened to them there, and their contacts.

Other makes work these out of the documents of a patient, and never send them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.records.names import Gender
from msupply.sync.declare import (
    Legacy,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
)

_DOCUMENTS = Permissions(view="DOCUMENT_QUERY", edit="DOCUMENT_MUTATE")


class ProgramEnrolment(Record):
    """A patient in a programme."""

    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    store = SoftRef("records.Store", verbose_name=_("store"))
    # The number that the programme gave the patient.
    program_enrolment_id = models.TextField(_("enrolment number"), null=True, blank=True)
    enrolment_datetime = models.DateTimeField(_("enrolled at"))
    status = models.TextField(null=True, blank=True)
    document_name = models.TextField(_("document"), null=True, blank=True)
    document_type = models.TextField(_("document type"), null=True, blank=True)
    deleted_datetime = deleted_at()

    number = 337
    data_types = (30,)
    sync = Patient(visible="patient_id", home="patient.supplying_store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = _DOCUMENTS
    legacy = Legacy.own("program_enrolment")

    class Meta:
        db_table = "program_enrolment"
        verbose_name = _("programme enrolment")
        verbose_name_plural = _("programme enrolments")


class ProgramEvent(Record):
    """A fact about a patient in a programme that holds for a time."""

    store = Ref("records.Store", verbose_name=_("store"))
    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    datetime = models.DateTimeField(_("at"))
    active_start_datetime = models.DateTimeField(_("holds from"))
    active_end_datetime = models.DateTimeField(_("holds until"), null=True, blank=True)
    type = models.TextField()
    data = models.TextField(null=True, blank=True)
    document_name = models.TextField(_("document"), null=True, blank=True)
    document_type = models.TextField(_("document type"), null=True, blank=True)
    deleted_datetime = deleted_at()

    number = 338
    data_types = (33,)
    sync = Store("store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = _DOCUMENTS
    legacy = Legacy.own("program_event")

    class Meta:
        db_table = "program_event"
        verbose_name = _("programme event")
        verbose_name_plural = _("programme events")


class ContactTrace(Record):
    """Somebody that a patient was in contact with; another patient, or just a name."""

    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    program = SoftRef("records.MasterList", verbose_name=_("programme"))
    store = SoftRef("records.Store", verbose_name=_("store"))
    contact_trace_id = models.TextField(_("contact number"), null=True, blank=True)
    datetime = models.DateTimeField(_("at"))
    contact_patient = SoftRef("records.Name", verbose_name=_("contact, as a patient"))
    first_name = models.TextField(_("first name"), null=True, blank=True)
    last_name = models.TextField(_("last name"), null=True, blank=True)
    gender = models.TextField(choices=Gender, null=True, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    relationship = models.TextField(_("relationship"), null=True, blank=True)
    deleted_datetime = deleted_at()

    number = 339
    data_types = (30,)
    sync = Patient(visible="patient_id", home="patient.supplying_store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = _DOCUMENTS
    legacy = Legacy.own("contact_trace")

    class Meta:
        db_table = "contact_trace"
        verbose_name = _("contact")
        verbose_name_plural = _("contacts traced")
