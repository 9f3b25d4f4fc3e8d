"""Examples: locations, stock and its movements."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "Location_type",
        {
            "ID": "location-type-fridge",
            "Description": "Refrigerator",
            "Temperature_min": 2,
            "Temperature_max": 8.5,
        },
    ),
    v5(
        "Location",
        {
            "ID": "location-1",
            "Description": "Cold room shelf 2",
            "code": "CR2",
            "hold": True,
            "store_ID": "store-north",
            "type_ID": "location-type-fridge",
            "Volume": 1.5,
        },
    ),
    v5(
        "barcode",
        {
            "ID": "barcode-1",
            "barcode": "09506000134352",
            "itemID": "item-mr",
            "manufacturerID": "name-supplier",
            "packSize": 10,
            "parentID": "barcode-2",
        },
    ),
    v5(
        "item_line",
        {
            "ID": "stock-1",
            "store_ID": "store-north",
            "item_ID": "item-mr",
            "batch": "B7",
            "expiry_date": "2027-06-30",
            "hold": True,
            "location_ID": "location-1",
            "pack_size": 10,
            "available": 8.5,
            "quantity": 10,
            "cost_price": 2.4,
            "sell_price": 2.65,
            "note": "Keep upright",
            "name_ID": "name-supplier",
            "barcodeID": "barcode-1",
            "om_item_variant_id": "variant-1",
            "donor_id": "name-supplier",
            "vvm_status_id": "vvm-1",
            "manufacturer_ID": "name-supplier",
            "oms_fields": {
                "campaign_id": "campaign-1",
                "program_id": "list-epi",
                "manufacture_date": "2025-01-15",
            },
            "total_volume": 0.004,
            "volume_per_pack": 0.0004,
        },
    ),
    v5(
        "location_movement",
        {
            "ID": "movement-1",
            "store_ID": "store-north",
            "item_line_ID": "stock-1",
            "location_ID": "location-1",
            "enter_date": "2025-03-04",
            "enter_time": 34201,
            "exit_date": "2025-03-05",
            "exit_time": 86399,
        },
    ),
]
