"""The Django app of all record types."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "msupply.records"
    label = "records"
    verbose_name = _("Records")
