"""Examples: currencies."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "currency",
        {
            "ID": "currency-home",
            "rate": 1,
            "currency": "USD",
            "is_home_currency": True,
            "date_updated": "2025-02-28",
        },
    ),
    v5(
        "currency",
        {
            "ID": "currency-euro",
            "rate": 1.0825,
            "currency": "EUR",
            "is_home_currency": False,
            "date_updated": "2025-02-28",
        },
    ),
]
