"""Equipment: its catalogue, the assets of each store, and their status logs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.properties import ValueType
from msupply.records.values import JsonText
from msupply.sync.declare import (
    DATETIME,
    Central,
    Field,
    HardDelete,
    Modern,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
)
from msupply.sync.declare.codecs import BOOL, with_default

_CATALOGUE = Permissions(view="ASSET_QUERY", edit="ASSET_CATALOGUE_ITEM_MUTATE")


class AssetStatus(models.TextChoices):
    NOT_IN_USE = "NOT_IN_USE", _("Not in use")
    FUNCTIONING = "FUNCTIONING", _("Functioning")
    FUNCTIONING_BUT_NEEDS_ATTENTION = (
        "FUNCTIONING_BUT_NEEDS_ATTENTION",
        _("Functioning but needs attention"),
    )
    NOT_FUNCTIONING = "NOT_FUNCTIONING", _("Not functioning")
    DECOMMISSIONED = "DECOMMISSIONED", _("Decommissioned")
    UNSERVICEABLE = "UNSERVICEABLE", _("Unserviceable")


class AssetClass(Record):
    """Top level of the equipment hierarchy: class, category, type."""

    name = models.TextField()

    number = 120
    data_types = (22,)
    sync = Central()
    permissions = _CATALOGUE
    modern = Modern("asset_class")

    class Meta:
        db_table = "asset_class"
        verbose_name = _("asset class")
        verbose_name_plural = _("asset classes")


class AssetCategory(Record):
    """Middle level of the equipment hierarchy."""

    name = models.TextField()
    asset_class = Ref("records.AssetClass", verbose_name=_("class"))

    number = 121
    data_types = (22,)
    sync = Central()
    permissions = _CATALOGUE
    modern = Modern("asset_category", renamed={"class_id": "asset_class_id"})

    class Meta:
        db_table = "asset_category"
        verbose_name = _("asset category")
        verbose_name_plural = _("asset categories")


class AssetCatalogueType(Record):
    """Lowest level of the equipment hierarchy."""

    name = models.TextField()
    asset_category = Ref("records.AssetCategory", verbose_name=_("category"))

    number = 122
    data_types = (22,)
    sync = Central()
    permissions = _CATALOGUE
    modern = Modern("asset_catalogue_type", renamed={"category_id": "asset_category_id"})

    class Meta:
        db_table = "asset_catalogue_type"
        verbose_name = _("asset type")
        verbose_name_plural = _("asset types")


class AssetCatalogueItem(Record):
    """A model of equipment, for example an entry of the WHO PQS catalogue."""

    sub_catalogue = models.TextField(_("catalogue"))
    asset_category = Ref("records.AssetCategory", verbose_name=_("category"))
    asset_class = Ref("records.AssetClass", verbose_name=_("class"))
    # Unique among the entries, but not by the database: one doubled code must not fail a batch.
    code = models.TextField()
    manufacturer = models.TextField(null=True, blank=True)
    model = models.TextField()
    asset_catalogue_type = Ref("records.AssetCatalogueType", verbose_name=_("type"))
    # A JSON object by the keys of asset properties.
    properties = JsonText(null=True, blank=True)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 123
    data_types = (22,)
    sync = Central()
    permissions = _CATALOGUE
    modern = Modern(
        "asset_catalogue_item",
        renamed={
            "category_id": "asset_category_id",
            "class_id": "asset_class_id",
            "type_id": "asset_catalogue_type_id",
        },
    )

    class Meta:
        db_table = "asset_catalogue_item"
        verbose_name = _("asset catalogue item")
        verbose_name_plural = _("asset catalogue")


class AssetProperty(Record):
    """A property of assets of a class, category or type; a blank one means any."""

    key = models.TextField()
    name = models.TextField()
    asset_class = SoftRef("records.AssetClass", verbose_name=_("class"))
    asset_category = SoftRef("records.AssetCategory", verbose_name=_("category"))
    asset_type = SoftRef("records.AssetCatalogueType", verbose_name=_("type"))
    value_type = models.TextField(_("kind of value"), choices=ValueType)
    allowed_values = models.TextField(_("allowed values"), null=True, blank=True)

    number = 124
    data_types = (12, 22)
    sync = Central()
    permissions = _CATALOGUE
    modern = Modern("asset_property")

    class Meta:
        db_table = "asset_property"
        verbose_name = _("asset property")
        verbose_name_plural = _("asset properties")


class AssetLogReason(Record):
    """A reason that may be chosen for a status of an asset."""

    asset_log_status = models.TextField(_("status"), choices=AssetStatus)
    reason = models.TextField()
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)
    comments_required = models.BooleanField(_("comment required"), default=False)

    number = 125
    data_types = (22,)
    sync = Central()
    permissions = _CATALOGUE
    modern = Modern(
        "asset_log_reason",
        # Senders before 2.16 do not know the key.
        fields={"comments_required": Field("comments_required", with_default(BOOL, False))},
    )

    class Meta:
        db_table = "asset_log_reason"
        verbose_name = _("asset status reason")
        verbose_name_plural = _("asset status reasons")


class Asset(Record):
    """A piece of equipment that a store holds."""

    store = Ref("records.Store", null=True, verbose_name=_("store"))
    asset_number = models.TextField(_("asset number"), null=True, blank=True)
    serial_number = models.TextField(_("serial number"), null=True, blank=True)
    notes = models.TextField(null=True, blank=True)
    # Sites of another make have a catalogue built in, which this server need not know.
    asset_class = SoftRef("records.AssetClass", verbose_name=_("class"))
    asset_category = SoftRef("records.AssetCategory", verbose_name=_("category"))
    asset_catalogue_type = SoftRef("records.AssetCatalogueType", verbose_name=_("type"))
    asset_catalogue_item = SoftRef("records.AssetCatalogueItem", verbose_name=_("catalogue item"))
    installation_date = models.DateField(_("installed on"), null=True, blank=True)
    replacement_date = models.DateField(_("to be replaced on"), null=True, blank=True)
    warranty_start = models.DateField(_("warranty from"), null=True, blank=True)
    warranty_end = models.DateField(_("warranty to"), null=True, blank=True)
    needs_replacement = models.BooleanField(_("needs replacement"), null=True, blank=True)
    donor_name = Ref("records.Name", null=True, verbose_name=_("donor"))
    # JSON objects: values by the keys of asset properties; which fields a scan has fixed.
    properties = JsonText(null=True, blank=True)
    locked_fields_json = JsonText(_("locked fields"), null=True, blank=True)
    created_datetime = models.DateTimeField(_("created at"), editable=False)
    modified_datetime = models.DateTimeField(_("changed at"), editable=False)
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 126
    data_types = (49,)
    sync = Store("store_id", shared_edit=True)
    removal = SoftDelete("deleted_datetime")
    permissions = Permissions(view="ASSET_QUERY", edit="ASSET_MUTATE")
    modern = Modern(
        "asset",
        renamed={
            "asset_type_id": "asset_catalogue_type_id",
            "catalogue_item_id": "asset_catalogue_item_id",
        },
        sends_deletes=True,
    )

    class Meta:
        db_table = "asset"
        verbose_name = _("asset")
        verbose_name_plural = _("equipment")


class AssetInternalLocation(Record):
    """Says that a storage location is inside an asset."""

    asset = Ref("records.Asset", db_index=True, verbose_name=_("asset"))
    location = SoftRef("records.Location", null=False, verbose_name=_("location"))

    number = 127
    data_types = (49,)
    sync = Store("asset.store_id", shared_edit=True)
    removal = HardDelete()
    permissions = Asset.permissions
    modern = Modern("asset_internal_location", sends_deletes=True)

    class Meta:
        db_table = "asset_internal_location"
        verbose_name = _("location in an asset")
        verbose_name_plural = _("locations in assets")


class AssetLog(Record):
    """An entry about the status of an asset."""

    class Type(models.TextChoices):
        STATUS_UPDATE = "STATUS_UPDATE", _("Status update")
        TEMPERATURE_MAPPING = "TEMPERATURE_MAPPING", _("Temperature mapping")

    asset = Ref("records.Asset", db_index=True, verbose_name=_("asset"))
    user = SoftRef("records.User", null=False, verbose_name=_("user"))
    status = models.TextField(choices=AssetStatus, null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    type = models.TextField(choices=Type, null=True, blank=True)
    reason = SoftRef("records.AssetLogReason", verbose_name=_("reason"))
    log_datetime = models.DateTimeField(_("at"))
    created_datetime = models.DateTimeField(_("entered at"), editable=False)

    number = 128
    data_types = (49,)
    sync = Store("asset.store_id", shared_edit=True)
    permissions = Permissions(view="ASSET_QUERY", edit="ASSET_STATUS_MUTATE")
    modern = Modern(
        "asset_log",
        fields={
            # Senders before 2.18 do not know the key; receivers then store the epoch.
            "created_datetime": Field(
                "created_datetime", with_default(DATETIME, "1970-01-01T00:00:00")
            )
        },
    )

    class Meta:
        db_table = "asset_log"
        verbose_name = _("asset log entry")
        verbose_name_plural = _("asset log")
