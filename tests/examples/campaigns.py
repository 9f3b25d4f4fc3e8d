"""Examples: a campaign."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "campaign",
        {
            "id": "campaign-1",
            "name": "Polio round 2",
            "start_date": "2025-08-01",
            "end_date": "2025-08-31",
            "deleted_datetime": "2025-12-01T00:00:00",
        },
    ),
]
