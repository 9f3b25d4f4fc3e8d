"""Warnings that are shown when an item is dispensed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Legacy, Record, Ref


class ItemWarning(Record):
    """A warning, such as that a medicine makes drowsy."""

    code = models.TextField(_("code"))
    warning_text = models.TextField(_("warning"))

    number = 205
    data_types = (16,)
    sync = Central()
    legacy = Legacy("warning", {"ID": "id", "warning_text": "warning_text", "code": "code"})

    class Meta:
        db_table = "warning"
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")


class ItemWarningJoin(Record):
    """Gives a warning to an item."""

    item = Ref("records.Item", db_index=True, verbose_name=_("item"))
    warning = Ref("records.ItemWarning", verbose_name=_("warning"))
    priority = models.BooleanField(_("priority"), default=False)

    number = 206
    data_types = (16,)
    sync = Central()
    legacy = Legacy(
        "item_warning_link",
        {"ID": "id", "item_ID": "item_id", "warning_ID": "warning_id", "priority": "priority"},
    )

    class Meta:
        db_table = "item_warning_join"
        verbose_name = _("warning of an item")
        verbose_name_plural = _("warnings of items")
