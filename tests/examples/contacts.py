"""Examples: a person at a supplier."""

from tests.examples import v5

EXAMPLES = [
    v5(
        "contact",
        {
            "ID": "person-1",
            "name_ID": "name-supplier",
            "first": "Mele",
            "last": "Fonua",
            "position": "Export manager",
            "comment": "Mornings only",
            "phone": "+676 555 0101",
            "email": "mele@example.org",
            "category": "Sales",
            "category2": "Export",
            "category3": "Vaccines",
            "address1": "5 Wharf Street",
            "address2": "Level 2",
            "country": "Tonga",
        },
    ),
    v5(
        "contact",
        {
            "ID": "person-2",
            "name_ID": "patient-1",
            "first": "Ifeoma",
            "last": "Okafor",
            "position": "Daughter",
            "comment": "",
            "phone": "+234 555 0142",
            "email": "",
            "category": "",
            "category2": "",
            "category3": "",
            "address1": "",
            "address2": "",
            "country": "Nigeria",
        },
    ),
]
