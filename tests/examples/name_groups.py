"""Examples: a category and a group of names."""

from tests.examples import own

EXAMPLES = [
    own(
        "name_category",
        {
            "id": "name-category-1",
            "name": "Public",
            "code": "PUB",
            "level": 2,
            "parent_id": "name-category-0",
            "deleted_datetime": "",
        },
    ),
    own(
        "name_category_join",
        {
            "id": "name-category-join-1",
            "name_id": "name-south",
            "name_category_id": "name-category-1",
        },
    ),
    own(
        "name_category_join",
        {
            "id": "name-category-join-2",
            "name_id": "patient-1",
            "name_category_id": "name-category-1",
        },
    ),
    own(
        "name_group",
        {
            "id": "name-group-1",
            "name": "District hospitals",
            "code": "DH",
            "deleted_datetime": "",
        },
    ),
    own(
        "name_group_join",
        {
            "id": "name-group-join-1",
            "name_id": "name-south",
            "name_group_id": "name-group-1",
        },
    ),
    own(
        "name_group_join",
        {
            "id": "name-group-join-2",
            "name_id": "patient-1",
            "name_group_id": "name-group-1",
        },
    ),
]
