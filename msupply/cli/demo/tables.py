"""What the records of the demonstration are collected in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Row = dict[str, Any]


@dataclass(frozen=True)
class DemoStore:
    """A store with its ids on the central server; `supplier` is the code of who supplies it."""

    code: str
    id: str
    name_id: str
    name: str
    supplier: str
    is_hospital: bool
    scale: int


def demo_id(*parts: str) -> str:
    """Return an id as records of the legacy server have them, the same for the same words."""
    return uuid5(NAMESPACE_URL, "msupply demo " + " ".join(parts)).hex.upper()


class Tables:
    """Records in wire form, by V5 table."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.today = date.today()  # noqa: DTZ011 - the demonstration has the day of its user

    def add(self, table: str, *key: str, **values: Any) -> str:
        """Add a record whose id follows from its key; return the id."""
        record_id = demo_id(table, *key)
        self.rows[table].append({"ID": record_id, **values})
        return record_id

    def name(self, code: str, name: str, kind: str, **more: Any) -> str:
        """Add a name: a facility or a patient."""
        flags = dict.fromkeys(("customer", "supplier", "manufacturer", "donor", "hold"), False)
        values = flags | {"isDeceased": False, "female": False} | more
        return self.add("name", code, name=name, code=code, type=kind, **values)

    def visible(self, store: DemoStore, name_id: str, key: str) -> None:
        """Let a store see a name."""
        self.add(
            "name_store_join", store.code, key, store_ID=store.id, name_ID=name_id, inactive=False
        )

    def moment(self, days_ago: int) -> str:
        """Return a moment of a working morning."""
        day = self.today - timedelta(days=days_ago)
        return f"{day.isoformat()}T08:{days_ago % 60:02}:00"
