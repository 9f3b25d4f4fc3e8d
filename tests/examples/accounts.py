"""Examples: an account and a budget."""

from tests.examples import own

EXAMPLES = [
    own(
        "account",
        {
            "id": "account-1",
            "code": "4000",
            "name": "Medicines",
            "type": "EXPENSE",
            "is_active": True,
            "deleted_datetime": "",
        },
    ),
    own(
        "budget",
        {
            "id": "budget-1",
            "name": "Laboratory 2025",
            "period_id": "period-2025-03",
            "department_id": "department-1",
            "account_id": "account-1",
            "for_name_id": "name-south",
            "amount": 12500.5,
            "deleted_datetime": "",
        },
    ),
]
