"""Creating all tables of a fresh database without working out the models again for each of them."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class AllAtOnce(Operation):
    """Apply the operations of an initial migration to the state first, and then create the tables.

    One after the other, Django renders every model that is connected to a new one again: with a
    hundred connected tables that is most of the time. A table is created as it is at the end, so
    that fields, indexes and constraints that are added later in the list are there at once.
    """

    reversible = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        """See Operation."""
        # Models that are not rendered yet are not rendered again; Django does so when it needs them.
        vars(state).pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See Operation."""
        for operation in self.operations:
            if isinstance(operation, CreateModel):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """See Operation."""
        return "Create all tables"
