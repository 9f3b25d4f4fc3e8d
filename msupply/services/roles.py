"""Bundles of permissions under names that people know (domain.md E.3)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from msupply.records.permissions import Permission


@dataclass(frozen=True)
class Role:
    """A bundle of permissions under a name that people know."""

    title: str | Promise
    permissions: frozenset[str]


_VIEW = frozenset(name for name in Permission.values if name.endswith("_QUERY"))
_KEEPER = frozenset(
    {
        "STOCK_LINE_QUERY",
        "STOCK_LINE_MUTATE",
        "STOCKTAKE_QUERY",
        "STOCKTAKE_MUTATE",
        "INVENTORY_ADJUSTMENT_MUTATE",
        "CREATE_REPACK",
        "OUTBOUND_SHIPMENT_QUERY",
        "OUTBOUND_SHIPMENT_MUTATE",
        "INBOUND_SHIPMENT_QUERY",
        "INBOUND_SHIPMENT_MUTATE",
        "REQUISITION_QUERY",
        "REQUISITION_MUTATE",
        "RNR_FORM_QUERY",
        "RNR_FORM_MUTATE",
        "REPORT",
        "LOG_QUERY",
    }
)
_DISPENSER = frozenset(
    {
        "PRESCRIPTION_QUERY",
        "PRESCRIPTION_MUTATE",
        "PATIENT_QUERY",
        "PATIENT_MUTATE",
        "MUTATE_CLINICIAN",
        "STOCK_LINE_QUERY",
        "VIEW_AND_EDIT_VVM_STATUS",
    }
)

ROLES: dict[str, Role] = {
    "store_keeper": Role(gettext_lazy("Store keeper"), _KEEPER),
    "store_manager": Role(
        gettext_lazy("Store manager"),
        _KEEPER
        | {
            "REQUISITION_SEND",
            "INBOUND_SHIPMENT_VERIFY",
            "CUSTOMER_RETURN_QUERY",
            "CUSTOMER_RETURN_MUTATE",
            "SUPPLIER_RETURN_QUERY",
            "SUPPLIER_RETURN_MUTATE",
            "REQUISITION_CREATE_OUTBOUND_SHIPMENT",
            "LOCATION_MUTATE",
        },
    ),
    "pharmacist": Role(gettext_lazy("Pharmacist or dispenser"), _DISPENSER),
    "procurement_officer": Role(
        gettext_lazy("Procurement officer"),
        frozenset(
            {
                "PURCHASE_ORDER_QUERY",
                "PURCHASE_ORDER_MUTATE",
                "INBOUND_SHIPMENT_EXTERNAL_QUERY",
                "INBOUND_SHIPMENT_EXTERNAL_MUTATE",
            }
        ),
    ),
    "procurement_authoriser": Role(
        gettext_lazy("Procurement authoriser"),
        frozenset(
            {
                "PURCHASE_ORDER_QUERY",
                "PURCHASE_ORDER_AUTHORISE",
                "PURCHASE_ORDER_FINALISE",
                "INBOUND_SHIPMENT_EXTERNAL_QUERY",
                "INBOUND_SHIPMENT_EXTERNAL_AUTHORISE",
                "INBOUND_SHIPMENT_EXTERNAL_VERIFY",
            }
        ),
    ),
    "cold_chain_officer": Role(
        gettext_lazy("Cold chain officer"),
        frozenset(
            {
                "SENSOR_QUERY",
                "SENSOR_MUTATE",
                # The sensor app of an unmodified site logs in as its user.
                "COLD_CHAIN_API",
                "ASSET_QUERY",
                "ASSET_MUTATE",
                "ASSET_STATUS_MUTATE",
                "VIEW_AND_EDIT_VVM_STATUS",
                "LOG_QUERY",
            }
        ),
    ),
    "vaccinator": Role(
        gettext_lazy("Vaccinator"),
        frozenset(
            {
                "PATIENT_QUERY",
                "PATIENT_MUTATE",
                "DOCUMENT_QUERY",
                "DOCUMENT_MUTATE",
                "PRESCRIPTION_QUERY",
                "PRESCRIPTION_MUTATE",
                "VIEW_AND_EDIT_VVM_STATUS",
            }
        ),
    ),
    "central_data_manager": Role(
        gettext_lazy("Central data manager"),
        frozenset(
            {
                "EDIT_CENTRAL_DATA",
                "NAME_PROPERTIES_MUTATE",
                "ITEM_MUTATE",
                "ITEM_NAMES_CODES_AND_UNITS_MUTATE",
                "ASSET_QUERY",
                "ASSET_CATALOGUE_ITEM_MUTATE",
            }
        ),
    ),
    "site_technician": Role(gettext_lazy("Site technician"), frozenset({"SERVER_ADMIN"})),
    "viewer": Role(gettext_lazy("Viewer"), _VIEW | {"REPORT"}),
    "administrator": Role(gettext_lazy("Administrator"), frozenset(Permission.values)),
}
