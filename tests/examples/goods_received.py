"""Examples: goods received against a purchase order, with a line."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "Goods_received",
        {
            "ID": "goods-1",
            "store_ID": "store-north",
            "purchase_order_ID": "order-1",
            "serial_number": 4,
            "status": "fn",
            "comment": "All well",
            "supplier_reference": "DN 99",
            "user_id_created": "user-maria",
            "entry_date": "2025-06-05",
            "donor_id": "name-supplier",
        },
    ),
    v5(
        "Goods_received_line",
        {
            "ID": "goods-line-1",
            "goods_received_ID": "goods-1",
            "item_ID": "item-mr",
            "item_name": "Measles-rubella vaccine",
            "pack_received": 10,
            "quantity_received": 12,
            "cost_price": 21.875,
            "batch_received": "B9",
            "expiry_date": "2027-06-30",
            "comment": "One box wet",
            "location_ID": "location-1",
            "volume_per_pack": 0.0004,
            "order_line_ID": "order-line-1",
        },
    ),
]
