"""When a temperature counts as a breach."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, Legacy, Record, SoftDelete


class BreachConfigType(models.TextChoices):
    COLD_CONSECUTIVE = "COLD_CONSECUTIVE", _("Cold, consecutive")
    COLD_CUMULATIVE = "COLD_CUMULATIVE", _("Cold, cumulative")
    HOT_CONSECUTIVE = "HOT_CONSECUTIVE", _("Hot, consecutive")
    HOT_CUMULATIVE = "HOT_CUMULATIVE", _("Hot, cumulative")


class TemperatureBreachConfig(Record):
    """How long a temperature may be outside its bounds."""

    description = models.TextField()
    type = models.TextField(choices=BreachConfigType)
    duration_milliseconds = models.IntegerField(_("duration, milliseconds"))
    minimum_temperature = models.FloatField(_("minimum temperature"))
    maximum_temperature = models.FloatField(_("maximum temperature"))
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 327
    data_types = (20,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("temperature_breach_config")

    class Meta:
        db_table = "temperature_breach_config"
        verbose_name = _("temperature breach rule")
        verbose_name_plural = _("temperature breach rules")
