"""Properties that a country adds to names, and their values."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import JsonText
from msupply.sync.declare import Central, Modern, OfStoresName, Permissions, Record, Ref


class ValueType(models.TextChoices):
    STRING = "STRING", _("Text")
    BOOLEAN = "BOOLEAN", _("Yes or no")
    INTEGER = "INTEGER", _("Whole number")
    FLOAT = "FLOAT", _("Number")
    DATE = "DATE", _("Date")


class Property(Record):
    """A property and the kind of its values."""

    key = models.TextField()
    name = models.TextField()
    value_type = models.TextField(_("kind of value"), choices=ValueType)
    # Comma separated.
    allowed_values = models.TextField(_("allowed values"), null=True, blank=True)

    number = 135
    data_types = (12,)
    sync = Central()
    permissions = Permissions(edit="NAME_PROPERTIES_MUTATE")
    modern = Modern("property")

    class Meta:
        db_table = "property"
        verbose_name = _("property")
        verbose_name_plural = _("properties")


class NameProperty(Record):
    """Says that names have a property, and whether a site may set it."""

    property = Ref("records.Property", verbose_name=_("property"))
    remote_editable = models.BooleanField(_("editable on remote sites"), default=False)

    number = 136
    data_types = (12,)
    sync = Central()
    permissions = Permissions(edit="NAME_PROPERTIES_MUTATE")
    modern = Modern("name_property")

    class Meta:
        db_table = "name_property"
        verbose_name = _("property of names")
        verbose_name_plural = _("properties of names")


class NameOmsFields(Record):
    """The values of a name's properties. Its id is the id of the name."""

    # A JSON object by property key.
    properties = JsonText(null=True, blank=True)

    number = 137
    data_types = (12,)
    sync = OfStoresName("id")
    keyed_by = "records.Name"
    permissions = Permissions(edit="NAME_PROPERTIES_MUTATE")
    modern = Modern("name_oms_fields")

    class Meta:
        db_table = "name_oms_fields"
        verbose_name = _("property values of a name")
        verbose_name_plural = _("property values of names")
