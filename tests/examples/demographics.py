"""Examples: a population group."""

from tests.examples import v6

EXAMPLES = [
    v6(
        "demographic",
        {"id": "demographic-u1", "name": "Under one", "population_percentage": 3.2},
    ),
]
