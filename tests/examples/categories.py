"""Examples: a category of transactions and one of purchase orders."""

from tests.examples import own

EXAMPLES = [
    own(
        "transaction_category",
        {
            "id": "transaction-category-1",
            "name": "Donation",
            "code": "DON",
            "type": "INBOUND_SHIPMENT",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "purchase_order_category",
        {
            "id": "order-category-1",
            "name": "Emergency",
            "code": "EM",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
]
