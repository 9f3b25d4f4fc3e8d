"""Examples: a diluent that goes out with a vaccine."""

from msupply.sync.declare.registry import Wire
from tests.examples import own

EXAMPLES = [
    own(
        "bundled_item",
        {
            "id": "bundle-1",
            "principal_item_variant_id": "variant-1",
            "bundled_item_variant_id": "variant-1",
            "ratio": 1.5,
            "deleted_datetime": None,
        },
        Wire.V6,
    ),
]
