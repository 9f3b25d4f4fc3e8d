"""Periods in which programmes order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Legacy, Record, Ref, date


class PeriodSchedule(Record):
    """A named series of periods, such as monthly; programmes refer to it by its name."""

    name = models.TextField()

    number = 45
    data_types = (6,)
    sync = Central()
    legacy = Legacy("periodSchedule", {"ID": "id", "name": "name"})

    class Meta:
        db_table = "period_schedule"
        verbose_name = _("period schedule")
        verbose_name_plural = _("period schedules")


class Period(Record):
    """One period of a schedule."""

    period_schedule = Ref("records.PeriodSchedule", verbose_name=_("schedule"))
    start_date = models.DateField(_("start date"))
    end_date = models.DateField(_("end date"))
    name = models.TextField()

    number = 46
    data_types = (6,)
    sync = Central()
    legacy = Legacy(
        "period",
        {
            "ID": "id",
            "periodScheduleID": "period_schedule_id",
            "startDate": date("start_date"),
            "endDate": date("end_date"),
            "name": "name",
        },
    )

    class Meta:
        db_table = "period"
        verbose_name = _("period")
        verbose_name_plural = _("periods")
