"""All record types, so that Django finds them."""

from msupply.records.activity import ActivityLog
from msupply.records.assets import (
    Asset,
    AssetCatalogueItem,
    AssetCatalogueType,
    AssetCategory,
    AssetClass,
    AssetInternalLocation,
    AssetLog,
    AssetLogReason,
    AssetProperty,
)
from msupply.records.campaigns import Campaign
from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.contact_forms import ContactForm
from msupply.records.currencies import Currency
from msupply.records.demographics import Demographic
from msupply.records.files import SyncFileReference
from msupply.records.invoices import Invoice, InvoiceLine
from msupply.records.items import (
    Item,
    ItemCategory,
    ItemCategoryLevel1,
    ItemCategoryLevel2,
    ItemStoreJoin,
    Unit,
)
from msupply.records.log_in_failures import LogInFailure
from msupply.records.master_lists import MasterList, MasterListLine, MasterListNameJoin
from msupply.records.messages import SyncMessage
from msupply.records.names import Name, NameStoreJoin, NameTag, NameTagJoin
from msupply.records.plugins import BackendPlugin, FrontendPlugin, PluginData
from msupply.records.preferences import Preference
from msupply.records.programs import Period, PeriodSchedule
from msupply.records.properties import NameOmsFields, NameProperty, Property
from msupply.records.reasons import ReasonOption
from msupply.records.reports import FormSchema, Report
from msupply.records.requisitions import Requisition, RequisitionLine
from msupply.records.rnr_forms import RnrForm, RnrFormLine
from msupply.records.sites import Site
from msupply.records.stock import Barcode, Location, LocationMovement, LocationType, StockLine
from msupply.records.stocktakes import Stocktake, StocktakeLine
from msupply.records.stores import Store, StorePreference
from msupply.records.system_logs import SystemLog
from msupply.records.users import DocumentPermission, User, UserPermission, UserStore
from msupply.records.vaccines import (
    Vaccination,
    VaccineCourse,
    VaccineCourseDose,
    VaccineCourseItem,
    VaccineCourseStoreConfig,
)
from msupply.records.variants import AncillaryItem, ItemVariant, PackagingVariant

__all__ = [
    "ActivityLog",
    "AncillaryItem",
    "Asset",
    "AssetCatalogueItem",
    "AssetCatalogueType",
    "AssetCategory",
    "AssetClass",
    "AssetInternalLocation",
    "AssetLog",
    "AssetLogReason",
    "AssetProperty",
    "BackendPlugin",
    "Barcode",
    "Campaign",
    "Clinician",
    "ClinicianStoreJoin",
    "ContactForm",
    "Currency",
    "Demographic",
    "DocumentPermission",
    "FormSchema",
    "FrontendPlugin",
    "Invoice",
    "InvoiceLine",
    "Item",
    "ItemCategory",
    "ItemCategoryLevel1",
    "ItemCategoryLevel2",
    "ItemStoreJoin",
    "ItemVariant",
    "Location",
    "LocationMovement",
    "LocationType",
    "LogInFailure",
    "MasterList",
    "MasterListLine",
    "MasterListNameJoin",
    "Name",
    "NameOmsFields",
    "NameProperty",
    "NameStoreJoin",
    "NameTag",
    "NameTagJoin",
    "PackagingVariant",
    "Period",
    "PeriodSchedule",
    "PluginData",
    "Preference",
    "Property",
    "ReasonOption",
    "Report",
    "Requisition",
    "RequisitionLine",
    "RnrForm",
    "RnrFormLine",
    "Site",
    "StockLine",
    "Stocktake",
    "StocktakeLine",
    "Store",
    "StorePreference",
    "SyncFileReference",
    "SyncMessage",
    "SystemLog",
    "Unit",
    "User",
    "UserPermission",
    "UserStore",
    "Vaccination",
    "VaccineCourse",
    "VaccineCourseDose",
    "VaccineCourseItem",
    "VaccineCourseStoreConfig",
]
