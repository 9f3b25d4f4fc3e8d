"""How the population grows: population groups per year, and the growth they are worked out with."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, HardDelete, Modern, Record, SoftRef


class DemographicIndicator(Record):
    """The population of a group in a base year and in the five years that follow."""

    name = models.TextField()
    demographic = SoftRef("records.Demographic", verbose_name=_("population group"))
    base_year = models.IntegerField(_("base year"))
    base_population = models.IntegerField(_("population in the base year"), default=0)
    population_percentage = models.FloatField(_("percent of the population"), default=0)
    year_1_projection = models.IntegerField(_("population, year 1"), default=0)
    year_2_projection = models.IntegerField(_("population, year 2"), default=0)
    year_3_projection = models.IntegerField(_("population, year 3"), default=0)
    year_4_projection = models.IntegerField(_("population, year 4"), default=0)
    year_5_projection = models.IntegerField(_("population, year 5"), default=0)

    number = 328
    data_types = (20,)
    sync = Central()
    removal = HardDelete()
    modern = Modern.own("demographic_indicator")

    class Meta:
        db_table = "demographic_indicator"
        verbose_name = _("population indicator")
        verbose_name_plural = _("population indicators")


class DemographicProjection(Record):
    """The growth of the population in percent, for each of five years after a base year."""

    base_year = models.IntegerField(_("base year"))
    year_1 = models.FloatField(_("growth, year 1"), default=0)
    year_2 = models.FloatField(_("growth, year 2"), default=0)
    year_3 = models.FloatField(_("growth, year 3"), default=0)
    year_4 = models.FloatField(_("growth, year 4"), default=0)
    year_5 = models.FloatField(_("growth, year 5"), default=0)

    number = 329
    data_types = (20,)
    sync = Central()
    removal = HardDelete()
    modern = Modern.own("demographic_projection")

    class Meta:
        db_table = "demographic_projection"
        verbose_name = _("population growth")
        verbose_name_plural = _("population growth")
