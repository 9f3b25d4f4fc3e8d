"""What a user may do (domain.md E.2), and the legacy permission numbers that grant it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    SERVER_ADMIN = "SERVER_ADMIN", _("Administer the server")
    STORE_ACCESS = "STORE_ACCESS", _("Enter the store")
    LOCATION_MUTATE = "LOCATION_MUTATE", _("Manage locations")
    SENSOR_QUERY = "SENSOR_QUERY", _("View sensors")
    SENSOR_MUTATE = "SENSOR_MUTATE", _("Edit sensors")
    COLD_CHAIN_API = "COLD_CHAIN_API", _("Send sensor data from the cold chain app")
    STOCK_LINE_QUERY = "STOCK_LINE_QUERY", _("View stock")
    STOCK_LINE_MUTATE = "STOCK_LINE_MUTATE", _("Edit stock")
    CREATE_REPACK = "CREATE_REPACK", _("Repack or split stock")
    STOCKTAKE_QUERY = "STOCKTAKE_QUERY", _("View stocktakes")
    STOCKTAKE_MUTATE = "STOCKTAKE_MUTATE", _("Edit stocktakes")
    INVENTORY_ADJUSTMENT_MUTATE = "INVENTORY_ADJUSTMENT_MUTATE", _("Enter inventory adjustments")
    REQUISITION_QUERY = "REQUISITION_QUERY", _("View requisitions and internal orders")
    REQUISITION_MUTATE = "REQUISITION_MUTATE", _("Edit requisitions and internal orders")
    REQUISITION_SEND = "REQUISITION_SEND", _("Send internal orders")
    REQUISITION_CREATE_OUTBOUND_SHIPMENT = (
        "REQUISITION_CREATE_OUTBOUND_SHIPMENT",
        _("Create outbound shipments from requisitions"),
    )
    RNR_FORM_QUERY = "RNR_FORM_QUERY", _("View R&R forms")
    RNR_FORM_MUTATE = "RNR_FORM_MUTATE", _("Edit R&R forms")
    OUTBOUND_SHIPMENT_QUERY = "OUTBOUND_SHIPMENT_QUERY", _("View outbound shipments")
    OUTBOUND_SHIPMENT_MUTATE = "OUTBOUND_SHIPMENT_MUTATE", _("Edit outbound shipments")
    CUSTOMER_RETURN_QUERY = "CUSTOMER_RETURN_QUERY", _("View customer returns")
    CUSTOMER_RETURN_MUTATE = "CUSTOMER_RETURN_MUTATE", _("Edit customer returns")
    PRESCRIPTION_QUERY = "PRESCRIPTION_QUERY", _("View prescriptions")
    PRESCRIPTION_MUTATE = "PRESCRIPTION_MUTATE", _("Edit prescriptions")
    CANCEL_FINALISED_INVOICES = "CANCEL_FINALISED_INVOICES", _("Cancel verified prescriptions")
    INBOUND_SHIPMENT_QUERY = "INBOUND_SHIPMENT_QUERY", _("View inbound shipments")
    INBOUND_SHIPMENT_MUTATE = "INBOUND_SHIPMENT_MUTATE", _("Edit inbound shipments")
    INBOUND_SHIPMENT_VERIFY = "INBOUND_SHIPMENT_VERIFY", _("Verify inbound shipments")
    SUPPLIER_RETURN_QUERY = "SUPPLIER_RETURN_QUERY", _("View supplier returns")
    SUPPLIER_RETURN_MUTATE = "SUPPLIER_RETURN_MUTATE", _("Edit supplier returns")
    PURCHASE_ORDER_QUERY = "PURCHASE_ORDER_QUERY", _("View purchase orders")
    PURCHASE_ORDER_MUTATE = "PURCHASE_ORDER_MUTATE", _("Edit purchase orders")
    PURCHASE_ORDER_AUTHORISE = "PURCHASE_ORDER_AUTHORISE", _("Authorise purchase orders")
    PURCHASE_ORDER_FINALISE = "PURCHASE_ORDER_FINALISE", _("Finalise purchase orders")
    INBOUND_SHIPMENT_EXTERNAL_QUERY = (
        "INBOUND_SHIPMENT_EXTERNAL_QUERY",
        _("View external inbound shipments"),
    )
    INBOUND_SHIPMENT_EXTERNAL_MUTATE = (
        "INBOUND_SHIPMENT_EXTERNAL_MUTATE",
        _("Edit external inbound shipments"),
    )
    INBOUND_SHIPMENT_EXTERNAL_AUTHORISE = (
        "INBOUND_SHIPMENT_EXTERNAL_AUTHORISE",
        _("Authorise external inbound shipments"),
    )
    INBOUND_SHIPMENT_EXTERNAL_VERIFY = (
        "INBOUND_SHIPMENT_EXTERNAL_VERIFY",
        _("Verify external inbound shipments"),
    )
    REPORT = "REPORT", _("View reports")
    LOG_QUERY = "LOG_QUERY", _("View the activity log")
    ITEM_MUTATE = "ITEM_MUTATE", _("Edit items")
    ITEM_NAMES_CODES_AND_UNITS_MUTATE = (
        "ITEM_NAMES_CODES_AND_UNITS_MUTATE",
        _("Edit item names, codes and units"),
    )
    PATIENT_QUERY = "PATIENT_QUERY", _("View patients")
    PATIENT_MUTATE = "PATIENT_MUTATE", _("Edit patients")
    DOCUMENT_QUERY = "DOCUMENT_QUERY", _("View programme documents")
    DOCUMENT_MUTATE = "DOCUMENT_MUTATE", _("Edit programme documents")
    MUTATE_CLINICIAN = "MUTATE_CLINICIAN", _("Edit prescribers")
    ASSET_QUERY = "ASSET_QUERY", _("View equipment")
    ASSET_MUTATE = "ASSET_MUTATE", _("Edit equipment")
    ASSET_MUTATE_VIA_DATA_MATRIX = (
        "ASSET_MUTATE_VIA_DATA_MATRIX",
        _("Add equipment by its data matrix"),
    )
    ASSET_STATUS_MUTATE = "ASSET_STATUS_MUTATE", _("Change the status of equipment")
    ASSET_CATALOGUE_ITEM_MUTATE = "ASSET_CATALOGUE_ITEM_MUTATE", _("Set up the asset catalogue")
    NAME_PROPERTIES_MUTATE = "NAME_PROPERTIES_MUTATE", _("Edit properties of names")
    EDIT_CENTRAL_DATA = "EDIT_CENTRAL_DATA", _("Edit central data")
    VIEW_AND_EDIT_VVM_STATUS = "VIEW_AND_EDIT_VVM_STATUS", _("View and edit VVM status")


# Positions in the array of booleans that a log-in answer carries, counted from 1 (sync-v5.md 11.1).
LEGACY_NUMBERS: dict[int, tuple[str, ...]] = {
    2: ("PURCHASE_ORDER_QUERY",),
    3: ("PURCHASE_ORDER_MUTATE",),
    16: ("INVENTORY_ADJUSTMENT_MUTATE",),
    18: ("ITEM_NAMES_CODES_AND_UNITS_MUTATE",),
    26: ("INBOUND_SHIPMENT_EXTERNAL_QUERY",),
    37: ("PURCHASE_ORDER_FINALISE",),
    38: ("INBOUND_SHIPMENT_MUTATE",),
    39: (
        "INBOUND_SHIPMENT_QUERY",
        "SUPPLIER_RETURN_QUERY",
    ),
    42: (
        "OUTBOUND_SHIPMENT_MUTATE",
        "PRESCRIPTION_MUTATE",
    ),
    43: (
        "OUTBOUND_SHIPMENT_QUERY",
        "CUSTOMER_RETURN_QUERY",
        "PRESCRIPTION_QUERY",
    ),
    44: ("INBOUND_SHIPMENT_EXTERNAL_MUTATE",),
    46: ("PATIENT_MUTATE",),
    49: ("CREATE_REPACK",),
    62: ("PATIENT_MUTATE",),
    63: ("REPORT",),
    69: ("MUTATE_CLINICIAN",),
    76: ("LOG_QUERY",),
    84: ("LOCATION_MUTATE",),
    88: ("INBOUND_SHIPMENT_VERIFY",),
    91: ("INBOUND_SHIPMENT_EXTERNAL_VERIFY",),
    94: ("CANCEL_FINALISED_INVOICES",),
    99: ("ASSET_QUERY",),
    109: ("STOCKTAKE_MUTATE",),
    111: ("STOCKTAKE_MUTATE",),
    112: ("STOCKTAKE_MUTATE",),
    113: ("STOCKTAKE_MUTATE",),
    114: ("STOCKTAKE_MUTATE",),
    121: (
        "OUTBOUND_SHIPMENT_MUTATE",
        "PRESCRIPTION_MUTATE",
    ),
    122: ("INBOUND_SHIPMENT_MUTATE",),
    123: ("ITEM_MUTATE",),
    124: ("NAME_PROPERTIES_MUTATE",),
    134: ("PURCHASE_ORDER_AUTHORISE",),
    135: ("ASSET_MUTATE",),
    136: ("ASSET_CATALOGUE_ITEM_MUTATE",),
    139: ("INBOUND_SHIPMENT_EXTERNAL_AUTHORISE",),
    147: ("STOCK_LINE_MUTATE",),
    153: (
        "REQUISITION_QUERY",
        "RNR_FORM_QUERY",
    ),
    154: (
        "REQUISITION_MUTATE",
        "RNR_FORM_MUTATE",
    ),
    156: (
        "STOCK_LINE_QUERY",
        "STOCKTAKE_QUERY",
    ),
    157: ("SERVER_ADMIN",),
    165: ("CUSTOMER_RETURN_MUTATE",),
    168: ("SUPPLIER_RETURN_MUTATE",),
    170: ("REQUISITION_CREATE_OUTBOUND_SHIPMENT",),
    172: ("VIEW_AND_EDIT_VVM_STATUS",),
    175: ("SENSOR_QUERY",),
    176: ("SENSOR_MUTATE",),
    178: ("ASSET_STATUS_MUTATE",),
    190: ("PATIENT_QUERY",),
    200: ("REQUISITION_SEND",),
    201: ("COLD_CHAIN_API",),
    202: ("EDIT_CENTRAL_DATA",),
    203: ("ASSET_MUTATE_VIA_DATA_MATRIX",),
}
