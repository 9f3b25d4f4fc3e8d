"""Examples: an internal order, the response to it, and a line of each."""

from typing import Any

from tests.examples import v5


def _line(line_id: str, requisition_id: str) -> dict[str, Any]:
    return {
        "ID": line_id,
        "requisition_ID": requisition_id,
        "item_ID": "item-mr",
        "Cust_stock_order": 300,
        "suggested_quantity": 280.5,
        "actualQuan": 250,
        "stock_on_hand": 120,
        "daily_usage": 3.52,
        "approved_quantity": 260,
        "authoriser_comment": "Approved in part",
        "comment": "Campaign in May",
        "om_snapshot_datetime": "2025-03-01T09:40:00",
        "itemName": "Measles and rubella vaccine",
        "Cust_prev_stock_balance": 118,
        "Cust_stock_received": 60,
        "Cust_stock_issued": 58,
        "stockLosses": 5,
        "stockAdditions": 2,
        "stockExpiring": 9,
        "days_out_or_new_demand": 3,
        "optionID": "reason-variance",
        "Cust_loss_adjust": -3,
        "oms_fields": {
            "rnr_form_line_id": "rnr-line-1",
            "expiry_date": "2026-01-31",
            "price_per_unit": 0.24,
            "available_volume": 1.25,
            "location_type_id": "location-type-fridge",
            "forecast_total_units": 410.5,
            "forecast_total_doses": 4105,
            "vaccine_courses": '["Measles"]',
        },
    }


def _requisition(record_id: str, **more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "ID": record_id,
        "serial_number": 8,
        "name_ID": "name-south",
        "store_ID": "store-north",
        "type": "request",
        "status": "fn",
        "user_ID": "user-maria",
        "date_entered": "2025-03-01",
        "lastModifiedAt": 1740822000,
        "requester_reference": "IO 8",
        "linked_requisition_id": "requisition-2",
        "thresholdMOS": 3,
        "daysToSupply": 195,
        "comment": "For March",
        "om_created_datetime": "2025-03-01T08:00:00",
        "om_sent_datetime": "2025-03-01T09:40:00",
        "om_finalised_datetime": "2025-03-09T10:00:00",
        "om_expected_delivery_date": "2025-03-15",
        "om_max_months_of_stock": 6.5,
        "om_status": "SENT",
        "om_colour": "#0088ff",
        "authorisationStatus": "authorised by another authoriser",
        "orderType": "Normal",
        "periodID": "period-2025-03",
        "programID": "list-epi",
        "is_emergency": True,
        "oms_fields": {
            "created_from_requisition_id": "requisition-0",
            "original_customer_id": "name-central-store",
        },
    }
    return record | more


EXAMPLES = [
    v5("requisition", _requisition("requisition-1")),
    v5(
        "requisition",
        _requisition(
            "requisition-2",
            name_ID="name-north",
            store_ID="store-south",
            type="response",
            status="cn",
            lastModifiedAt=0,
            om_status="NEW",
            om_finalised_datetime="",
            linked_requisition_id="requisition-1",
        ),
    ),
    v5("requisition_line", _line("requisition-line-1", "requisition-1")),
    v5("requisition_line", _line("requisition-line-2", "requisition-2")),
]
