"""Those who vaccinate."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, Legacy, Record, SoftDelete, SoftRef


class Vaccinator(Record):
    """Somebody who vaccinates: listed centrally, while prescribers belong to their home store."""

    code = models.TextField()
    first_name = models.TextField(_("first name"), null=True, blank=True)
    last_name = models.TextField(_("last name"))
    phone = models.TextField(null=True, blank=True)
    # Where the same person also prescribes.
    clinician = SoftRef("records.Clinician", verbose_name=_("prescriber"))
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 326
    data_types = (20,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("vaccinator")

    class Meta:
        db_table = "vaccinator"
        verbose_name = _("vaccinator")
        verbose_name_plural = _("vaccinators")
