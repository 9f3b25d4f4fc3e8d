"""Reminders that users set themselves. They never travel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at
from msupply.sync.declare import LocalOnly, Permissions, Record, SoftRef


class Reminder(Record):
    """Something to do on a day."""

    title = models.TextField(_("title"))
    note = models.TextField(null=True, blank=True)
    due_date = models.DateField(_("due on"))
    user = SoftRef("records.User", verbose_name=_("for"))
    store = SoftRef("records.Store", verbose_name=_("store"))
    is_done = models.BooleanField(_("done"), default=False)
    created_datetime = created_at()

    number = 358
    data_types = (63,)
    sync = LocalOnly("Reminders are for the people of one site.")
    permissions = Permissions(edit="STORE_ACCESS")

    class Meta:
        db_table = "reminder"
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
