"""Examples: a table of indicators with a value."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "program_indicator",
        {"ID": "indicator-1", "code": "REGIMEN", "program_ID": "list-epi", "is_active": True},
    ),
    v5(
        "indicator_attribute",
        {
            "ID": "indicator-line-1",
            "indicator_ID": "indicator-1",
            "description": "Adults on first line",
            "code": "1A",
            "index": 1,
            "is_required": True,
            "value_type": "number",
            "axis": "row",
            "is_active": True,
            "default_value": "0",
        },
    ),
    v5(
        "indicator_attribute",
        {
            "ID": "indicator-column-1",
            "indicator_ID": "indicator-1",
            "description": "New",
            "code": "NEW",
            "index": 2,
            "is_required": False,
            "value_type": "var",
            "axis": "column",
            "is_active": True,
            "default_value": "",
        },
    ),
    v5(
        "indicator_value",
        {
            "ID": "indicator-value-1",
            "facility_ID": "store-south",
            "period_ID": "period-2025-03",
            "column_ID": "indicator-column-1",
            "row_ID": "indicator-line-1",
            "store_ID": "store-north",
            "value": "17",
        },
    ),
]
