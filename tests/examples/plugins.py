"""Examples: plugins and their data."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "plugin_data",
        {
            "id": "plugin-data-1",
            "store_id": "store-north",
            "plugin_code": "stock-notes",
            "related_record_id": "stock-1",
            "data_identifier": "STOCK_LINE",
            "data": '{"note":"damp"}',
        },
    ),
    v6(
        "plugin_data",
        {
            "id": "plugin-data-2",
            "store_id": None,
            "plugin_code": "stock-notes",
            "related_record_id": None,
            "data_identifier": "SETTINGS",
            "data": "{}",
        },
    ),
    v6(
        "backend_plugin",
        {
            "id": "backend-1",
            "code": "amc-override",
            "version": "1.2.0",
            "bundle_base64": "Y29uc29sZQ==",
            "types": ["average_monthly_consumption", "processor"],
            "variant_type": "BOA_JS",
        },
    ),
    v6(
        "frontend_plugin",
        {
            "id": "frontend-1",
            "code": "stock-notes",
            "version": "1.0.3",
            "entry_point": "main.js",
            "types": ["STOCK_LINE"],
            "files": [{"file_name": "main.js", "file_content_base64": "bGV0IGE7"}],
        },
    ),
]
