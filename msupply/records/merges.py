"""Merges: of two records that mean the same, one is kept and the other is lost.

A merge has the id of the record that is lost, so a record is merged once, and its row is the alias
by which what arrives with the old id finds the record that is kept. Chains are followed: `kept` is
never a lost record. Rows are written by the program alone (services/merges.py).
"""

from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import (
    Central,
    Legacy,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftRef,
    SplitBy,
    Store,
)

_WRITTEN_BY_PROGRAM = ""


class ItemMerge(Record):
    """An item that was merged into another."""

    kept = Ref("records.Item", verbose_name=_("item"))

    number = 290
    data_types = (3,)
    sync = Central()
    permissions = Permissions(edit=_WRITTEN_BY_PROGRAM)
    legacy = Legacy.merge("item")

    class Meta:
        db_table = "item_merge"
        verbose_name = _("merge of items")
        verbose_name_plural = _("merges of items")


class UnitMerge(Record):
    """A unit that was merged into another."""

    kept = Ref("records.Unit", verbose_name=_("unit"))

    number = 291
    data_types = (3,)
    sync = Central()
    permissions = Permissions(edit=_WRITTEN_BY_PROGRAM)
    legacy = Legacy.merge("unit")

    class Meta:
        db_table = "unit_merge"
        verbose_name = _("merge of units")
        verbose_name_plural = _("merges of units")


class NameMerge(Record):
    """A name, or a patient, that was merged into another."""

    kept = Ref("records.Name", verbose_name=_("name"))

    number = 292
    data_types = (3, 32)
    sync = SplitBy(
        "kept.type",
        "PATIENT",
        Patient("kept_id", home="kept.supplying_store_id"),
        Central(),
    )
    permissions = Permissions(edit=_WRITTEN_BY_PROGRAM)
    legacy = Legacy.merge("name")

    class Meta:
        db_table = "name_merge"
        verbose_name = _("merge of names")
        verbose_name_plural = _("merges of names")


class PrescriberMerge(Record):
    """A prescriber who was merged into another."""

    kept = Ref("records.Clinician", verbose_name=_("prescriber"))

    number = 293
    data_types = (32,)
    sync = Patient("kept_id", home="kept.store_id")
    permissions = Permissions(edit=_WRITTEN_BY_PROGRAM)
    legacy = Legacy.merge("clinician")

    class Meta:
        db_table = "clinician_merge"
        verbose_name = _("merge of prescribers")
        verbose_name_plural = _("merges of prescribers")


class LocationMerge(Record):
    """A location that was merged into another of its store.

    Only servers of this kind know it, so that it can say whose it is. The location that was kept
    may be deleted later.
    """

    kept = SoftRef("records.Location", null=False, verbose_name=_("location"))
    store = Ref("records.Store", verbose_name=_("store"))

    number = 294
    data_types = (36,)
    sync = Store("store_id")
    permissions = Permissions(edit=_WRITTEN_BY_PROGRAM)
    legacy = Legacy.merge("Location", {"store_ID": "store_id"})

    class Meta:
        db_table = "location_merge"
        verbose_name = _("merge of locations")
        verbose_name_plural = _("merges of locations")


Merge = ItemMerge | UnitMerge | NameMerge | PrescriberMerge | LocationMerge
