"""Examples: a call for help."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "contact_form",
        {
            "id": "contact-1",
            "reply_email": "nurse@example.org",
            "body": "Printer does not work",
            "created_datetime": "2025-07-03T04:05:06",
            "user_id": "user-maria",
            "username": "maria",
            "store_id": "store-north",
            "contact_type": "SUPPORT",
        },
    ),
]
