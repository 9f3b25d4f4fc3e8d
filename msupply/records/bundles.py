"""Bundles: item variants that are issued together."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, Modern, Record, Ref, SoftDelete


class BundledItem(Record):
    """A variant that goes out with another, so many for one."""

    principal_item_variant = Ref(
        "records.ItemVariant", db_index=True, verbose_name=_("principal variant")
    )
    bundled_item_variant = Ref("records.ItemVariant", verbose_name=_("bundled variant"))
    ratio = models.FloatField(_("ratio"), default=1)
    deleted_datetime = deleted_at()

    number = 304
    data_types = (1,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    # Other makes list this table in their change log, but have never sent a record of it.
    modern = Modern.own("bundled_item")

    class Meta:
        db_table = "bundled_item"
        verbose_name = _("bundled item")
        verbose_name_plural = _("bundled items")
