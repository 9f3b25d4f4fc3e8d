"""Examples: a vaccinator."""

from tests.examples import own

EXAMPLES = [
    own(
        "vaccinator",
        {
            "id": "vaccinator-1",
            "code": "V7",
            "first_name": "Tui",
            "last_name": "Parata",
            "phone": "+64 9 555 0177",
            "clinician_id": "clinician-1",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
]
