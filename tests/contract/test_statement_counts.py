"""Batches cost statements by the batch, not by the record, and no more of them than before.

The counts are in statement_counts.json. Where a change is meant to cost more (or has saved some),
write them anew and commit them with it:

    WRITE_STATEMENT_COUNTS=1 .venv/bin/python -m pytest tests/contract/test_statement_counts.py
"""

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.test.utils import CaptureQueriesContext

from msupply.sync import buffer, here
from msupply.sync.declare.codecs import Form
from msupply.sync.declare.registry import Channel, Wire, registry
from msupply.sync.declare.wire import Direction
from msupply.sync.integrate import Origin, integrate
from msupply.sync.records import render
from msupply.sync.routing import Change
from tests.contract import country
from tests.contract.country import CENTRAL, NORTH, Row, travels
from tests.contract.story import Story
from tests.contract.world import Instance, undone

BASELINE = Path(__file__).with_name("statement_counts.json")
SMALL, LARGE = 10, 100

# By record type and wire.
Counts = dict[str, int]


def first_rows() -> list[Row]:
    """Return an example of each type."""
    kinds = [kind for kind in registry().synced if kind.merged_table is None]
    return [country.rows_of(kind)[0] for kind in kinds]


def lots(row: Row, number: int) -> list[Row]:
    return [row.copy(f"-{n}") for n in range(number)]


def integration(to: Instance, wire: Wire, origin: Origin, rows: list[Row]) -> int:
    """Count the statements that integrate one message."""
    with undone(to):
        # The first message makes the staging table.
        integrated(to, wire, origin, [rows[0].copy("-first")])
        return integrated(to, wire, origin, rows)


def integrated(to: Instance, wire: Wire, origin: Origin, rows: list[Row]) -> int:
    with transaction.atomic(using=to.alias):
        buffer.store(to.connection, origin.site_id, wire, [row.arrived() for row in rows])
    to.connection.queries_log.clear()
    with CaptureQueriesContext(to.connection) as statements:
        assert integrate(to.connection, origin).kept_back == 0
    return len(statements)


def rendering(at: Instance, wire: Wire, form: Form, going: Direction, rows: list[Row]) -> int:
    """Count the statements that turn changes of the log into records of a wire."""
    changes = [Change(n, row.kind.number, row.id, False) for n, row in enumerate(rows)]
    with undone(at):
        with transaction.atomic(using=at.alias):
            buffer.store(at.connection, None, rows[0].wire, [row.arrived() for row in rows])
        integrate(at.connection, Origin(site_id=None, trusted=True))
        at.connection.queries_log.clear()
        with CaptureQueriesContext(at.connection) as statements:
            records = render(at.connection, Channel.QUEUE, changes, wire, form, going)
    assert len(records) == len(rows)
    return len(statements)


def measure(count: Callable[[Row, Wire, int], int | None]) -> Counts:
    """Count for every type and wire, for few and for many records."""
    found: Counts = {}
    grown: dict[str, tuple[int, int]] = {}
    for row, wire in itertools.product(first_rows(), Wire):
        table = row.kind.wire(wire)
        if table is None or table.name != row.table:
            continue  # No example in that form.
        few, many = (count(row, wire, number) for number in (SMALL, LARGE))
        if few is None or many is None:
            continue
        name = f"{row.kind.name} {wire.value}"
        found[name] = few
        if many != few:
            grown[name] = (few, many)
    assert grown == {}, "statements for 10 and for 100 records"
    return found


def check(what: str, found: Counts) -> None:
    """Compare with the baseline, or write it."""
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if os.environ.get("WRITE_STATEMENT_COUNTS"):
        baseline[what] = found
        BASELINE.write_text(json.dumps(baseline, indent=1, sort_keys=True) + "\n")
    known = baseline.get(what, {})
    assert found.keys() == known.keys(), "write the counts of new types"
    costlier = {name: (known[name], count) for name, count in found.items() if count > known[name]}
    assert costlier == {}, "statements before and now"


def test_integrating_a_push(story: Story, central: Instance) -> None:
    def count(row: Row, wire: Wire, number: int) -> int | None:
        if row.origin == CENTRAL or not travels(row.kind, wire, Direction.UP):
            return None
        if row.kind.model.keyed_by:
            # A site has as many of them as it has stores.
            return None
        logs = here.load(central.connection).served
        origin = Origin(site_id=row.origin, log_source=row.origin, logs=logs)
        return integration(central, wire, origin, lots(row, number))

    check(f"integrate a push on {central.connection.vendor}", measure(count))


def test_integrating_a_pull(story: Story, north: Instance) -> None:
    def count(row: Row, wire: Wire, number: int) -> int | None:
        if NORTH not in row.receivers or not travels(row.kind, wire, Direction.DOWN):
            return None
        origin = Origin(site_id=None, log_source=CENTRAL)
        return integration(north, wire, origin, lots(row, number))

    check("integrate a pull", measure(count))


def test_rendering_for_a_site(story: Story, central: Instance) -> None:
    def count(row: Row, wire: Wire, number: int) -> int | None:
        if not travels(row.kind, wire, Direction.DOWN):
            return None
        form = Form.TO_SITE if wire is Wire.V5 else Form.MODERN
        return rendering(central, wire, form, Direction.DOWN, lots(row, number))

    assert set(measure(count).values()) == {1}


def test_rendering_a_push(story: Story, north: Instance) -> None:
    def count(row: Row, wire: Wire, number: int) -> int | None:
        if not travels(row.kind, wire, Direction.UP):
            return None
        form = Form.TO_CENTRAL if wire is Wire.V5 else Form.MODERN
        return rendering(north, wire, form, Direction.UP, lots(row, number))

    assert set(measure(count).values()) == {1}
