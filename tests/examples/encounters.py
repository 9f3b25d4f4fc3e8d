"""Examples: a visit, as the Open mSupply central server reports it."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "om_encounter",
        {
            "ID": "encounter-9",
            "document_type": "ImmunisationEncounter",
            "document_name": "patients/P000312/ImmunisationEncounter/1",
            "program_ID": "list-epi",
            "name_ID": "patient-1",
            "created_datetime": "2025-03-06T09:30:00+00:00",
            "start_datetime": "2025-03-06T09:00:00+00:00",
            "end_datetime": "2025-03-06T09:20:00.500000+00:00",
            "status": "VISITED",
            "prescriber_ID": "clinician-1",
            "store_ID": "store-north",
        },
    ),
]
