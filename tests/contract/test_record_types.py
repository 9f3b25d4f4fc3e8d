"""What every record type promises, whatever it is; one list of promises for all of them.

Here the types travel: by the true client and server, between a central server and two sites.
Round trips of every field on both wires are in tests/records/test_round_trip.py, statements per
batch in test_statement_counts.py.
"""

from typing import Any

import msgspec
import pytest
from django.core.checks import run_checks
from django.db import transaction

from msupply.sync import buffer, here, quarantine
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import RecordType, Wire, registry
from msupply.sync.declare.removal import HardDelete
from msupply.sync.declare.wire import Direction
from msupply.sync.integrate import Origin, Summary, integrate
from msupply.sync.models import Quarantined
from tests.contract import country, edits
from tests.contract.country import CENTRAL, NORTH, SITES, SOUTH, UNKNOWN, Row, travels
from tests.contract.story import Chapter, Story
from tests.contract.world import Instance

# Merges change what others are: tests/merging tells their story.
KINDS = [kind for kind in registry().synced if kind.merged_table is None]
TYPES = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
ROWS = pytest.mark.parametrize("row", country.rows(), ids=str)
UNDELETABLE_ROWS = pytest.mark.parametrize(
    "row", [row for row in country.rows() if row.kind.removal is None], ids=str
)
DOOMED = pytest.mark.parametrize("row", country.doomed(), ids=str)
DOOMED_AT_SITES = pytest.mark.parametrize(
    "row", [row for row in country.doomed() if row.delete_origin != CENTRAL], ids=str
)
ROWS_THAT_GO_UP = pytest.mark.parametrize(
    "row", [row for row in country.rows() if row.origin != CENTRAL], ids=str
)
ROWS_THAT_GO_NORTH = pytest.mark.parametrize(
    "row", [row for row in country.rows() if NORTH in row.receivers], ids=str
)


def held(chapter: Chapter, site: int, row: Row) -> dict[str, Any] | None:
    """Return the columns of a row that travel, as a site holds them."""
    found = chapter.holdings[site][row.kind.name].get(row.id)
    return found and {name: found[name] for name in row.columns}


def wires(row: Row, going: Direction) -> list[Wire]:
    """Return the wires that carry a row in a direction."""
    return [wire for wire in Wire if _is_of(row, wire) and travels(row.kind, wire, going)]


def _is_of(row: Row, wire: Wire) -> bool:
    """Tell whether a wire carries a row in the form of this example."""
    table = row.kind.wire(wire)
    return table is not None and table.name == row.table


def deliver(to: Instance, wire: Wire, origin: Origin, *arrived: Arrived) -> Summary:
    """Integrate a message."""
    with transaction.atomic(using=to.alias):
        buffer.store(to.connection, origin.site_id, wire, arrived)
    return integrate(to.connection, origin)


def pushed_by(central: Instance, site: int) -> Origin:
    """Return how the central server takes what a site pushes."""
    return Origin(site_id=site, log_source=site, logs=here.load(central.connection).served)


def pulled() -> Origin:
    """Return how a remote site takes what it pulls."""
    return Origin(site_id=None, log_source=CENTRAL)


def kept_back(instance: Instance, row: Row) -> list[tuple[str, str]]:
    """Return code and reason of what was kept back of a row."""
    kept = Quarantined.objects.using(instance.alias).filter(record_id=row.id)
    return list(kept.values_list("code", "reason"))


def test_declarations_pass_their_checks() -> None:
    assert [error for error in run_checks() if error.id and error.id.startswith("msupply.")] == []


@TYPES
def test_is_declared_and_has_an_example(kind: RecordType) -> None:
    tables = [table.name for wire in Wire if (table := kind.wire(wire))]
    assert kind.branches
    assert tables
    assert {row.table for row in country.rows_of(kind)} <= set(tables)
    assert country.rows_of(kind)
    assert registry().by_number[kind.number] is kind


@TYPES
def test_every_policy_of_a_type_has_an_example(kind: RecordType) -> None:
    policies = {row.policy for row in country.rows_of(kind)}
    assert policies == {policy for _, policy in kind.branches}


@ROWS
def test_goes_to_exactly_the_sites_of_its_policy(story: Story, row: Row) -> None:
    holders = {site for site in (CENTRAL, *SITES) if held(story.written, site, row)}
    assert holders == row.holders


@ROWS
def test_converges(story: Story, row: Row) -> None:
    written = held(story.written, row.origin, row)
    for site in row.holders:
        assert held(story.written, site, row) == written


@ROWS
def test_keeps_what_no_version_knows(story: Story, row: Row) -> None:
    for site in row.holders:
        found = held(story.written, site, row)
        assert found
        assert found["extra"].items() >= UNKNOWN.items()


def test_nothing_is_kept_back(story: Story) -> None:
    for chapter in (story.written, story.changed, story.installed_again):
        assert chapter.kept_back == {CENTRAL: [], NORTH: [], SOUTH: []}


def test_then_there_is_nothing_more_to_do(story: Story) -> None:
    for cycle in (*story.idle_cycles, story.cycle_after):
        assert {step.name: step.done for step in cycle.steps if step.done} == {}
    assert story.logs_after_idling == story.logs_before_idling


