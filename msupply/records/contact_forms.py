"""Feedback and calls for help from users."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Modern, Permissions, Record, Ref, SoftRef, UpOnly


class ContactForm(Record):
    """A message to the people who run the central server."""

    class Type(models.TextChoices):
        FEEDBACK = "FEEDBACK", _("Feedback")
        SUPPORT = "SUPPORT", _("Support")

    reply_email = models.TextField(_("reply to"))
    body = models.TextField(_("message"))
    created_datetime = models.DateTimeField(_("written at"))
    user = SoftRef("records.User", null=False, verbose_name=_("user"))
    username = models.TextField(_("username"))
    store = Ref("records.Store", verbose_name=_("store"))
    contact_type = models.TextField(_("kind"), choices=Type)

    number = 195
    sync = UpOnly("store_id")
    permissions = Permissions(edit="STORE_ACCESS")
    modern = Modern("contact_form")

    class Meta:
        db_table = "contact_form"
        verbose_name = _("contact form")
        verbose_name_plural = _("contact forms")
