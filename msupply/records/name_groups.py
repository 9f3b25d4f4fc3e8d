"""Ways to sort names: six levels of categories, and groups."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.records.names import ABOUT_A_NAME
from msupply.sync.declare import Central, HardDelete, Legacy, Record, Ref, SoftDelete, SoftRef


class CategoryLevel(models.IntegerChoices):
    """The six independent categories that a name can have; the first is a tree."""

    ONE = 1, _("Category 1")
    TWO = 2, _("Category 2")
    THREE = 3, _("Category 3")
    FOUR = 4, _("Category 4")
    FIVE = 5, _("Category 5")
    SIX = 6, _("Category 6")


class NameCategory(Record):
    """A category of customers and suppliers."""

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    level = models.IntegerField(_("category"), choices=CategoryLevel, default=CategoryLevel.ONE)
    parent = SoftRef("self", verbose_name=_("parent"))
    deleted_datetime = deleted_at()

    number = 305
    data_types = (2,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("name_category")

    class Meta:
        db_table = "name_category"
        verbose_name = _("name category")
        verbose_name_plural = _("name categories")


class NameCategoryJoin(Record):
    """A category of a name."""

    name = Ref("records.Name", db_index=True, verbose_name=_("name"))
    name_category = Ref("records.NameCategory", verbose_name=_("category"))

    number = 306
    data_types = (2,)
    sync = ABOUT_A_NAME
    removal = HardDelete()
    legacy = Legacy.own("name_category_join")

    class Meta:
        db_table = "name_category_join"
        verbose_name = _("category of a name")
        verbose_name_plural = _("categories of names")


class NameGroup(Record):
    """A group of names, such as all hospitals of a ministry."""

    name = models.TextField()
    code = models.TextField(blank=True, default="")
    deleted_datetime = deleted_at()

    number = 307
    data_types = (4,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("name_group")

    class Meta:
        db_table = "name_group"
        verbose_name = _("name group")
        verbose_name_plural = _("name groups")


class NameGroupJoin(Record):
    """The group of a name."""

    name = Ref("records.Name", db_index=True, verbose_name=_("name"))
    name_group = Ref("records.NameGroup", verbose_name=_("group"))

    number = 308
    data_types = (4,)
    sync = ABOUT_A_NAME
    removal = HardDelete()
    legacy = Legacy.own("name_group_join")

    class Meta:
        db_table = "name_group_join"
        verbose_name = _("group of a name")
        verbose_name_plural = _("groups of names")
