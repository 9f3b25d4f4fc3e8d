"""All record types, so that Django finds them."""

from msupply.records.accounts import Account, Budget
from msupply.records.activity import ActivityLog
from msupply.records.adverse_reactions import AdverseDrugReaction
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
from msupply.records.authorisations import AuthorisationRequest
from msupply.records.bills_of_materials import BomLine, BomMaster, Build, BuildLine
from msupply.records.boxes import Box, BoxLine
from msupply.records.breach_configs import TemperatureBreachConfig
from msupply.records.bundles import BundledItem
from msupply.records.campaigns import Campaign
from msupply.records.categories import (
    PurchaseOrderCategory,
    PurchaseOrderCategoryJoin,
    TransactionCategory,
    TransactionCategoryJoin,
)
from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.cold_chain import Sensor, TemperatureBreach, TemperatureLog
from msupply.records.contact_forms import ContactForm
from msupply.records.contacts import Contact
from msupply.records.credentials import StoreCredential
from msupply.records.currencies import Currency
from msupply.records.custom_fields import CustomField, CustomValue
from msupply.records.dashboards import Dashboard, DashboardPanel
from msupply.records.demographics import Demographic
from msupply.records.departments import ItemDepartment, ItemDepartmentJoin
from msupply.records.dispensing import Abbreviation, Diagnosis, ItemDirection
from msupply.records.documents import Document, DocumentFormSchema, DocumentRegistry
from msupply.records.drug_interactions import (
    DrugInteraction,
    DrugInteractionGroup,
    DrugInteractionItem,
)
from msupply.records.drug_registrations import DrugRegistration
from msupply.records.encounters import Encounter
from msupply.records.files import SyncFileReference
from msupply.records.goods_received import GoodsReceived, GoodsReceivedLine
from msupply.records.indicators import IndicatorAttribute, IndicatorValue, ProgramIndicator
from msupply.records.insurance import InsuranceProvider, NameInsuranceJoin
from msupply.records.invoices import Invoice, InvoiceLine
from msupply.records.item_warnings import ItemWarning, ItemWarningJoin
from msupply.records.items import (
    Item,
    ItemCategory,
    ItemCategoryLevel1,
    ItemCategoryLevel2,
    ItemStoreJoin,
    Unit,
)
from msupply.records.labels import LabelTemplate, Printer
from msupply.records.log_in_failures import LogInFailure
from msupply.records.log_marks import LogMark
from msupply.records.master_lists import MasterList, MasterListLine, MasterListNameJoin
from msupply.records.merges import (
    ItemMerge,
    LocationMerge,
    NameMerge,
    PrescriberMerge,
    UnitMerge,
)
from msupply.records.messages import SyncMessage
from msupply.records.name_groups import NameCategory, NameCategoryJoin, NameGroup, NameGroupJoin
from msupply.records.names import Name, NameStoreJoin, NameTag, NameTagJoin
from msupply.records.new_users import NewUser
from msupply.records.notes import ItemNote, NameNote, TransactionNote
from msupply.records.numbers import Number
from msupply.records.patient_events import PatientEvent, PatientEventType
from msupply.records.payments import Payment, PaymentType
from msupply.records.plugins import BackendPlugin, FrontendPlugin, PluginData
from msupply.records.preferences import Preference
from msupply.records.program_enrolments import ContactTrace, ProgramEnrolment, ProgramEvent
from msupply.records.programs import Period, PeriodSchedule
from msupply.records.projections import DemographicIndicator, DemographicProjection
from msupply.records.properties import NameOmsFields, NameProperty, Property
from msupply.records.purchase_orders import PurchaseOrder, PurchaseOrderLine
from msupply.records.reasons import ReasonOption
from msupply.records.regimens import Regimen, RegimenItem
from msupply.records.reminders import Reminder
from msupply.records.repeats import PrescriptionRepeat
from msupply.records.replenishments import AmcProjection, Backorder, StockReplenishment
from msupply.records.reports import FormSchema, Report
from msupply.records.requisitions import Requisition, RequisitionLine
from msupply.records.rnr_forms import RnrForm, RnrFormLine
from msupply.records.shipping import ShippingMethod
from msupply.records.site_cycles import SiteCycle
from msupply.records.sites import Site
from msupply.records.stock import Barcode, Location, LocationMovement, LocationType, StockLine
from msupply.records.stocktakes import Stocktake, StocktakeLine
from msupply.records.store_moves import StoreMove
from msupply.records.stores import Store, StorePreference
from msupply.records.system_logs import SystemLog
from msupply.records.tenders import Incoterm, Quote, QuoteLine, Tender, TenderCondition, TenderLine
from msupply.records.uploads import Upload
from msupply.records.users import DocumentPermission, User, UserPermission, UserStore
from msupply.records.vaccinators import Vaccinator
from msupply.records.vaccines import (
    Vaccination,
    VaccineCourse,
    VaccineCourseDose,
    VaccineCourseItem,
    VaccineCourseStoreConfig,
)
from msupply.records.variants import AncillaryItem, ItemVariant, PackagingVariant
from msupply.records.vvm import VvmStatus, VvmStatusLog
from msupply.records.wards import Admission, Bed, Ward

