"""Examples: a rule for temperature breaches."""

from tests.examples import own

EXAMPLES = [
    own(
        "temperature_breach_config",
        {
            "id": "breach-config-1",
            "description": "Hot for an hour",
            "type": "HOT_CONSECUTIVE",
            "duration_milliseconds": 3600000,
            "minimum_temperature": 8,
            "maximum_temperature": 100,
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
]
