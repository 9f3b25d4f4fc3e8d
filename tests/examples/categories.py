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
    own(
        "transaction_category_join",
        {
            "id": "category-join-1",
            "invoice_id": "invoice-1",
            "transaction_category_id": "transaction-category-1",
        },
    ),
    own(
        "purchase_order_category_join",
        {
            "id": "order-category-join-1",
            "purchase_order_id": "order-1",
            "purchase_order_category_id": "order-category-1",
        },
    ),
]
