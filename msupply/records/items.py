"""Items, their units and categories, and what a store keeps about each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import (
    Central,
    CentralStore,
    Codec,
    Field,
    Form,
    Legacy,
    Merging,
    Once,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    choice,
)

_NAMES_AND_UNITS = Permissions(edit="ITEM_NAMES_CODES_AND_UNITS_MUTATE")


class ItemType(models.TextChoices):
    STOCK = "STOCK", _("Stock")
    SERVICE = "SERVICE", _("Service")
    NON_STOCK = "NON_STOCK", _("Non-stock")


class VenCategory(models.TextChoices):
    V = "V", _("Vital")
    E = "E", _("Essential")
    N = "N", _("Necessary")
    NOT_ASSIGNED = "NOT_ASSIGNED", _("Not assigned")


class Unit(Record):
    """A unit of issue, such as a tablet."""

    name = models.TextField()
    description = models.TextField(null=True, blank=True)
    index = models.IntegerField(_("sort order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    number = 30
    data_types = (1,)
    sync = Central()
    permissions = _NAMES_AND_UNITS
    removal = SoftDelete("is_active")
    merging = Merging(SoftDelete("is_active"), known_to_all=False)
    legacy = Legacy(
        "unit",
        {"ID": "id", "units": "name", "comment": "description", "order_number": "index"},
    )

    class Meta:
        db_table = "unit"
        verbose_name = _("unit")
        verbose_name_plural = _("units")


class Category(Record):
    """What the three levels of item categories have in common."""

    name = models.TextField()
    sort_order = models.IntegerField(_("sort order"), default=0)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    sync = Central()
    removal = SoftDelete("deleted_datetime")

    class Meta:
        abstract = True


def _category(table: str) -> Legacy:
    return Legacy(
        table,
        {
            "ID": "id",
            "Description": "name",
            "sort_order": "sort_order",
            "parent_ID": "parent_id",
        },
    )


class ItemCategoryLevel1(Category):
    """Top level of the item categories."""

    parent_id = models.TextField(null=True, blank=True, editable=False)

    number = 31
    data_types = (1,)
    legacy = _category("item_category_level1")

    class Meta:
        db_table = "category_level1"
        verbose_name = _("item category, level 1")
        verbose_name_plural = _("item categories, level 1")


class ItemCategoryLevel2(Category):
    """Middle level of the item categories."""

    parent = SoftRef("records.ItemCategoryLevel1")

    number = 32
    data_types = (1,)
    legacy = _category("item_category_level2")

    class Meta:
        db_table = "category_level2"
        verbose_name = _("item category, level 2")
        verbose_name_plural = _("item categories, level 2")


class ItemCategory(Category):
    """Leaf level of the item categories; the one that items name."""

    parent = SoftRef("records.ItemCategoryLevel2")

    number = 33
    data_types = (1,)
    legacy = _category("item_category")

    class Meta:
        db_table = "category"
        verbose_name = _("item category")
        verbose_name_plural = _("item categories")


_VEN_LETTERS = frozenset("VEN")
# A free text on the wire, in which only three letters mean something.
_VEN = Codec(
    str,
    decode=lambda value: value if value in _VEN_LETTERS else VenCategory.NOT_ASSIGNED.value,
    encode=dict.fromkeys(Form, lambda value: value if value in _VEN_LETTERS else ""),
)


class Item(Record):
    """A product that is stocked, issued or ordered."""

    name = models.TextField()
    code = models.TextField()
    unit = SoftRef("records.Unit", verbose_name=_("unit"))
    type = models.TextField(choices=ItemType, default=ItemType.STOCK)
    default_pack_size = models.FloatField(_("default pack size"), default=1)
    is_vaccine = models.BooleanField(_("vaccine"), default=False)
    ven_category = models.TextField(
        _("VEN category"), choices=VenCategory, default=VenCategory.NOT_ASSIGNED
    )
    strength = models.TextField(null=True, blank=True)
    vaccine_doses = models.IntegerField(_("doses per unit"), default=0)
    category = SoftRef("records.ItemCategory", verbose_name=_("category"))
    restricted_location_type = SoftRef(
        "records.LocationType", verbose_name=_("restricted to location type")
    )
    volume_per_pack = models.FloatField(_("volume per pack"), default=0)
    universal_code = models.TextField(_("universal code"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    number = 34
    data_types = (1,)
    sync = Central()
    permissions = _NAMES_AND_UNITS
    removal = SoftDelete("is_active")
    merging = Merging(SoftDelete("is_active"))
    legacy = Legacy(
        "item",
        {
            "ID": "id",
            "item_name": "name",
            "code": "code",
            "unit_ID": "unit_id",
            "type_of": Field(
                "type",
                choice({"general": "STOCK", "service": "SERVICE", "non_stock": "NON_STOCK"}),
            ),
            "default_pack_size": "default_pack_size",
            "is_vaccine": "is_vaccine",
            "VEN_category": Field("ven_category", _VEN),
            "strength": "strength",
            "doses": "vaccine_doses",
            "category_ID": "category_id",
            "restricted_location_type_ID": "restricted_location_type_id",
            "volume_per_pack": "volume_per_pack",
            "universalcodes_code": "universal_code",
        },
    )

    class Meta:
        db_table = "item"
        verbose_name = _("item")
        verbose_name_plural = _("items")


class ItemStoreJoin(Record):
    """What a store keeps about an item; set on the central server."""

    item = Ref("records.Item", verbose_name=_("item"))
    store = Ref("records.Store", verbose_name=_("store"))
    default_sell_price_per_pack = models.FloatField(_("default sell price per pack"), default=0)
    ignore_for_orders = models.BooleanField(_("ignored for orders"), default=False)
    margin = models.FloatField(default=0)
    default_location = SoftRef("records.Location", verbose_name=_("default location"))

    number = 35
    data_types = (27,)
    sync = CentralStore("store_id")
    once = Once(("store_id", "item_id"))
    legacy = Legacy(
        "item_store_join",
        {
            "ID": "id",
            "item_ID": "item_id",
            "store_ID": "store_id",
            "default_price": "default_sell_price_per_pack",
            "ignore_for_orders": "ignore_for_orders",
            "margin": "margin",
            "default_location_ID": "default_location_id",
        },
    )

    class Meta:
        db_table = "item_store_join"
        verbose_name = _("item in a store")
        verbose_name_plural = _("items in stores")
