"""The kinds of entries in the activity log, as columns and as the wire write them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityType(models.TextChoices):
    USER_LOGGED_IN = "USER_LOGGED_IN", _("User logged in")
    INVOICE_CREATED = "INVOICE_CREATED", _("Invoice created")
    INVOICE_DELETED = "INVOICE_DELETED", _("Invoice deleted")
    INVOICE_NUMBER_ALLOCATED = "INVOICE_NUMBER_ALLOCATED", _("Invoice number allocated")
    INVOICE_STATUS_ALLOCATED = "INVOICE_STATUS_ALLOCATED", _("Invoice allocated")
    INVOICE_STATUS_PICKED = "INVOICE_STATUS_PICKED", _("Invoice picked")
    INVOICE_STATUS_SHIPPED = "INVOICE_STATUS_SHIPPED", _("Invoice shipped")
    INVOICE_STATUS_DELIVERED = "INVOICE_STATUS_DELIVERED", _("Invoice delivered")
    INVOICE_STATUS_RECEIVED = "INVOICE_STATUS_RECEIVED", _("Invoice received")
    INVOICE_STATUS_VERIFIED = "INVOICE_STATUS_VERIFIED", _("Invoice verified")
    INVOICE_STATUS_CANCELLED = "INVOICE_STATUS_CANCELLED", _("Invoice cancelled")
    INVENTORY_ADJUSTMENT = "INVENTORY_ADJUSTMENT", _("Inventory adjusted")
    STOCKTAKE_CREATED = "STOCKTAKE_CREATED", _("Stocktake created")
    STOCKTAKE_DELETED = "STOCKTAKE_DELETED", _("Stocktake deleted")
    STOCKTAKE_STATUS_FINALISED = "STOCKTAKE_STATUS_FINALISED", _("Stocktake finalised")
    REQUISITION_CREATED = "REQUISITION_CREATED", _("Requisition created")
    REQUISITION_DELETED = "REQUISITION_DELETED", _("Requisition deleted")
    REQUISITION_NUMBER_ALLOCATED = "REQUISITION_NUMBER_ALLOCATED", _("Requisition number allocated")
    REQUISITION_STATUS_SENT = "REQUISITION_STATUS_SENT", _("Requisition sent")
    REQUISITION_APPROVED = "REQUISITION_APPROVED", _("Requisition approved")
    REQUISITION_STATUS_FINALISED = "REQUISITION_STATUS_FINALISED", _("Requisition finalised")
    STOCK_LOCATION_CHANGE = "STOCK_LOCATION_CHANGE", _("Stock location changed")
    STOCK_COST_PRICE_CHANGE = "STOCK_COST_PRICE_CHANGE", _("Stock cost price changed")
    STOCK_SELL_PRICE_CHANGE = "STOCK_SELL_PRICE_CHANGE", _("Stock sell price changed")
    STOCK_EXPIRY_DATE_CHANGE = "STOCK_EXPIRY_DATE_CHANGE", _("Stock expiry date changed")
    STOCK_BATCH_CHANGE = "STOCK_BATCH_CHANGE", _("Stock batch changed")
    STOCK_ON_HOLD = "STOCK_ON_HOLD", _("Stock put on hold")
    STOCK_OFF_HOLD = "STOCK_OFF_HOLD", _("Stock taken off hold")
    REPACK = "REPACK", _("Repacked")
    PRESCRIPTION_CREATED = "PRESCRIPTION_CREATED", _("Prescription created")
    PRESCRIPTION_DELETED = "PRESCRIPTION_DELETED", _("Prescription deleted")
    PRESCRIPTION_STATUS_PICKED = "PRESCRIPTION_STATUS_PICKED", _("Prescription picked")
    PRESCRIPTION_STATUS_VERIFIED = "PRESCRIPTION_STATUS_VERIFIED", _("Prescription verified")
    PRESCRIPTION_STATUS_CANCELLED = "PRESCRIPTION_STATUS_CANCELLED", _("Prescription cancelled")
    SENSOR_LOCATION_CHANGED = "SENSOR_LOCATION_CHANGED", _("Sensor location changed")
    ASSET_CREATED = "ASSET_CREATED", _("Asset created")
    ASSET_UPDATED = "ASSET_UPDATED", _("Asset updated")
    ASSET_DELETED = "ASSET_DELETED", _("Asset deleted")
    ASSET_LOG_CREATED = "ASSET_LOG_CREATED", _("Asset log created")
    ASSET_LOG_REASON_CREATED = "ASSET_LOG_REASON_CREATED", _("Asset log reason created")
    ASSET_LOG_REASON_DELETED = "ASSET_LOG_REASON_DELETED", _("Asset log reason deleted")
    QUANTITY_FOR_LINE_HAS_BEEN_SET_TO_ZERO = (
        "QUANTITY_FOR_LINE_HAS_BEEN_SET_TO_ZERO",
        _("Quantity of a line set to zero"),
    )
    ASSET_CATALOGUE_ITEM_CREATED = "ASSET_CATALOGUE_ITEM_CREATED", _("Asset catalogue item created")
    ASSET_CATALOGUE_ITEM_PROPERTY_CREATED = (
        "ASSET_CATALOGUE_ITEM_PROPERTY_CREATED",
        _("Asset catalogue item property created"),
    )
    ASSET_PROPERTY_CREATED = "ASSET_PROPERTY_CREATED", _("Asset property created")
    VACCINE_COURSE_CREATED = "VACCINE_COURSE_CREATED", _("Vaccine course created")
    PROGRAM_CREATED = "PROGRAM_CREATED", _("Program created")
    PROGRAM_UPDATED = "PROGRAM_UPDATED", _("Program updated")
    VACCINE_COURSE_UPDATED = "VACCINE_COURSE_UPDATED", _("Vaccine course updated")
    RNR_FORM_CREATED = "RNR_FORM_CREATED", _("R&R form created")
    RNR_FORM_UPDATED = "RNR_FORM_UPDATED", _("R&R form updated")
    RNR_FORM_FINALISED = "RNR_FORM_FINALISED", _("R&R form finalised")
    RNR_FORM_DELETED = "RNR_FORM_DELETED", _("R&R form deleted")
    VACCINATION_CREATED = "VACCINATION_CREATED", _("Vaccination created")
    VACCINATION_UPDATED = "VACCINATION_UPDATED", _("Vaccination updated")
    VACCINATION_DELETED = "VACCINATION_DELETED", _("Vaccination deleted")
    VVM_STATUS_LOG_UPDATED = "VVM_STATUS_LOG_UPDATED", _("VVM status log updated")
    DEMOGRAPHIC_INDICATOR_CREATED = (
        "DEMOGRAPHIC_INDICATOR_CREATED",
        _("Demographic indicator created"),
    )
    DEMOGRAPHIC_INDICATOR_UPDATED = (
        "DEMOGRAPHIC_INDICATOR_UPDATED",
        _("Demographic indicator updated"),
    )
    DEMOGRAPHIC_PROJECTION_CREATED = (
        "DEMOGRAPHIC_PROJECTION_CREATED",
        _("Demographic projection created"),
    )
    DEMOGRAPHIC_PROJECTION_UPDATED = (
        "DEMOGRAPHIC_PROJECTION_UPDATED",
        _("Demographic projection updated"),
    )
    ITEM_VARIANT_CREATED = "ITEM_VARIANT_CREATED", _("Item variant created")
    ITEM_VARIANT_DELETED = "ITEM_VARIANT_DELETED", _("Item variant deleted")
    ITEM_VARIANT_UPDATED_NAME = "ITEM_VARIANT_UPDATED_NAME", _("Item variant name changed")
    ITEM_VARIANT_UPDATE_COLD_STORAGE_TYPE = (
        "ITEM_VARIANT_UPDATE_COLD_STORAGE_TYPE",
        _("Item variant cold storage type changed"),
    )
    ITEM_VARIANT_UPDATE_MANUFACTURER = (
        "ITEM_VARIANT_UPDATE_MANUFACTURER",
        _("Item variant manufacturer changed"),
    )
    ITEM_VARIANT_UPDATE_DOSE_PER_UNIT = (
        "ITEM_VARIANT_UPDATE_DOSE_PER_UNIT",
        _("Item variant doses per unit changed"),
    )
    ITEM_VARIANT_UPDATE_VVM_TYPE = (
        "ITEM_VARIANT_UPDATE_VVM_TYPE",
        _("Item variant VVM type changed"),
    )
    VOLUME_PER_PACK_CHANGED = "VOLUME_PER_PACK_CHANGED", _("Volume per pack changed")
    STOCK_LINE_EDIT = "STOCK_LINE_EDIT", _("Stock line edited")
    PURCHASE_ORDER_CREATED = "PURCHASE_ORDER_CREATED", _("Purchase order created")
    PURCHASE_ORDER_REQUEST_APPROVAL = (
        "PURCHASE_ORDER_REQUEST_APPROVAL",
        _("Purchase order sent for approval"),
    )
    PURCHASE_ORDER_UNAUTHORISED = "PURCHASE_ORDER_UNAUTHORISED", _("Purchase order unauthorised")
    PURCHASE_ORDER_SENT = "PURCHASE_ORDER_SENT", _("Purchase order sent")
    PURCHASE_ORDER_CONFIRMED = "PURCHASE_ORDER_CONFIRMED", _("Purchase order confirmed")
    PURCHASE_ORDER_FINALISED = "PURCHASE_ORDER_FINALISED", _("Purchase order finalised")
    PURCHASE_ORDER_DELETED = "PURCHASE_ORDER_DELETED", _("Purchase order deleted")
    PURCHASE_ORDER_LINE_CREATED = "PURCHASE_ORDER_LINE_CREATED", _("Purchase order line created")
    PURCHASE_ORDER_LINE_UPDATED = "PURCHASE_ORDER_LINE_UPDATED", _("Purchase order line updated")
    PURCHASE_ORDER_LINE_DELETED = "PURCHASE_ORDER_LINE_DELETED", _("Purchase order line deleted")
    PURCHASE_ORDER_STATUS_CHANGED_FROM_SENT_TO_CONFIRMED = (
        "PURCHASE_ORDER_STATUS_CHANGED_FROM_SENT_TO_CONFIRMED",
        _("Purchase order status changed from sent to confirmed"),
    )
    PURCHASE_ORDER_LINE_STATUS_CLOSED = (
        "PURCHASE_ORDER_LINE_STATUS_CLOSED",
        _("Purchase order line closed"),
    )
    PURCHASE_ORDER_LINE_STATUS_CHANGED_FROM_SENT_TO_NEW = (
        "PURCHASE_ORDER_LINE_STATUS_CHANGED_FROM_SENT_TO_NEW",
        _("Purchase order line status changed from sent to new"),
    )
    PATIENT_UPDATED = "PATIENT_UPDATED", _("Patient updated")
    PATIENT_CREATED = "PATIENT_CREATED", _("Patient created")
    INVOICE_DATE_BACKDATED = "INVOICE_DATE_BACKDATED", _("Invoice date backdated")
    # Of operations on the central server: these entries belong to no store and stay there.
    STORE_SYNC_TYPE_CHANGED = "STORE_SYNC_TYPE_CHANGED", _("Sync type of the store changed")
    STORE_ACTIVE_SITE_CHANGED = "STORE_ACTIVE_SITE_CHANGED", _("Active site of the store changed")
    STORE_TRANSACTIONS_IN_SYNC_CHANGED = (
        "STORE_TRANSACTIONS_IN_SYNC_CHANGED",
        _("Transactions in sync changed"),
    )
    STORE_MOVE_STARTED = "STORE_MOVE_STARTED", _("Move of the store started")
    STORE_MOVE_CANCELLED = "STORE_MOVE_CANCELLED", _("Move of the store cancelled")
    STORE_MOVE_FINISHED = "STORE_MOVE_FINISHED", _("Move of the store finished")
    STORE_RESYNCED = "STORE_RESYNCED", _("Records of the store sent again")
    STORE_PATIENTS_RESYNCED = "STORE_PATIENTS_RESYNCED", _("Patients of the store sent again")
    SITE_CREATED = "SITE_CREATED", _("Site created")
    SITE_RESET = "SITE_RESET", _("Site reset")
    SITE_DELETED = "SITE_DELETED", _("Site deleted")
    CENTRAL_SETTING_CHANGED = "CENTRAL_SETTING_CHANGED", _("Central setting changed")
    HOME_STORE_CHANGED = "HOME_STORE_CHANGED", _("Home store changed")
    USER_TAKEN_OVER = "USER_TAKEN_OVER", _("User of a site taken over")
    RECORDS_MERGED = "RECORDS_MERGED", _("Records merged")


# A few names on the wire do not follow from the others: acronyms, and one in capitals.
_IRREGULAR = {
    "VVM_STATUS_LOG_UPDATED": "VVMStatusLogUpdated",
    "ITEM_VARIANT_UPDATE_COLD_STORAGE_TYPE": "ITEM_VARIANT_UPDATE_COLD_STORAGE_TYPE",
    "ITEM_VARIANT_UPDATE_VVM_TYPE": "ItemVariantUpdateVVMType",
}

WIRE_NAMES = {
    _IRREGULAR.get(kind, kind.title().replace("_", "")): kind for kind in ActivityType.values
}
