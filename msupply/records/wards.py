"""The basics of a hospital's own information: wards, beds and admissions. They never travel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import LocalOnly, Permissions, Record, Ref, SoftRef

_LOCAL = LocalOnly("What happens in a hospital stays in the hospital.")
_PATIENTS = Permissions(view="PATIENT_QUERY", edit="PATIENT_MUTATE")


class Ward(Record):
    """A ward of a hospital; medicines are issued to it as to a customer."""

    code = models.TextField()
    name = models.TextField()
    store = SoftRef("records.Store", verbose_name=_("store"))
    customer = SoftRef("records.Name", verbose_name=_("customer"))
    is_active = models.BooleanField(_("active"), default=True)

    number = 352
    data_types = (59,)
    sync = _LOCAL
    permissions = _PATIENTS

    class Meta:
        db_table = "ward"
        verbose_name = _("ward")
        verbose_name_plural = _("wards")


class Bed(Record):
    """A bed of a ward."""

    ward = Ref("records.Ward", db_index=True, verbose_name=_("ward"))
    code = models.TextField()
    is_active = models.BooleanField(_("active"), default=True)

    number = 353
    data_types = (59,)
    sync = _LOCAL
    permissions = _PATIENTS

    class Meta:
        db_table = "bed"
        verbose_name = _("bed")
        verbose_name_plural = _("beds")


class Admission(Record):
    """A stay of a patient in a ward."""

    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    ward = Ref("records.Ward", verbose_name=_("ward"))
    bed = Ref("records.Bed", null=True, verbose_name=_("bed"))
    clinician = SoftRef("records.Clinician", verbose_name=_("prescriber"))
    admission_datetime = models.DateTimeField(_("admitted at"))
    discharge_datetime = models.DateTimeField(_("discharged at"), null=True, blank=True)
    reason = models.TextField(null=True, blank=True)
    comment = models.TextField(null=True, blank=True)

    number = 354
    data_types = (59,)
    sync = _LOCAL
    permissions = _PATIENTS

    class Meta:
        db_table = "admission"
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
