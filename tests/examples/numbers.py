"""Examples: a counter."""

from tests.examples import own

EXAMPLES = [
    own(
        "number",
        {
            "id": "number-1",
            "store_id": "store-north",
            "type": "OUTBOUND_SHIPMENT",
            "value": 57,
        },
    ),
]
