"""Departments, by which items and budgets are kept apart."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, HardDelete, Legacy, Record, Ref, SoftDelete


class ItemDepartment(Record):
    """A department, such as pharmacy or laboratory."""

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    deleted_datetime = deleted_at()

    number = 309
    data_types = (4,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("item_department")

    class Meta:
        db_table = "item_department"
        verbose_name = _("department")
        verbose_name_plural = _("departments")


class ItemDepartmentJoin(Record):
    """The department of an item."""

    item = Ref("records.Item", db_index=True, verbose_name=_("item"))
    item_department = Ref("records.ItemDepartment", verbose_name=_("department"))

    number = 310
    data_types = (4,)
    sync = Central()
    removal = HardDelete()
    legacy = Legacy.own("item_department_join")

    class Meta:
        db_table = "item_department_join"
        verbose_name = _("department of an item")
        verbose_name_plural = _("departments of items")
