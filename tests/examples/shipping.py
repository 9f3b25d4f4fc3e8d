"""Examples: a way of shipping."""

from tests.examples import v5

EXAMPLES = [
    v5("ship_method", {"ID": "road", "method": "By road", "isActive": True}),
]
