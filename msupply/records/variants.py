"""Item variants and their packaging, and the items that go along with others."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Central, Modern, Record, Ref, SoftRef


class ItemVariant(Record):
    """One manufacturer's or one package's form of an item."""

    name = models.TextField()
    item = Ref("records.Item", verbose_name=_("item"))
    location_type = Ref("records.LocationType", null=True, verbose_name=_("cold storage type"))
    manufacturer = Ref("records.Name", null=True, verbose_name=_("manufacturer"))
    vvm_type = models.TextField(_("VVM type"), null=True, blank=True)
    created_datetime = models.DateTimeField(_("created at"), editable=False)
    created_by = SoftRef("records.User", db_column="created_by", verbose_name=_("created by"))
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 160
    data_types = (1,)
    sync = Central()
    modern = Modern(
        "item_variant",
        renamed={"item_link_id": "item_id", "cold_storage_type_id": "location_type_id"},
        # The key of senders before 2.17.
        aliases={"manufacturer_link_id": "manufacturer_id"},
    )

    class Meta:
        db_table = "item_variant"
        verbose_name = _("item variant")
        verbose_name_plural = _("item variants")


class PackagingVariant(Record):
    """One level of a variant's packaging: 1 primary, 2 secondary, 3 tertiary."""

    name = models.TextField()
    item_variant = Ref("records.ItemVariant", db_index=True, verbose_name=_("item variant"))
    packaging_level = models.IntegerField(_("level"))
    pack_size = models.FloatField(_("pack size"), null=True, blank=True)
    volume_per_unit = models.FloatField(_("volume per unit"), null=True, blank=True)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 161
    data_types = (1,)
    sync = Central()
    modern = Modern("packaging_variant")

    class Meta:
        db_table = "packaging_variant"
        verbose_name = _("packaging")
        verbose_name_plural = _("packagings")


class AncillaryItem(Record):
    """An item to order along with another, as a ratio."""

    item = Ref("records.Item", verbose_name=_("item"))
    item_quantity = models.FloatField(_("quantity of the item"), default=1)
    ancillary_item = Ref("records.Item", verbose_name=_("ancillary item"))
    ancillary_quantity = models.FloatField(_("quantity of the ancillary item"), default=1)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 162
    data_types = (1,)
    sync = Central()
    modern = Modern("ancillary_item")

    class Meta:
        db_table = "ancillary_item"
        verbose_name = _("ancillary item")
        verbose_name_plural = _("ancillary items")
