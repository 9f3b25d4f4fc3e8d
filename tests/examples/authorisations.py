"""Examples: a request for authorisation, and its answer."""

from tests.examples import own

EXAMPLES = [
    own(
        "authorisation_request",
        {
            "id": "authorisation-1",
            "to_store_id": "store-south",
            "from_store_id": "store-north",
            "requisition_id": "requisition-1",
            "requisition_line_id": "requisition-line-1",
            "status": "APPROVED",
            "quantity": 240,
            "comment": "Approved in part",
            "authoriser_id": "user-maria",
            "created_datetime": "2025-03-04T09:30:00",
            "answered_datetime": "2025-03-05T10:00:00",
        },
    ),
]
