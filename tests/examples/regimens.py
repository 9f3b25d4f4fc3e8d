"""Examples: a regimen and an item of it."""

from tests.examples import own

EXAMPLES = [
    own(
        "regimen",
        {
            "id": "regimen-1",
            "code": "R1",
            "name": "Zinc, ten days",
            "program_id": "list-epi",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "regimen_item",
        {
            "id": "regimen-item-1",
            "regimen_id": "regimen-1",
            "item_id": "item-zinc",
            "units_per_day": 1.5,
            "days": 10,
        },
    ),
]
