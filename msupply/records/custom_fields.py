"""Fields that a country adds to items, names and documents, and their values."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.records.properties import ValueType
from msupply.sync.declare import Central, HardDelete, Legacy, Record, Ref, SoftDelete


class CustomFieldTable(models.TextChoices):
    ITEM = "item", _("Items")
    NAME = "name", _("Names")
    STORE = "store", _("Stores")
    MASTER_LIST = "master_list", _("Master lists")
    LOCATION = "location", _("Locations")


class CustomField(Record):
    """One more field of a table."""

    name = models.TextField()
    table = models.TextField(_("of"), choices=CustomFieldTable)
    key = models.TextField()
    value_type = models.TextField(
        _("type of the value"), choices=ValueType, default=ValueType.STRING
    )
    # Comma separated; empty where any value goes.
    allowed_values = models.TextField(_("allowed values"), null=True, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    deleted_datetime = deleted_at()

    number = 317
    data_types = (9,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("custom_field")

    class Meta:
        db_table = "custom_field"
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")


class CustomValue(Record):
    """The value of a custom field for one record."""

    custom_field = Ref("records.CustomField", db_index=True, verbose_name=_("custom field"))
    # The id of a record of the field's table.
    record_id = models.TextField(_("record"))
    # JSON text.
    value = models.TextField()

    number = 318
    data_types = (9,)
    sync = Central()
    removal = HardDelete()
    legacy = Legacy.own("custom_value")

    class Meta:
        db_table = "custom_value"
        verbose_name = _("custom value")
        verbose_name_plural = _("custom values")
