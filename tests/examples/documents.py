"""Examples: a form, a kind of document, and a version of one."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "form_schema",
        {
            "ID": "document-form-1",
            "type": "JSONForms",
            "json_schema": {"properties": {"weight": {"type": "number"}}},
            "ui_schema": {"type": "VerticalLayout", "elements": []},
        },
    ),
    v5(
        "om_document_registry",
        {
            "ID": "registry-1",
            "category": "ENCOUNTER",
            "document_type": "ImmunisationEncounter",
            "context_ID": "list-epi",
            "name": "Visit",
            "form_schema_ID": "document-form-1",
            "config": {"statusConfig": []},
        },
    ),
    v5(
        "om_document",
        {
            "ID": "9f2c7a10",
            "name": "patients/P000312/ImmunisationEncounter/1",
            "parent_IDs": '["8e1b"]',
            "user_ID": "user-maria",
            "datetime": "2025-03-06T09:30:00.250000",
            "type": "ImmunisationEncounter",
            "data": {"status": "VISITED", "weight": 9.1},
            "form_schema_ID": "document-form-1",
            "status": "ACTIVE",
            "owner_name_ID": "patient-1",
            "context_ID": "list-epi",
        },
    ),
]
