"""Examples: a report and requisition form with a line."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "rnr_form",
        {
            "id": "rnr-1",
            "store_id": "store-north",
            "period_id": "period-2025-03",
            "program_id": "list-epi",
            "created_datetime": "2025-04-02T01:00:00",
            "finalised_datetime": "2025-04-03T01:00:00",
            "status": "FINALISED",
            "linked_requisition_id": "requisition-1",
            "their_reference": "RNR 3",
            "comment": "Late",
            "name_id": "name-central-store",
        },
    ),
    v6(
        "rnr_form_line",
        {
            "id": "rnr-line-1",
            "rnr_form_id": "rnr-1",
            "item_link_id": "item-mr",
            "requisition_line_id": "requisition-line-1",
            "previous_monthly_consumption_values": "12,9.5",
            "average_monthly_consumption": 10.8,
            "initial_balance": 30,
            "snapshot_quantity_received": 5,
            "snapshot_quantity_consumed": 11,
            "snapshot_adjustments": -1,
            "entered_quantity_received": 6,
            "entered_quantity_consumed": 12,
            "entered_losses": 1,
            "entered_adjustments": -2,
            "adjusted_quantity_consumed": 11.5,
            "stock_out_duration": 4,
            "final_balance": 18,
            "minimum_quantity": 10.8,
            "maximum_quantity": 21.6,
            "expiry_date": "2026-01-31",
            "calculated_requested_quantity": 3.6,
            "entered_requested_quantity": 4,
            "low_stock": "BELOW_HALF",
            "comment": "Rounded up",
            "confirmed": True,
        },
    ),
]
