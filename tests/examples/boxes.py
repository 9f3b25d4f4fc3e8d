"""Examples: a box of a shipment, and what is in it."""

from tests.examples import own

EXAMPLES = [
    own(
        "box",
        {
            "id": "box-1",
            "store_id": "store-north",
            "invoice_id": "invoice-1",
            "box_number": 2,
            "length_cm": 60,
            "width_cm": 40.5,
            "height_cm": 30,
            "weight_kg": 7.25,
            "comment": "Cold",
        },
    ),
    own(
        "box_line",
        {
            "id": "box-line-1",
            "box_id": "box-1",
            "invoice_line_id": "invoice-line-1",
            "number_of_packs": 1.5,
        },
    ),
]
