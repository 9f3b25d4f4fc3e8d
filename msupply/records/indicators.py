"""Indicators of programmes: what customers report beside the items that they order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import (
    Central,
    Field,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    Store,
    choice,
)


class ProgramIndicator(Record):
    """A table of indicators that a programme asks for, such as the patients on each regimen."""

    code = models.TextField(_("code"), null=True, blank=True)
    program = Ref("records.MasterList", db_index=True, verbose_name=_("programme"))
    is_active = models.BooleanField(_("active"), default=True)

    number = 225
    data_types = (15,)
    sync = Central()
    legacy = Legacy(
        "program_indicator",
        {"ID": "id", "code": "code", "program_ID": "program_id", "is_active": "is_active"},
    )

    class Meta:
        db_table = "program_indicator"
        verbose_name = _("programme indicator")
        verbose_name_plural = _("programme indicators")


class IndicatorAttribute(Record):
    """A line or a column of such a table."""

    class Axis(models.TextChoices):
        ROW = "ROW", _("Line")
        COLUMN = "COLUMN", _("Column")

    class ValueType(models.TextChoices):
        NUMBER = "NUMBER", _("Number")
        STRING = "STRING", _("Text")
        INHERITED = "INHERITED", _("As the line says")

    program_indicator = Ref(
        "records.ProgramIndicator", db_index=True, verbose_name=_("programme indicator")
    )
    axis = models.TextField(_("axis"), choices=Axis)
    code = models.TextField(_("code"))
    description = models.TextField(_("description"))
    index = models.IntegerField(_("sort order"), default=0)
    value_type = models.TextField(_("type of value"), choices=ValueType)
    default_value = models.TextField(_("default value"), blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    number = 226
    data_types = (15,)
    sync = Central()
    legacy = Legacy(
        "indicator_attribute",
        {
            "ID": "id",
            "indicator_ID": "program_indicator_id",
            "description": "description",
            "code": "code",
            "index": "index",
            "is_required": "is_required",
            "value_type": Field(
                "value_type",
                choice({"number": "NUMBER", "string": "STRING", "var": "INHERITED"}),
            ),
            "axis": Field("axis", choice({"row": "ROW", "column": "COLUMN"})),
            "is_active": "is_active",
            "default_value": "default_value",
        },
    )

    class Meta:
        db_table = "indicator_attribute"
        verbose_name = _("indicator line or column")
        verbose_name_plural = _("indicator lines and columns")


class IndicatorValue(Record):
    """What a customer reported in one cell; the supplying store owns it."""

    store = Ref("records.Store", verbose_name=_("store"))
    customer_store = Ref("records.Store", verbose_name=_("customer"))
    period = Ref("records.Period", verbose_name=_("period"))
    line = Ref("records.IndicatorAttribute", verbose_name=_("line"))
    column = Ref("records.IndicatorAttribute", verbose_name=_("column"))
    value = models.TextField(_("value"), blank=True)

    number = 227
    data_types = (47,)
    sync = Store("store_id", other_party="customer_store.name_id")
    removal = HardDelete()
    permissions = Permissions(view="REQUISITION_QUERY", edit="REQUISITION_MUTATE")
    legacy = Legacy(
        "indicator_value",
        {
            "ID": "id",
            # The wire names the customer by its store.
            "facility_ID": "customer_store_id",
            "period_ID": "period_id",
            "column_ID": "column_id",
            "row_ID": "line_id",
            "store_ID": "store_id",
            "value": "value",
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "indicator_value"
        verbose_name = _("indicator value")
        verbose_name_plural = _("indicator values")
