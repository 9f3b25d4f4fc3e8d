"""Examples: a kind of event and an event of a patient."""

from tests.examples import own

EXAMPLES = [
    own(
        "patient_event_type",
        {
            "id": "event-type-1",
            "code": "WT",
            "name": "Weight",
            "unit": "kg",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "patient_event",
        {
            "id": "patient-event-1",
            "store_id": "store-north",
            "patient_id": "patient-1",
            "patient_event_type_id": "event-type-1",
            "event_datetime": "2025-03-04T09:30:00",
            "value": "61.5",
            "note": "With shoes",
            "user_id": "user-maria",
            "deleted_datetime": "",
        },
    ),
]
