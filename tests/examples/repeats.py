"""Examples: a prescription that is repeated."""

from tests.examples import own

EXAMPLES = [
    own(
        "prescription_repeat",
        {
            "id": "repeat-1",
            "patient_id": "patient-1",
            "source_invoice_id": "invoice-1",
            "item_id": "item-zinc",
            "clinician_id": "clinician-1",
            "quantity": 30,
            "directions": "One a day",
            "repeats_total": 3,
            "repeats_used": 1,
            "expiry_date": "2025-09-30",
            "created_datetime": "2025-03-04T09:30:00",
            "deleted_datetime": "",
        },
    ),
]
