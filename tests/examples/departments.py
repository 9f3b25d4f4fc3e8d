"""Examples: a department and an item of it."""

from tests.examples import own

EXAMPLES = [
    own(
        "item_department",
        {
            "id": "department-1",
            "name": "Laboratory",
            "code": "LAB",
            "deleted_datetime": "",
        },
    ),
    own(
        "item_department_join",
        {
            "id": "department-join-1",
            "item_id": "item-mr",
            "item_department_id": "department-1",
        },
    ),
]
