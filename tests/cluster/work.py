"""What people do while the line is bad: changes on both sides, and what both must hold in the end."""

import random
import uuid

from tests.cluster.instances import Instance

MOMENT = "2026-01-02 03:04:05"
# Tables of which both sides must hold the same rows, and the condition of those that travel.
TABLES = {
    "unit": "TRUE",
    "item": "TRUE",
    "asset_class": "TRUE",
    "location": "store_id = '{store}'",
    "asset": "store_id = '{store}'",
    "asset_log": "TRUE",
    "sync_file_reference": "TRUE",
}
LOCAL_COLUMNS = {
    "sync_file_reference": {
        "uploaded_bytes", "downloaded_bytes", "retries", "retry_at", "direction", "status", "error",
    },
}  # fmt: skip


class People:
    """Somebody at the central server and somebody at the site."""

    def __init__(self, central: Instance, north: Instance, chance: random.Random) -> None:
        self.central, self.north, self.chance = central, north, chance
        self.store = north.execute("SELECT id FROM store WHERE code = 'NOR'")[0][0]
        self.done = 0

    def work(self, changes: int) -> None:
        """Make some changes on either side."""
        for _ in range(changes):
            self.chance.choice(
                [self.move_location, self.drop_location, self.edit_asset, self.add_log,
                 self.edit_unit, self.edit_class]
            )()  # fmt: skip
            self.done += 1

    def _pick(self, at: Instance, table: str, condition: str = "TRUE") -> str | None:
        rows = at.execute(f"SELECT id FROM {table} WHERE {condition} ORDER BY id")
        return self.chance.choice(rows)[0] if rows else None

    def _new(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    def move_location(self) -> None:
        place = self._pick(self.north, "location")
        if place and self.chance.random() < 0.5:
            name = f"shelf {self.chance.random()}"
            self.north.execute("UPDATE location SET name = ? WHERE id = ?", name, place)
        else:
            self.north.execute(
                "INSERT INTO location (id, name, code, on_hold, volume, store_id)"
                " VALUES (?, 'shelf', 'S', FALSE, 0, ?)",
                self._new(),
                self.store,
            )

    def drop_location(self) -> None:
        place = self._pick(self.north, "location")
        if place:
            self.north.execute("DELETE FROM location WHERE id = ?", place)

    def edit_asset(self) -> None:
        # Assets may be edited on both sides.
        at = self.chance.choice([self.north, self.central])
        asset = self._pick(at, "asset", f"store_id = '{self.store}'")
        if asset and self.chance.random() < 0.7:
            notes = f"seen {self.chance.random()}"
            at.execute("UPDATE asset SET notes = ? WHERE id = ?", notes, asset)
        else:
            at.execute(
                "INSERT INTO asset (id, store_id, created_datetime, modified_datetime)"
                " VALUES (?, ?, ?, ?)",
                self._new(),
                self.store,
                MOMENT,
                MOMENT,
            )

    def add_log(self) -> None:
        asset = self._pick(self.north, "asset")
        if asset:
            self.north.execute(
                "INSERT INTO asset_log (id, asset_id, user_id, comment, log_datetime,"
                " created_datetime) VALUES (?, ?, 'somebody', ?, ?, ?)",
                self._new(),
                asset,
                f"looked {self.chance.random()}",
                MOMENT,
                MOMENT,
            )

    def edit_unit(self) -> None:
        unit = self._pick(self.central, "unit")
        name = f"unit {self.chance.random()}"
        self.central.execute("UPDATE unit SET name = ? WHERE id = ?", name, unit)

    def edit_class(self) -> None:
        if self.chance.random() < 0.5:
            name = f"class {self.chance.random()}"
            self.central.execute(
                "INSERT INTO asset_class (id, name) VALUES (?, ?)", self._new(), name
            )
        else:
            found = self._pick(self.central, "asset_class")
            name = f"class {self.chance.random()}"
            self.central.execute("UPDATE asset_class SET name = ? WHERE id = ?", name, found)

    def assert_equal(self) -> None:
        """Both sides hold the same rows, nothing waits and nothing was refused."""
        for table, condition in TABLES.items():
            here, there = (self._rows(i, table, condition) for i in (self.central, self.north))
            assert here.keys() == there.keys(), table
            different = [key for key in here if here[key] != there[key]]
            assert not different, (table, [(here[k], there[k]) for k in different])
        for instance in (self.central, self.north):
            kept = instance.execute("SELECT table_name, record_id, reason FROM sync_quarantine")
            assert kept == [], instance.data.name
            assert instance.execute("SELECT count(*) FROM sync_buffer") == [(0,)]

    def _rows(self, instance: Instance, table: str, condition: str) -> dict[str, tuple]:
        names = set(instance.database.columns(table)) - LOCAL_COLUMNS.get(table, set())
        kept = ["id", *sorted(names - {"id"})]
        columns = ", ".join(f'"{name}"' for name in kept)
        where = condition.format(store=self.store)
        rows = instance.execute(f"SELECT {columns} FROM {table} WHERE {where}")
        return {row[0]: row for row in rows}
