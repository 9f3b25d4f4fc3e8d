"""Population groups."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Modern, Record


class Demographic(Record):
    """A group of the population, as a share of the whole."""

    name = models.TextField()
    population_percentage = models.FloatField(_("percent of the population"), default=0)

    number = 145
    data_types = (20,)
    sync = Central()
    modern = Modern("demographic")

    class Meta:
        db_table = "demographic"
        verbose_name = _("population group")
        verbose_name_plural = _("population groups")
