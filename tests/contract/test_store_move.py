"""A store with all its records moves from one site to another, and nothing is lost or doubled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections

from msupply.central import background, store_move
from msupply.central.integration import integrate_sources
from msupply.records.stock import Location
from msupply.records.store_moves import MoveState, StoreMove
from msupply.records.stores import Store
from msupply.sync import buffer, here, ownership
from msupply.sync.declare.policy import Policy
from msupply.sync.declare.registry import RecordType, registry
from tests.contract import country
from tests.contract.country import CENTRAL, NORTH, SITES, SOUTH
from tests.contract.world import Instance, World

STORE = "store-north"
Rows = dict[str, dict[str, Any]]


def _owned_by_stores() -> list[RecordType]:
    return [
        kind
        for kind in registry().synced
        if any(policy.store and policy.goes_down for _test, policy in kind.branches)
    ]


@dataclass
class Moved:
    """What was held where, before and after, and what was refused on the way."""

    world: World
    before: dict[str, Rows] = field(default_factory=dict)
    frozen_refused: list[bool] = field(default_factory=list)
    refused_after: bool = False
    move: StoreMove | None = None
    late: str = ""


@pytest.fixture(scope="module")
def moved(new_sqlite, django_db_blocker) -> Iterator[Moved]:
    """Write everything, move the northern store to the southern site, and try what is not allowed."""
    with django_db_blocker.unblock():
        central = Instance(new_sqlite("move_central"), CENTRAL)
        sites = {n: Instance(new_sqlite(f"move_site_{n}"), n) for n in SITES}
        spare = Instance(new_sqlite("move_spare"), NORTH)
        told = Moved(World(central, sites, spare))
        _tell(told)
        yield told
        for instance in told.world.everyone:
            instance.connection.close()
            del connections.settings[instance.alias]


def _tell(told: Moved) -> None:
    world = told.world
    world.set_up()
    world.write_everything()
    told.before = {kind.name: _of_store(world[NORTH], kind) for kind in _owned_by_stores()}
    central = world.central.connection
    store_move.start(central, STORE, SOUTH)
    told.frozen_refused.append(_is_refused(world.central))
    # The first cycle tells the north of the freeze and brings what it had; the next ones change
    # hands, send the history, and tell both.
    for _ in range(3):
        for site in (NORTH, SOUTH):
            world.cycle(site)
            told.frozen_refused.append(_is_refused(world[NORTH]))
            background.work(central)
    told.refused_after = _is_refused(world[NORTH])
    # As a site pushes that has not heard of the move, a copy of a machine for instance.
    late = country.find("location", _some_location(told)).copy("-too-late")
    buffer.store(central, NORTH, late.wire, [late.arrived()])
    integrate_sources(central, here.load(central), {NORTH})
    told.late = late.id
    world.synchronise(rounds=2)
    told.move = StoreMove.objects.using(world.central.alias).get()


def test_the_move_is_done_and_every_site_knows_it(moved: Moved) -> None:
    assert moved.move is not None
    assert moved.move.state == MoveState.DONE
    for instance in moved.world.instances.values():
        assert Store.objects.using(instance.alias).get(pk=STORE).site_id == SOUTH


@pytest.mark.parametrize(
    "kind",
    [kind for kind in _owned_by_stores() if country.rows_of(kind)],
    ids=lambda kind: kind.name,
)
def test_the_new_site_has_the_whole_history(moved: Moved, kind: RecordType) -> None:
    held = moved.world[SOUTH].table(kind)
    for record_id, row in moved.before[kind.name].items():
        assert held.get(record_id) == row, f"{kind.name} {record_id}"


def test_the_frozen_store_could_be_edited_nowhere(moved: Moved) -> None:
    # Only the north's first cycle had not told it yet; it is asked after that.
    assert all(moved.frozen_refused)


def test_the_old_site_refuses_edits_after_the_move(moved: Moved) -> None:
    assert moved.refused_after
    assert not _is_refused(moved.world[SOUTH])


def test_what_the_old_site_pushes_after_the_move_is_refused_and_shown(moved: Moved) -> None:
    kept = {record_id: reason for _t, record_id, reason in moved.world.central.quarantine()}
    assert "does not own" in kept[moved.late]
    for instance in moved.world.instances.values():
        assert not Location.objects.using(instance.alias).filter(pk=moved.late).exists()


def test_nothing_else_was_kept_back(moved: Moved) -> None:
    for instance in moved.world.instances.values():
        assert [kept for kept in instance.quarantine() if kept[1] != moved.late] == []


def _some_location(told: Moved) -> str:
    return next(iter(told.before["location"]))


def _is_refused(instance: Instance) -> bool:
    """Tell whether a record of the store can be edited at an instance."""
    kind = registry().by_table["location"]
    connection = instance.connection
    values = {"id": "new", "store_id": STORE, "name": "x", "code": "x"}
    return ownership.refusal(connection, kind, values, here.load(connection)) is not None


def _of_store(instance: Instance, kind: RecordType) -> Rows:
    """Read the rows of the store at an instance, with what the policies say."""
    found: Rows = {}
    for record_id, row in instance.table(kind).items():
        policy = ownership.policy_of(instance.connection, kind, row)
        assert isinstance(policy, Policy)
        if policy.goes_down and ownership.store_of(instance.connection, kind, policy, row) == STORE:
            found[record_id] = row
    return found
