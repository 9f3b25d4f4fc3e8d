"""Examples: stores and their legacy preferences."""

from tests.examples import v5


def _store(number: int, store_id: str, name_id: str, code: str, mode: str) -> dict[str, object]:
    return {
        "ID": store_id,
        "name_ID": name_id,
        "code": code,
        "sync_id_remote_site": number,
        "logo": "data:image/png;base64,iVBORw0KGgo=",
        "store_mode": mode,
        "created_date": "2023-05-01",
        "disabled": False,
    }


EXAMPLES = [
    v5("store", _store(2, "store-north", "name-north", "NOR", "dispensary")),
    v5("store", _store(1, "store-central", "name-central-store", "CMS", "dispensary")),
    v5("store", _store(3, "store-south", "name-south", "SOU", "store") | {"disabled": True}),
    v5(
        "pref",
        {
            "store_ID": "store-north",
            "item": "store_preferences",
            "data": {
                "default_item_packsize_to_one": True,
                "shouldAuthoriseResponseRequisition": True,
                "includeRequisitionsInSuppliersRemoteAuthorisationProcesses": True,
                "omSupplyUsesProgramModule": True,
                "usesVaccineModule": True,
                "can_issue_in_foreign_currency": True,
                "monthlyConsumptionLookBackPeriod": "6",
                "monthsLeadTime": "1.5",
                "monthsOverstock": 7,
                "monthsUnderstock": 2.5,
                "monthsItemsExpire": 4,
                "stocktakeFrequency": 2,
                "useExtraFieldsForRequisitions": True,
                "keepRequisitionLinesWithZeroQuantity": True,
                "useConsumptionAndStockFromCustomersForInternalOrders": True,
                "canLinkRequistionToSupplierInvoice": True,
                "editPrescribedQuantityOnPrescription": True,
            },
        },
        record_id="pref-north",
    ),
]
