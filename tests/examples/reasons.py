"""Examples: reasons."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "options",
        {
            "ID": "reason-wastage",
            "type": "openVialWastage",
            "isActive": True,
            "title": "Opened and not used up",
        },
    ),
    v5(
        "options",
        {
            "ID": "reason-variance",
            "type": "requisitionLineVariance",
            "isActive": False,
            "title": "Campaign",
        },
    ),
]
