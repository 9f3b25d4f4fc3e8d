"""Examples: users and their programme permissions."""

from tests.examples import own, v5

EXAMPLES = [
    v5(
        "user",
        {
            "ID": "user-maria",
            "name": "maria",
            "e_mail": "maria@example.org",
            "Language": 5,
            "first_name": "Maria",
            "last_name": "Sousa",
            "phone1": "+670 555 01",
            "job_title": "Pharmacist",
            "active": True,
        },
    ),
    v5(
        "om_user_permission",
        {
            "ID": "programme-permission-1",
            "user_ID": "user-maria",
            "store_ID": "store-north",
            "permission": "DocumentMutate",
            "context_ID": "list-epi",
        },
    ),
    own(
        "new_user",
        {
            "id": "new-user-1",
            "user_id": "user-of-north",
            "store_id": "store-north",
            "username": "joana",
            "first_name": "Joana",
            "last_name": "Reis",
            "email": "joana@example.org",
            "phone_number": "+670 555 02",
            "job_title": "Nurse",
            "language": 5,
            "created_datetime": "2026-02-03T04:05:06",
        },
    ),
]
