"""Examples: what prescriptions are written with."""

from tests.examples import v5

EXAMPLES = [
    v5("abbreviation", {"ID": "abbreviation-1", "abbreviation": "bd", "expansion": "twice a day"}),
    v5(
        "item_direction",
        {"ID": "direction-1", "item_ID": "item-mr", "directions": "Once only", "priority": 2},
    ),
    v5(
        "diagnosis",
        {
            "ID": "diagnosis-1",
            "ICD_CODE": "B05",
            "ICD_DESCRIPTION": "Measles",
            "NOTES": "Notifiable",
            "VALID_TILL": "2030-12-31",
        },
    ),
]
