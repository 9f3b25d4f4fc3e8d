"""Examples: items, their units and categories."""

from typing import Any

from tests.examples import v5


def _item(item_id: str, name: str, code: str, **more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "ID": item_id,
        "item_name": name,
        "code": code,
        "unit_ID": "unit-tab",
        "type_of": "general",
        "default_pack_size": 100,
        "is_vaccine": False,
        "VEN_category": "E",
        "strength": "20mg",
        "doses": 0,
        "category_ID": "category-oral",
        "restricted_location_type_ID": "",
        "volume_per_pack": 0.0004,
        "universalcodes_code": "7c8c2b5b",
    }
    return record | more


EXAMPLES = [
    v5("unit", {"ID": "unit-tab", "units": "Tab", "comment": "Tablet", "order_number": 4}),
    v5(
        "item_category_level1",
        {
            "ID": "category-medicines",
            "Description": "Medicines",
            "sort_order": 3,
            "parent_ID": "category-all",
        },
    ),
    v5(
        "item_category_level2",
        {
            "ID": "category-diarrhoea",
            "Description": "Diarrhoea",
            "sort_order": 2,
            "parent_ID": "category-medicines",
        },
    ),
    v5(
        "item_category",
        {
            "ID": "category-oral",
            "Description": "Oral",
            "sort_order": 1,
            "parent_ID": "category-diarrhoea",
        },
    ),
    v5(
        "item",
        _item(
            "item-mr",
            "Measles and rubella vaccine",
            "mr10",
            is_vaccine=True,
            VEN_category="V",
            strength="10 doses",
            doses=10,
            restricted_location_type_ID="location-type-fridge",
        ),
    ),
    v5("item", _item("item-zinc", "Zinc sulfate 20mg dispersible tab", "zin20")),
    v5("item", _item("item-syringe", "Syringe 0.5ml", "syr05", VEN_category="")),
    v5("item", _item("item-service", "Service charge", "service", type_of="service")),
    v5(
        "item_store_join",
        {
            "ID": "item-join-1",
            "item_ID": "item-zinc",
            "store_ID": "store-north",
            "default_price": 2.75,
            "ignore_for_orders": True,
            "margin": 15.5,
            "default_location_ID": "location-1",
        },
    ),
]
