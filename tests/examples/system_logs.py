"""Examples: the system log."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "system_log",
        {
            "id": "system-log-1",
            "type": "SyncTranslationFkError",
            "sync_site_id": 2,
            "datetime": "2025-07-03T00:00:01",
            "message": "Location loc-9 is missing",
            "is_error": True,
        },
    ),
]
