"""Examples: period schedules and periods."""

from tests.examples import v5

EXAMPLES = [
    v5("periodSchedule", {"ID": "schedule-monthly", "name": "Monthly"}),
    v5(
        "period",
        {
            "ID": "period-2025-03",
            "periodScheduleID": "schedule-monthly",
            "startDate": "2025-03-01",
            "endDate": "2025-03-31",
            "name": "March 2025",
        },
    ),
]
