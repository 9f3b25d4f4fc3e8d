"""Examples: an item variant, its packaging, and a companion item."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "item_variant",
        {
            "id": "variant-1",
            "name": "Acme 10 dose vial",
            "item_link_id": "item-mr",
            "cold_storage_type_id": "location-type-fridge",
            "deleted_datetime": "2025-12-01T00:00:00",
            "vvm_type": "VVM14",
            "created_datetime": "2025-01-05T00:00:00",
            "created_by": "user-maria",
            "manufacturer_id": "name-supplier",
        },
    ),
    v6(
        "packaging_variant",
        {
            "id": "packaging-1",
            "name": "Carton",
            "item_variant_id": "variant-1",
            "packaging_level": 2,
            "pack_size": 50,
            "volume_per_unit": 0.0021,
            "deleted_datetime": "2025-12-01T00:00:00",
        },
    ),
    v6(
        "ancillary_item",
        {
            "id": "ancillary-1",
            "item_quantity": 100,
            "ancillary_quantity": 1.5,
            "deleted_datetime": "2025-12-01T00:00:00",
            "item_id": "item-mr",
            "ancillary_item_id": "item-syringe",
        },
    ),
]
