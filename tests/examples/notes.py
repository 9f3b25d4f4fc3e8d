"""Examples: notes on a name, an item and a transaction."""

from tests.examples import own

EXAMPLES = [
    own(
        "name_note",
        {
            "id": "name-note-1",
            "store_id": "store-north",
            "name_id": "patient-1",
            "note": "Prefers mornings",
            "user_id": "user-maria",
            "created_datetime": "2025-03-04T09:30:00",
            "deleted_datetime": "",
        },
    ),
    own(
        "item_note",
        {
            "id": "item-note-1",
            "store_id": "store-north",
            "item_id": "item-mr",
            "note": "Shake before use",
            "user_id": "user-maria",
            "created_datetime": "2025-03-04T09:30:00",
            "deleted_datetime": "",
        },
    ),
    own(
        "transaction_note",
        {
            "id": "transaction-note-1",
            "invoice_id": "invoice-1",
            "note": "Driver called twice",
            "user_id": "user-maria",
            "created_datetime": "2025-03-06T09:30:00",
            "deleted_datetime": "",
        },
    ),
]
