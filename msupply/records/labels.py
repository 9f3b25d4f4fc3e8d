"""Labels and the printers that print them. They never travel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import LocalOnly, Permissions, Record

_LOCAL = LocalOnly("Printers and their labels stand where they are used.")
_SERVER = Permissions(edit="SERVER_ADMIN")


class LabelTemplate(Record):
    """How a label looks: text in the language of the printer, with names of fields in it."""

    class Kind(models.TextChoices):
        PRESCRIPTION = "PRESCRIPTION", _("Prescription")
        STOCK = "STOCK", _("Stock")
        LOCATION = "LOCATION", _("Location")
        ASSET = "ASSET", _("Equipment")
        BOX = "BOX", _("Box")

    name = models.TextField()
    kind = models.TextField(choices=Kind, default=Kind.PRESCRIPTION)
    template = models.TextField()
    label_width = models.IntegerField(_("width, mm"))
    label_height = models.IntegerField(_("height, mm"))
    is_active = models.BooleanField(_("active"), default=True)

    number = 356
    data_types = (61,)
    sync = _LOCAL
    permissions = _SERVER

    class Meta:
        db_table = "label_template"
        verbose_name = _("label template")
        verbose_name_plural = _("label templates")


class Printer(Record):
    """A label printer on the network of this site."""

    description = models.TextField()
    address = models.TextField(_("address"))
    port = models.IntegerField(_("port"), default=9100)
    label_width = models.IntegerField(_("label width, mm"))
    label_height = models.IntegerField(_("label height, mm"))

    number = 357
    data_types = (61,)
    sync = _LOCAL
    permissions = _SERVER

    class Meta:
        db_table = "printer"
        verbose_name = _("printer")
        verbose_name_plural = _("printers")
