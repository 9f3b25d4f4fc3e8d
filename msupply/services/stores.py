"""New stores: each with its name, and the preferences that sites ask for."""

import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.names import Name, NameType
from msupply.records.stores import Store, StoreMode, StorePreference
from msupply.sync.clock import now

# What the legacy server tells sites about a new store (sync-v5.md, table pref).
_STORE_PREFERENCES = {
    "default_item_packsize_to_one": False,
    "shouldAuthoriseResponseRequisition": False,
    "includeRequisitionsInSuppliersRemoteAuthorisationProcesses": False,
    "omSupplyUsesProgramModule": True,
    "usesVaccineModule": True,
    "can_issue_in_foreign_currency": False,
    "monthlyConsumptionLookBackPeriod": "3",
    "monthsLeadTime": "1",
    "monthsOverstock": 6,
    "monthsUnderstock": 3,
    "monthsItemsExpire": 3,
    "stocktakeFrequency": 1,
    "useExtraFieldsForRequisitions": False,
    "keepRequisitionLinesWithZeroQuantity": False,
    "useConsumptionAndStockFromCustomersForInternalOrders": False,
    "canLinkRequistionToSupplierInvoice": False,
    "editPrescribedQuantityOnPrescription": False,
}


def create_store(connection: BaseDatabaseWrapper, code: str, name: str, site_number: int) -> Store:
    """Create a store with its name and preferences. Raises ValidationError."""
    code, name = code.strip(), name.strip()
    stores = Store.objects.using(connection.alias)
    errors = {}
    if not code:
        errors["code"] = _("Enter a code.")
    elif stores.filter(code__iexact=code).exists():
        errors["code"] = _("There is a store with the code “{code}” already.").format(code=code)
    # Every record type goes to dispensaries (domain.md E.4).
    store = Store(code=code, store_mode=StoreMode.DISPENSARY)
    try:
        own_name, preferences = complete_store(store, name, site_number)
    except ValidationError as error:
        raise ValidationError(error.message_dict | errors) from None
    if errors:
        raise ValidationError(errors)
    with transaction.atomic(using=connection.alias):
        for record in (own_name, store, preferences):
            record.save(using=connection.alias, force_insert=True)
    return store


def complete_store(store: Store, name: str, site_number: int) -> tuple[Name, StorePreference]:
    """Complete a new store; return its name and preferences. Raises ValidationError."""
    name = name.strip()
    errors = {}
    if not name:
        errors["name"] = _("Enter a name.")
    if any("\0" in text or len(text) > 200 for text in (store.code, name)):
        errors["name"] = _("Code and name can have up to 200 characters.")
    if errors:
        raise ValidationError(errors)
    own_name = Name(
        name=name,
        code=store.code,
        type=NameType.STORE,
        is_customer=True,
        is_supplier=True,
        created_datetime=now(),
    )
    store.name, store.site_id = own_name, site_number
    store.created_date = store.created_date or now().date()
    # Not the store's id: receivers may keep what arrives by record id alone.
    preferences = StorePreference(
        store=store, type="store_preferences", data=json.dumps(_STORE_PREFERENCES)
    )
    return own_name, preferences
