"""Examples: a patient in a programme, an event there, and a contact."""

from tests.examples import own

EXAMPLES = [
    own(
        "program_enrolment",
        {
            "id": "enrolment-5",
            "patient_id": "patient-1",
            "program_id": "list-epi",
            "store_id": "store-north",
            "program_enrolment_id": "EPI-000312",
            "enrolment_datetime": "2025-01-10T09:00:00",
            "status": "ACTIVE",
            "document_name": "programs/epi",
            "document_type": "EpiEnrolment",
            "deleted_datetime": "",
        },
    ),
    own(
        "program_event",
        {
            "id": "program-event-1",
            "store_id": "store-north",
            "patient_id": "patient-1",
            "program_id": "list-epi",
            "datetime": "2025-01-10T09:00:00",
            "active_start_datetime": "2025-01-10T09:00:00",
            "active_end_datetime": "2025-07-10T09:00:00",
            "type": "STATUS",
            "data": "ON_TREATMENT",
            "document_name": "programs/epi/event",
            "document_type": "EpiEvent",
            "deleted_datetime": "",
        },
    ),
    own(
        "contact_trace",
        {
            "id": "contact-trace-1",
            "patient_id": "patient-1",
            "program_id": "list-epi",
            "store_id": "store-north",
            "contact_trace_id": "C-17",
            "datetime": "2025-02-01T10:00:00",
            "contact_patient_id": "patient-2",
            "first_name": "Sione",
            "last_name": "Vaka",
            "gender": "MALE",
            "date_of_birth": "1990-05-17",
            "relationship": "Brother",
            "deleted_datetime": "",
        },
    ),
]
