"""What happened to patients: kinds of events, and the events that a store noted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import (
    Central,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
)


class PatientEventType(Record):
    """A kind of event, such as a weight that was measured; for dispensaries only."""

    code = models.TextField()
    name = models.TextField()
    unit = models.TextField(_("unit"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 319
    data_types = (14,)
    sync = Central(dispensary_only=True)
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("patient_event_type")

    class Meta:
        db_table = "patient_event_type"
        verbose_name = _("patient event type")
        verbose_name_plural = _("patient event types")


class PatientEvent(Record):
    """An event of a patient that a store noted."""

    store = Ref("records.Store", verbose_name=_("store"))
    patient = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    # A central server may know kinds that a site without a dispensary never gets.
    patient_event_type = SoftRef("records.PatientEventType", verbose_name=_("type"))
    event_datetime = models.DateTimeField(_("at"))
    value = models.TextField(null=True, blank=True)
    note = models.TextField(null=True, blank=True)
    user = SoftRef("records.User", verbose_name=_("user"))
    deleted_datetime = deleted_at()

    number = 320
    data_types = (33,)
    sync = Store("store_id")
    removal = SoftDelete("deleted_datetime")
    permissions = Permissions(view="PATIENT_QUERY", edit="PATIENT_MUTATE")
    legacy = Legacy.own("patient_event")

    class Meta:
        db_table = "patient_event"
        verbose_name = _("patient event")
        verbose_name_plural = _("patient events")
