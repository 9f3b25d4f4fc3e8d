"""Examples: a prescriber and the store that sees them."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "clinician",
        {
            "ID": "clinician-1",
            "code": "DR1",
            "last_name": "Tane",
            "initials": "RT",
            "first_name": "Rangi",
            "address1": "2 Hill Street",
            "address2": "Northport",
            "phone": "+64 9 555 0102",
            "mobile": "+64 21 555 0103",
            "email": "rangi@example.org",
            "female": True,
            "active": True,
            "store_ID": "store-north",
            "oms_fields": {"gender": "FEMALE"},
        },
    ),
    v5(
        "clinician_store_join",
        {"ID": "clinician-join-1", "store_ID": "store-north", "prescriber_ID": "clinician-1"},
    ),
]
