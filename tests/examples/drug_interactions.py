"""Examples: two groups of items, and what happens between them."""

from tests.examples import own

EXAMPLES = [
    own(
        "drug_interaction_group",
        {
            "id": "interaction-group-1",
            "name": "Zinc salts",
            "description": "All salts of zinc",
            "deleted_datetime": "",
        },
    ),
    own(
        "drug_interaction_group",
        {
            "id": "interaction-group-2",
            "name": "Quinolones",
            "description": "Given by mouth",
            "deleted_datetime": "",
        },
    ),
    own(
        "drug_interaction_item",
        {
            "id": "interaction-item-1",
            "drug_interaction_group_id": "interaction-group-1",
            "item_id": "item-zinc",
        },
    ),
    own(
        "drug_interaction",
        {
            "id": "interaction-1",
            "first_group_id": "interaction-group-1",
            "second_group_id": "interaction-group-2",
            "severity": "MAJOR",
            "description": "Less is absorbed",
            "deleted_datetime": "",
        },
    ),
]
