"""Examples: a warning and its item."""

from tests.examples import v5

EXAMPLES = [
    v5("warning", {"ID": "warning-1", "warning_text": "Keep cold", "code": "COLD"}),
    v5(
        "item_warning_link",
        {"ID": "warning-link-1", "item_ID": "item-mr", "warning_ID": "warning-1", "priority": True},
    ),
]