__all__ = [
    "Abbreviation",
    "Account",
    "ActivityLog",
    "Admission",
    "AdverseDrugReaction",
    "AmcProjection",
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
    "AuthorisationRequest",
    "BackendPlugin",
    "Backorder",
    "Barcode",
    "Bed",
    "BomLine",
    "BomMaster",
    "Box",
    "BoxLine",
    "Budget",
    "Build",
    "BuildLine",
    "BundledItem",
    "Campaign",
    "Clinician",
    "ClinicianStoreJoin",
    "Contact",
    "ContactForm",
    "ContactTrace",
    "Currency",
    "CustomField",
    "CustomValue",
    "Dashboard",
    "DashboardPanel",
    "Demographic",
    "DemographicIndicator",
    "DemographicProjection",
    "Diagnosis",
    "Document",
    "DocumentFormSchema",
    "DocumentPermission",
    "DocumentRegistry",
    "DrugInteraction",
    "DrugInteractionGroup",
    "DrugInteractionItem",
    "DrugRegistration",
    "Encounter",
    "FormSchema",
    "FrontendPlugin",
    "GoodsReceived",
    "GoodsReceivedLine",
    "Incoterm",
    "IndicatorAttribute",
    "IndicatorValue",
    "InsuranceProvider",
    "Invoice",
    "InvoiceLine",
    "Item",
    "ItemCategory",
    "ItemCategoryLevel1",
    "ItemCategoryLevel2",
    "ItemDepartment",
    "ItemDepartmentJoin",
    "ItemDirection",
    "ItemMerge",
    "ItemNote",
    "ItemStoreJoin",
    "ItemVariant",
    "ItemWarning",
    "ItemWarningJoin",
    "LabelTemplate",
    "Location",
    "LocationMerge",
    "LocationMovement",
    "LocationType",
    "LogInFailure",
    "LogMark",
    "MasterList",
    "MasterListLine",
    "MasterListNameJoin",
    "Name",
    "NameCategory",
    "NameCategoryJoin",
    "NameGroup",
    "NameGroupJoin",
    "NameInsuranceJoin",
    "NameMerge",
    "NameNote",
    "NameOmsFields",
    "NameProperty",
    "NameStoreJoin",
    "NameTag",
    "NameTagJoin",
    "NewUser",
    "Number",
    "PackagingVariant",
    "PatientEvent",
    "PatientEventType",
    "Payment",
    "PaymentType",
    "Period",
    "PeriodSchedule",
    "PluginData",
    "Preference",
    "PrescriberMerge",
    "PrescriptionRepeat",
    "Printer",
    "ProgramEnrolment",
    "ProgramEvent",
    "ProgramIndicator",
    "Property",
    "PurchaseOrder",
    "PurchaseOrderCategory",
    "PurchaseOrderCategoryJoin",
    "PurchaseOrderLine",
    "Quote",
    "QuoteLine",
    "ReasonOption",
    "Regimen",
    "RegimenItem",
    "Reminder",
    "Report",
    "Requisition",
    "RequisitionLine",
    "RnrForm",
    "RnrFormLine",
    "Sensor",
    "ShippingMethod",
    "Site",
    "SiteCycle",
    "StockLine",
    "StockReplenishment",
    "Stocktake",
    "StocktakeLine",
    "Store",
    "StoreCredential",
    "StoreMove",
    "StorePreference",
    "SyncFileReference",
    "SyncMessage",
    "SystemLog",
    "TemperatureBreach",
    "TemperatureBreachConfig",
    "TemperatureLog",
    "Tender",
    "TenderCondition",
    "TenderLine",
    "TransactionCategory",
    "TransactionCategoryJoin",
    "TransactionNote",
    "Unit",
    "UnitMerge",
    "Upload",
    "User",
    "UserPermission",
    "UserStore",
    "Vaccination",
    "Vaccinator",
    "VaccineCourse",
    "VaccineCourseDose",
    "VaccineCourseItem",
    "VaccineCourseStoreConfig",
    "VvmStatus",
    "VvmStatusLog",
    "Ward",
]
