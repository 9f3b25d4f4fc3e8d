"""Campaigns."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Modern, Record


class Campaign(Record):
    """A campaign that stock and invoice lines can refer to; its dates are for information."""

    name = models.TextField()
    start_date = models.DateField(_("start date"), null=True, blank=True)
    end_date = models.DateField(_("end date"), null=True, blank=True)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 190
    sync = Central()
    modern = Modern("campaign")

    class Meta:
        db_table = "campaign"
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
