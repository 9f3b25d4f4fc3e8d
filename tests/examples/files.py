"""Examples: an attached file."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "sync_file_reference",
        {
            "id": "file-1",
            "table_name": "asset",
            "record_id": "asset-1",
            "file_name": "lamp.jpg",
            "mime_type": "image/jpeg",
            "total_bytes": 184223,
            "created_datetime": "2025-06-10T11:05:00",
            "deleted_datetime": "2025-06-11T11:05:00",
        },
    ),
]
