"""Examples: a payment type and a payment."""

from tests.examples import own

EXAMPLES = [
    own(
        "payment_type",
        {
            "id": "payment-type-1",
            "name": "Cash",
            "code": "C",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "payment",
        {
            "id": "payment-1",
            "store_id": "store-north",
            "name_id": "name-south",
            "invoice_id": "invoice-1",
            "payment_type_id": "payment-type-1",
            "direction": "RECEIVED",
            "amount": 120.25,
            "currency_id": "currency-home",
            "payment_datetime": "2025-03-07T10:15:00",
            "reference": "Receipt 12",
            "comment": "Paid in part",
            "user_id": "user-maria",
            "created_datetime": "2025-03-07T10:16:00",
        },
    ),
]
