"""Examples: what an oral rehydration kit is built from, and one that was built."""

from tests.examples import own

EXAMPLES = [
    own(
        "bom_master",
        {
            "id": "bom-1",
            "name": "Diarrhoea kit",
            "item_id": "item-zinc",
            "reference_quantity": 10,
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "bom_line",
        {
            "id": "bom-line-1",
            "bom_master_id": "bom-1",
            "component_item_id": "item-syringe",
            "quantity": 2.5,
        },
    ),
    own(
        "build",
        {
            "id": "build-1",
            "store_id": "store-north",
            "build_number": 4,
            "bom_master_id": "bom-1",
            "item_id": "item-zinc",
            "quantity": 20,
            "status": "FINALISED",
            "stock_line_id": "stock-1",
            "comment": "For the campaign",
            "user_id": "user-maria",
            "created_datetime": "2025-03-04T09:30:00",
            "finalised_datetime": "2025-03-04T11:00:00",
        },
    ),
    own(
        "build_line",
        {
            "id": "build-line-1",
            "build_id": "build-1",
            "item_id": "item-syringe",
            "stock_line_id": "stock-1",
            "quantity": 5,
        },
    ),
]
