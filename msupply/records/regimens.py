"""Regimens: combinations of items by which a programme treats."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, HardDelete, Legacy, Record, Ref, SoftDelete


class Regimen(Record):
    """A standard treatment of a programme."""

    code = models.TextField()
    name = models.TextField()
    program = Ref("records.MasterList", verbose_name=_("programme"))
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 321
    data_types = (15,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("regimen")

    class Meta:
        db_table = "regimen"
        verbose_name = _("regimen")
        verbose_name_plural = _("regimens")


class RegimenItem(Record):
    """An item of a regimen, with what a patient takes of it per day."""

    regimen = Ref("records.Regimen", db_index=True, verbose_name=_("regimen"))
    item = Ref("records.Item", verbose_name=_("item"))
    units_per_day = models.FloatField(_("units per day"), default=1)
    days = models.IntegerField(_("days"), null=True, blank=True)

    number = 322
    data_types = (15,)
    sync = Central()
    removal = HardDelete()
    legacy = Legacy.own("regimen_item")

    class Meta:
        db_table = "regimen_item"
        verbose_name = _("item of a regimen")
        verbose_name_plural = _("items of regimens")
