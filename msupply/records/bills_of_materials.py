"""Bills of materials: what an item is built from, and what a store has built."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import created_at, deleted_at
from msupply.sync.declare import (
    Central,
    HardDelete,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
)

_BUILDS = Permissions(view="STOCK_LINE_QUERY", edit="CREATE_REPACK")


class BomMaster(Record):
    """What is needed to build `reference_quantity` units of an item."""

    name = models.TextField()
    item = Ref("records.Item", verbose_name=_("item"))
    reference_quantity = models.FloatField(_("reference quantity"), default=1)
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 300
    data_types = (1,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("bom_master")

    class Meta:
        db_table = "bom_master"
        verbose_name = _("bill of materials")
        verbose_name_plural = _("bills of materials")


class BomLine(Record):
    """One component of a bill of materials."""

    bom_master = Ref("records.BomMaster", db_index=True, verbose_name=_("bill of materials"))
    component_item = Ref("records.Item", verbose_name=_("component"))
    quantity = models.FloatField(_("quantity"))

    number = 301
    data_types = (1,)
    sync = Central()
    removal = HardDelete()
    legacy = Legacy.own("bom_line")

    class Meta:
        db_table = "bom_line"
        verbose_name = _("component")
        verbose_name_plural = _("components")


class Build(Record):
    """One building of an item in a store.

    A document of its own and no invoice: sites of other makes know no such type of invoice.
    """

    class Status(models.TextChoices):
        NEW = "NEW", _("New")
        FINALISED = "FINALISED", _("Finalised")

    store = Ref("records.Store", verbose_name=_("store"))
    build_number = models.IntegerField(_("number"))
    bom_master = SoftRef("records.BomMaster", verbose_name=_("bill of materials"))
    item = Ref("records.Item", verbose_name=_("item"))
    quantity = models.FloatField(_("quantity"))
    status = models.TextField(choices=Status, default=Status.NEW)
    # The stock that it made.
    stock_line = SoftRef("records.StockLine", verbose_name=_("stock line"))
    comment = models.TextField(null=True, blank=True)
    user = SoftRef("records.User", verbose_name=_("user"))
    created_datetime = created_at()
    finalised_datetime = models.DateTimeField(_("finalised at"), null=True, blank=True)

    number = 302
    data_types = (40,)
    sync = Store("store_id", suppressible=True)
    removal = HardDelete()
    permissions = _BUILDS
    legacy = Legacy.own("build")

    class Meta:
        db_table = "build"
        verbose_name = _("build")
        verbose_name_plural = _("builds")


class BuildLine(Record):
    """Stock that a build uses up."""

    build = Ref("records.Build", db_index=True, verbose_name=_("build"))
    item = Ref("records.Item", verbose_name=_("item"))
    stock_line = SoftRef("records.StockLine", verbose_name=_("stock line"))
    quantity = models.FloatField(_("quantity"))

    number = 303
    data_types = (40,)
    sync = Store("build.store_id", suppressible=True)
    removal = HardDelete()
    permissions = _BUILDS
    legacy = Legacy.own("build_line")

    class Meta:
        db_table = "build_line"
        verbose_name = _("build line")
        verbose_name_plural = _("build lines")
