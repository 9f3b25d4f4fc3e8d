"""Examples: a stocktake and its lines."""

from typing import Any

from tests.examples import v5


def _line(line_id: str, **more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "ID": line_id,
        "stock_take_ID": "stocktake-1",
        "location_id": "location-1",
        "comment": "Counted twice",
        "snapshot_qty": 10,
        "snapshot_packsize": 10,
        "stock_take_qty": 9.5,
        "is_edited": True,
        "item_line_ID": "stock-1",
        "item_ID": "item-mr",
        "item_name": "Measles and rubella vaccine",
        "Batch": "B7",
        "expiry": "2027-06-30",
        "cost_price": 2.4,
        "sell_price": 2.65,
        "om_note": "Label torn",
        "optionID": "reason-wastage",
        "om_item_variant_id": "variant-1",
        "donor_ID": "name-supplier",
        "vaccine_vial_monitor_status_ID": "vvm-1",
        "volume_per_pack": 0.0004,
        "manufacturer_ID": "name-supplier",
        "oms_fields": {
            "campaign_id": "campaign-1",
            "program_id": "list-epi",
            "manufacture_date": "2025-01-15",
        },
    }
    return record | more


EXAMPLES = [
    v5(
        "Stock_take",
        {
            "ID": "stocktake-1",
            "created_by_ID": "user-maria",
            "status": "fn",
            "Description": "March count",
            "comment": "All shelves",
            "Locked": True,
            "invad_additions_ID": "invoice-1",
            "invad_reductions_ID": "invoice-1",
            "serial_number": 12,
            "stock_take_created_date": "2025-03-20",
            "stock_take_time": 45296,
            "stock_take_date": "2025-03-21",
            "store_ID": "store-north",
            "om_created_datetime": "2025-03-20T12:34:56.789000",
            "om_finalised_datetime": "2025-03-21T16:00:00",
            "programID": "list-epi",
            "om_counted_by": "Ana",
            "om_verified_by": "Ben",
            "om_is_initial_stocktake": True,
        },
    ),
    v5("Stock_take_lines", _line("stocktake-line-1")),
    v5("Stock_take_lines", _line("stocktake-line-2", stock_take_qty=0, is_edited=False)),
    v5("Stock_take_lines", _line("stocktake-line-3", stock_take_qty=0, is_edited=True)),
]
