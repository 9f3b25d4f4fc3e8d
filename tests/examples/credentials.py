"""Examples: the credential of a system that acts for a store."""

from tests.examples import own

EXAMPLES = [
    own(
        "store_credential",
        {
            "id": "credential-1",
            "store_id": "store-north",
            "username": "his-north",
            "description": "Hospital system",
            "is_active": True,
            "password": "argon2$argon2id$example",
            "created_datetime": "2025-03-04T09:30:00",
            "deleted_datetime": "",
        },
    ),
]
