"""What dispensaries write prescriptions with: abbreviations, directions of items, diagnoses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import null_text
from msupply.sync.declare import Central, HardDelete, Legacy, Record, Ref


class Abbreviation(Record):
    """A short form that the entry of directions replaces by its expansion."""

    text = models.TextField(_("abbreviation"))
    expansion = models.TextField(_("expansion"))

    number = 200
    data_types = (17,)
    sync = Central(dispensary_only=True)
    removal = HardDelete()
    legacy = Legacy("abbreviation", {"ID": "id", "abbreviation": "text", "expansion": "expansion"})

    class Meta:
        db_table = "abbreviation"
        verbose_name = _("abbreviation")
        verbose_name_plural = _("abbreviations")


class ItemDirection(Record):
    """A direction that is offered when an item is prescribed; the lowest priority comes first."""

    item = Ref("records.Item", db_index=True, verbose_name=_("item"))
    directions = models.TextField(_("directions"))
    priority = models.IntegerField(_("priority"), default=1)

    number = 201
    data_types = (17,)
    sync = Central(dispensary_only=True)
    removal = HardDelete()
    legacy = Legacy(
        "item_direction",
        {"ID": "id", "item_ID": "item_id", "directions": "directions", "priority": "priority"},
    )

    class Meta:
        db_table = "item_direction"
        verbose_name = _("direction of an item")
        verbose_name_plural = _("directions of items")


class Diagnosis(Record):
    """A diagnosis that a prescription can name."""

    code = models.TextField(_("code"))
    description = models.TextField(_("description"))
    notes = models.TextField(_("notes"), null=True, blank=True)
    valid_till = models.DateField(_("valid till"), null=True, blank=True)

    number = 202
    data_types = (18,)
    # Dispensary data, but not among the lists that only dispensary sites get (domain.md H 9).
    sync = Central()
    legacy = Legacy(
        "diagnosis",
        {
            "ID": "id",
            "ICD_CODE": "code",
            "ICD_DESCRIPTION": "description",
            "NOTES": null_text("notes"),
            "VALID_TILL": "valid_till",
        },
    )

    class Meta:
        db_table = "diagnosis"
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
