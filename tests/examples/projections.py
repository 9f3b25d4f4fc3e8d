"""Examples: a population indicator and the growth it is worked out with."""

from msupply.sync.declare.registry import Wire
from tests.examples import own

EXAMPLES = [
    own(
        "demographic_indicator",
        {
            "id": "indicator-u1-2025",
            "name": "Under one",
            "demographic_id": "demographic-u1",
            "base_year": 2025,
            "base_population": 120000,
            "population_percentage": 3.25,
            "year_1_projection": 3939,
            "year_2_projection": 3978,
            "year_3_projection": 4018,
            "year_4_projection": 4058,
            "year_5_projection": 4099,
        },
        Wire.V6,
    ),
    own(
        "demographic_projection",
        {
            "id": "growth-2025",
            "base_year": 2025,
            "year_1": 1,
            "year_2": 1.25,
            "year_3": 1.5,
            "year_4": 1.75,
            "year_5": 2,
        },
        Wire.V6,
    ),
]