@pytest.mark.parametrize("row", country.changeable(), ids=str)
def test_a_change_converges(story: Story, row: Row) -> None:
    column, value = edits.changed(row)
    changed = held(story.changed, row.origin, row)
    assert changed
    assert changed[column] == value
    for site in row.holders:
        assert held(story.changed, site, row) == changed
    for site in {CENTRAL, *SITES} - row.holders:
        assert held(story.changed, site, row) is None


@pytest.mark.parametrize("row", country.retired(), ids=str)
def test_is_retired_everywhere(story: Story, row: Row) -> None:
    for chapter in (story.changed, story.installed_again):
        for site in row.holders:
            assert edits.is_removed(row, chapter.holdings[site][row.kind.name][row.id])


@TYPES
def test_deletes_travel_where_the_wire_has_them(kind: RecordType) -> None:
    deletable = {row.kind for row in country.doomed()}
    assert (kind in deletable) == (kind.removal is not None)


@DOOMED
def test_a_delete_converges(story: Story, row: Row) -> None:
    for site in row.holders:
        assert held(story.written, site, row)
        if isinstance(row.kind.removal, HardDelete):
            assert held(story.changed, site, row) is None
        else:
            assert edits.is_removed(row, story.changed.holdings[site][row.kind.name][row.id])


@DOOMED_AT_SITES
def test_a_delete_that_comes_again_has_no_effect(central: Instance, row: Row) -> None:
    origin = pushed_by(central, row.delete_origin or 0)
    for wire in wires(row, Direction.UP):
        before = (central.table(row.kind), central.logs(places=False))
        assert deliver(central, wire, origin, row.deleted()).kept_back == 0
        assert (central.table(row.kind), central.logs(places=False)) == before


@UNDELETABLE_ROWS
def test_a_delete_that_the_type_does_not_have_is_kept_with_a_reason(
    central: Instance, north: Instance, row: Row
) -> None:
    before = central.table(row.kind), north.table(row.kind)
    for wire in wires(row, Direction.UP):
        deliver(central, wire, pushed_by(central, NORTH), row.deleted())
        ((code, reason),) = kept_back(central, row)
        assert code == quarantine.UNSUPPORTED
        assert reason
    for wire in wires(row, Direction.DOWN):
        deliver(north, wire, pulled(), row.deleted())
        ((code, reason),) = kept_back(north, row)
        assert code == quarantine.UNSUPPORTED
        assert reason
    assert (central.table(row.kind), north.table(row.kind)) == before


@ROWS_THAT_GO_UP
def test_a_push_that_comes_twice_has_no_effect(central: Instance, row: Row) -> None:
    origin = pushed_by(central, row.origin)
    for wire in wires(row, Direction.UP):
        assert deliver(central, wire, origin, row.arrived()).kept_back == 0
        before = (central.table(row.kind), central.logs(places=False))
        assert deliver(central, wire, origin, row.arrived()).kept_back == 0
        assert (central.table(row.kind), central.logs(places=False)) == before


@ROWS_THAT_GO_NORTH
def test_a_pull_that_comes_twice_has_no_effect(north: Instance, row: Row) -> None:
    for wire in wires(row, Direction.DOWN):
        assert deliver(north, wire, pulled(), row.arrived()).kept_back == 0
        before = (north.table(row.kind), north.logs(places=True))
        assert deliver(north, wire, pulled(), row.arrived()).kept_back == 0
        assert (north.table(row.kind), north.logs(places=True)) == before


@ROWS
def test_comes_in_as_it_is_written(central: Instance, row: Row) -> None:
    origin = Origin(site_id=None, logs=here.load(central.connection).served, trusted=True)
    deliver(central, row.wire, origin, row.arrived())
    found = central.table(row.kind)[row.id]
    written = {name: row.kind.columns[name].to_python(value) for name, value in row.columns.items()}
    written["extra"] = msgspec.json.decode(row.columns["extra"])
    assert {name: found[name] for name in row.columns} == written


@ROWS
def test_is_taken_only_from_a_site_that_may_edit_it(central: Instance, row: Row) -> None:
    another = SOUTH if row.origin == NORTH else NORTH
    may_edit = another in row.editors
    for wire in Wire:
        if not _is_of(row, wire):
            continue
        before = (central.table(row.kind), without_source(central))
        deliver(central, wire, pushed_by(central, another), row.arrived())
        if may_edit:
            assert kept_back(central, row) == []
        else:
            ((code, reason),) = kept_back(central, row)
            assert code == quarantine.NOT_OWNER
            assert reason
            # The true row goes back to the sender, so its place and source in the log may change.
            assert (central.table(row.kind), without_source(central)) == before


def without_source(instance: Instance) -> dict[str, list[tuple[Any, ...]]]:
    """Return what an instance's logs hold, but for the site that each change came from."""
    return {log: [row[:-1] for row in rows] for log, rows in instance.logs(places=False).items()}


@TYPES
def test_triggers_log_what_integration_logs(central: Instance, kind: RecordType) -> None:
    rows = country.rows_of(kind)
    origin = Origin(site_id=None, logs=here.load(central.connection).served, trusted=True)
    for wire in {row.wire for row in rows}:
        deliver(central, wire, origin, *(row.arrived() for row in rows if row.wire is wire))
    by_integration = central.logs(places=False)
    with central.connection.cursor() as cursor:
        for row in rows:
            cursor.execute(f'UPDATE "{kind.table}" SET extra = extra WHERE id = %s', [row.id])
    assert central.logs(places=False) == by_integration
