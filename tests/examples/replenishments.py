"""Examples: a shelf that is refilled, a projection, and what is owed."""

from tests.examples import own

EXAMPLES = [
    own(
        "stock_replenishment",
        {
            "id": "replenishment-1",
            "store_id": "store-north",
            "item_id": "item-mr",
            "stock_line_id": "stock-1",
            "from_location_id": "location-1",
            "to_location_id": "location-2",
            "number_of_packs": 2.5,
            "status": "FINALISED",
            "comment": "Front shelf",
            "user_id": "user-maria",
            "created_datetime": "2025-03-04T09:30:00",
            "finalised_datetime": "2025-03-04T09:50:00",
            "deleted_datetime": "",
        },
    ),
    own(
        "amc_projection",
        {
            "id": "amc-projection-1",
            "store_id": "store-north",
            "item_id": "item-mr",
            "month": "2025-06-01",
            "projected_amc": 412.5,
            "comment": "Campaign",
        },
    ),
    own(
        "backorder",
        {
            "id": "backorder-1",
            "store_id": "store-north",
            "name_id": "name-south",
            "item_id": "item-mr",
            "invoice_id": "invoice-1",
            "fulfilled_by_invoice_id": "invoice-9",
            "quantity": 40,
            "status": "FULFILLED",
            "comment": "Sent later",
            "created_datetime": "2025-03-06T10:30:00",
        },
    ),
]
