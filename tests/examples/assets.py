"""Examples: equipment, from class to log."""

from tests.examples import v6

EXAMPLES = [
    v6("asset_class", {"id": "class-lab", "name": "Laboratory equipment"}),
    v6("asset_category", {"id": "category-micro", "name": "Microscopes", "class_id": "class-lab"}),
    v6(
        "asset_catalogue_type",
        {
            "id": "type-binocular",
            "name": "Binocular microscope",
            "category_id": "category-micro",
        },
    ),
    v6(
        "asset_catalogue_item",
        {
            "id": "catalogue-1",
            "sub_catalogue": "National list",
            "category_id": "category-micro",
            "class_id": "class-lab",
            "code": "NL/017",
            "manufacturer": "Lumina",
            "model": "BX-2",
            "type_id": "type-binocular",
            "properties": '{"expected_lifespan":8}',
            "deleted_datetime": "2025-05-01T00:00:00",
        },
    ),
    v6(
        "asset_property",
        {
            "id": "lens_count-lab",
            "key": "lens_count",
            "name": "Number of lenses",
            "asset_class_id": "class-lab",
            "asset_category_id": "category-micro",
            "asset_type_id": "type-binocular",
            "value_type": "INTEGER",
            "allowed_values": "2,4,6",
        },
    ),
    v6(
        "asset_log_reason",
        {
            "id": "asset-reason-1",
            "asset_log_status": "NOT_FUNCTIONING",
            "reason": "Broken lamp",
            "deleted_datetime": "2025-05-01T00:00:00.500000",
            "comments_required": True,
        },
    ),
    v6(
        "asset",
        {
            "id": "asset-1",
            "notes": "By the window",
            "asset_number": "LAB-0042",
            "asset_category_id": "category-micro",
            "asset_class_id": "class-lab",
            "asset_type_id": "type-binocular",
            "store_id": "store-north",
            "serial_number": "SN9917",
            "catalogue_item_id": "catalogue-1",
            "installation_date": "2025-03-01",
            "replacement_date": "2033-03-01",
            "created_datetime": "2025-03-01T08:15:00",
            "modified_datetime": "2025-03-02T09:00:00.125000",
            "deleted_datetime": "2025-06-02T09:00:00",
            "properties": '{"lens_count":4}',
            "donor_name_id": "name-supplier",
            "warranty_start": "2025-03-01",
            "warranty_end": "2027-03-01",
            "needs_replacement": True,
            "locked_fields_json": '{"serialNumber":true}',
        },
    ),
    v6(
        "asset_internal_location",
        {"id": "asset-location-1", "asset_id": "asset-1", "location_id": "location-1"},
    ),
    v6(
        "asset_log",
        {
            "id": "asset-log-1",
            "asset_id": "asset-1",
            "user_id": "user-maria",
            "status": "NOT_FUNCTIONING",
            "comment": "Lamp gone",
            "type": "TEMPERATURE_MAPPING",
            "reason_id": "asset-reason-1",
            "log_datetime": "2025-06-10T11:00:00",
            "created_datetime": "2025-06-10T11:04:31",
        },
    ),
]
