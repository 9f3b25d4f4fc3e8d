"""Examples: a status of a vaccine vial monitor and a reading."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "vaccine_vial_monitor_status",
        {
            "ID": "vvm-1",
            "description": "Inner square is darker",
            "code": "VVM3",
            "level": 3,
            "is_active": True,
            "unusable": True,
            "option_id": "reason-wastage",
        },
    ),
    v5(
        "vaccine_vial_monitor_status_log",
        {
            "ID": "vvm-log-1",
            "status_ID": "vvm-1",
            "date": "2025-03-06",
            "time": 34201,
            "item_line_ID": "stock-1",
            "comment": "Fridge was open",
            "user_ID": "user-maria",
            "trans_line_ID": "invoice-line-1",
            "store_ID": "store-north",
        },
    ),
]
