"""Examples: a field that a country added, and a value of it."""

from tests.examples import own

EXAMPLES = [
    own(
        "custom_field",
        {
            "id": "custom-field-1",
            "name": "Shelf life in months",
            "table": "item",
            "key": "shelf_life",
            "value_type": "INTEGER",
            "allowed_values": "24,36",
            "is_required": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "custom_value",
        {
            "id": "custom-value-1",
            "custom_field_id": "custom-field-1",
            "record_id": "item-zinc",
            "value": "36",
        },
    ),
]
