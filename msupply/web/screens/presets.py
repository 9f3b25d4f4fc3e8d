"""Which columns a list shows, and the lists that users know by a name of their own.

A record type that is not named here gets a list from its declaration alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Preset:
    """A list of a part of a record type, with its name in the menu."""

    slug: str
    record_type: str
    title: str | Promise
    singular: str | Promise
    only: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    # What forms of this part of the type do not ask for.
    without: frozenset[str] = frozenset()


_OF_PATIENTS = frozenset(
    {
        "date_of_birth",
        "date_of_death",
        "first_name",
        "gender",
        "is_deceased",
        "last_name",
        "national_health_number",
        "next_of_kin",
        "next_of_kin_name",
        "type",
    }
)
_OF_BUSINESS = frozenset(
    {
        "charge_code",
        "currency",
        "custom_data_string",
        "freight_factor",
        "hsh_code",
        "hsh_name",
        "is_customer",
        "is_donor",
        "is_manufacturer",
        "is_supplier",
        "margin",
        "on_hold",
        "website",
    }
)
_RETURNS = ("name", "status", "invoice_number", "created_datetime", "their_reference", "comment")

PRESETS = (
    Preset(
        "outbound-shipments",
        "invoice",
        _("Outbound shipments"),
        _("Outbound shipment"),
        {"type": "OUTBOUND_SHIPMENT"},
    ),
    Preset(
        "inbound-shipments",
        "invoice",
        _("Inbound shipments"),
        _("Inbound shipment"),
        {"type": "INBOUND_SHIPMENT"},
    ),
    Preset(
        "customer-returns",
        "invoice",
        _("Customer returns"),
        _("Customer return"),
        {"type": "CUSTOMER_RETURN"},
        _RETURNS,
    ),
    Preset(
        "supplier-returns",
        "invoice",
        _("Supplier returns"),
        _("Supplier return"),
        {"type": "SUPPLIER_RETURN"},
        _RETURNS,
    ),
    Preset(
        "prescriptions",
        "invoice",
        _("Prescriptions"),
        _("Prescription"),
        {"type": "PRESCRIPTION"},
        ("name", "status", "invoice_number", "created_datetime", "clinician", "comment"),
    ),
    Preset(
        "requisitions",
        "requisition",
        _("Requisitions"),
        _("Requisition"),
        {"type": "RESPONSE"},
    ),
    Preset(
        "internal-orders",
        "requisition",
        _("Internal orders"),
        _("Internal order"),
        {"type": "REQUEST"},
    ),
    Preset(
        "customers",
        "name",
        _("Customers"),
        _("Customer"),
        {"is_customer": True},
        without=_OF_PATIENTS,
    ),
    Preset(
        "suppliers",
        "name",
        _("Suppliers"),
        _("Supplier"),
        {"is_supplier": True},
        without=_OF_PATIENTS,
    ),
    Preset(
        "patients",
        "name",
        _("Patients"),
        _("Patient"),
        {"type": "PATIENT"},
        ("code", "first_name", "last_name", "gender", "date_of_birth", "is_deceased"),
        _OF_BUSINESS,
    ),
    Preset("items", "item", _("Items"), _("Item")),
    Preset("master-lists", "masterlist", _("Master lists"), _("Master list")),
    Preset("stock", "stockline", _("Stock"), _("Stock line")),
    Preset("stocktakes", "stocktake", _("Stocktakes"), _("Stocktake")),
    Preset("locations", "location", _("Locations"), _("Location")),
    Preset("clinicians", "clinician", _("Clinicians"), _("Clinician")),
    Preset("users", "user", _("Users"), _("User")),
)

# The usual order where names, codes and moments do not give one.
ORDER: dict[str, tuple[str, ...]] = {
    "stockline": ("item__name", "expiry_date"),
    "stocktakeline": ("item_name",),
}

COLUMNS: dict[str, tuple[str, ...]] = {
    "invoice": (
        "name",
        "status",
        "invoice_number",
        "created_datetime",
        "their_reference",
        "comment",
    ),
    "invoiceline": (
        "item_code",
        "item_name",
        "batch",
        "expiry_date",
        "location",
        "pack_size",
        "number_of_packs",
    ),
    "requisition": (
        "name",
        "requisition_number",
        "created_datetime",
        "status",
        "their_reference",
        "comment",
    ),
    "requisitionline": (
        "item",
        "available_stock_on_hand",
        "suggested_quantity",
        "requested_quantity",
        "supply_quantity",
        "approved_quantity",
        "comment",
    ),
    "stocktake": (
        "stocktake_number",
        "status",
        "description",
        "created_datetime",
        "stocktake_date",
        "comment",
    ),
    "stocktakeline": (
        "item_name",
        "batch",
        "expiry_date",
        "location",
        "pack_size",
        "snapshot_number_of_packs",
        "counted_number_of_packs",
    ),
    "name": ("code", "name", "type", "phone", "supplying_store"),
    "item": ("code", "name", "unit", "type", "default_pack_size", "is_vaccine", "is_active"),
    "stockline": (
        "item",
        "batch",
        "expiry_date",
        "location",
        "pack_size",
        "available_number_of_packs",
        "total_number_of_packs",
    ),
    "location": ("code", "name", "location_type", "volume", "on_hold"),
    "clinician": ("code", "first_name", "last_name", "initials", "mobile", "gender"),
    "user": ("username", "first_name", "last_name", "job_title", "phone_number", "is_active"),
    "asset": (
        "asset_number",
        "asset_catalogue_type",
        "asset_catalogue_item",
        "serial_number",
        "installation_date",
        "store",
    ),
    "assetcatalogueitem": (
        "sub_catalogue",
        "code",
        "asset_catalogue_type",
        "manufacturer",
        "model",
        "asset_class",
        "asset_category",
    ),
    "masterlist": ("code", "name", "description", "is_program", "is_active"),
}
