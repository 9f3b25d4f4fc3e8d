"""Examples: a message between stores."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "message",
        {
            "ID": "message-1",
            "toStoreID": "store-south",
            "fromStoreID": "store-north",
            "body": {"recordId": "requisition-2", "fields": {"comment": "checked"}},
            "createdDate": "2025-03-02",
            "createdTime": 43200,
            "status": "processed",
            "type": "RequestFieldChange",
            "error_message": "Unknown field",
        },
    ),
]
