"""Examples: the activity log."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "om_activity_log",
        {
            "ID": "activity-1",
            "type": "InvoiceStatusShipped",
            "user_ID": "user-maria",
            "store_ID": "store-north",
            "record_ID": "invoice-1",
            "datetime": "2025-03-06T10:30:00.500000",
            "changed_to": "SHIPPED",
            "changed_from": "PICKED",
        },
    ),
    v5(
        "om_activity_log",
        {
            "ID": "activity-2",
            "type": "ITEM_VARIANT_UPDATE_COLD_STORAGE_TYPE",
            "user_ID": "user-maria",
            "store_ID": "store-north",
            "record_ID": "variant-1",
            "datetime": "2025-03-06T10:31:00",
            "changed_to": "Refrigerator",
            "changed_from": "Freezer",
        },
    ),
]
