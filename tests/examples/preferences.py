"""Examples: preferences, one of a store and one for all."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "preference",
        {
            "id": "order_in_packs_store-north",
            "key": "order_in_packs",
            "value": "true",
            "store_id": "store-north",
        },
    ),
    v6(
        "preference",
        {"id": "is_gaps_global", "key": "is_gaps", "value": "true", "store_id": None},
    ),
]
