"""Currencies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Legacy, Record, SoftDelete


class Currency(Record):
    """A currency and its rate to the home currency."""

    rate = models.FloatField(default=1)
    code = models.TextField()
    is_home_currency = models.BooleanField(_("home currency"), default=False)
    date_updated = models.DateField(_("updated on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    number = 40
    data_types = (11,)
    sync = Central()
    removal = SoftDelete("is_active")
    legacy = Legacy(
        "currency",
        {
            "ID": "id",
            "rate": "rate",
            "currency": "code",
            "is_home_currency": "is_home_currency",
            "date_updated": "date_updated",
        },
    )

    class Meta:
        db_table = "currency"
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
