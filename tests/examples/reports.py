"""Examples: a report and its argument form."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "om_form_schema",
        {
            "id": "schema-1",
            "type": "reportArgument",
            "json_schema": {"type": "object", "properties": {"after": {"type": "string"}}},
            "ui_schema": {"type": "VerticalLayout", "elements": []},
        },
    ),
    v6(
        "om_report",
        {
            "id": "report-1",
            "name": "Low stock",
            "template": '{"index":{}}',
            "context": "REPORT",
            "comment": "For the monthly meeting",
            "sub_context": "StockAndItems",
            "argument_schema_id": "schema-1",
            "is_custom": True,
            "version": "1.0.0",
            "code": "low-stock",
            "is_active": True,
            "excel_template_buffer": [80, 75, 3, 4, 0, 255],
        },
    ),
]
