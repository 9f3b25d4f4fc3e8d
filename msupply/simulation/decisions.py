"""Decisions made on the central server: what a store is on which site, moves, the primary server.

They change what goes where. Whatever the program refuses is not done, as by people.
"""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.central import settings, store_move, store_sync
from msupply.records.sites import Site
from msupply.records.store_moves import MoveState, StoreMove
from msupply.records.stores import Store, StoreMode
from msupply.simulation import edits, told
from msupply.simulation.fate import pick
from msupply.simulation.machine import Machine
from msupply.simulation.steps import CENTRAL
from msupply.sync.declare.registry import registry
from msupply.sync.placement import SyncType

if TYPE_CHECKING:
    from msupply.simulation.world import World

Decision = Callable[["World", Random], str | None]


def decide(world: "World", chance: Random) -> str | None:
    """Let somebody on the central server decide something; return what, None for nothing."""
    (decision,) = chance.choices([*_DECISIONS], [*_DECISIONS.values()])
    if chance.random() < 0.4:
        decision = world.habit
    try:
        return decision(world, chance)
    except ValidationError:
        return None


def _store(world: "World", chance: Random) -> Store:
    stores = Store.objects.using(world.central.alias).order_by("id")
    found: Store = pick(chance, list(stores))
    return found


def _change_mode(world: "World", chance: Random) -> str | None:
    store = _store(world, chance)
    kind = registry().by_name["store"]
    mode = StoreMode.STORE if store.store_mode == StoreMode.DISPENSARY else StoreMode.DISPENSARY
    edit = edits.rewrite(_centre(world), kind, store.pk, {"store_mode": mode.value})
    if edit is None:
        return None
    # Not noted as an edit: moves write this record as well.
    now = "becomes a dispensary" if mode is StoreMode.DISPENSARY else "is no dispensary any more"
    return f"store {store.code} {now}"


def _show(world: "World", chance: Random) -> str | None:
    """Make a store visible in another, or take it out of view."""
    viewer, seen = _store(world, chance), _store(world, chance)
    if told.primary(world.central.connection) != CENTRAL or viewer == seen:
        return None
    kind = registry().by_name["namestorejoin"]
    join_id = _join(world.central.connection, viewer, seen)
    values = {"store_id": viewer.pk, "name_id": seen.name_id}
    if join_id:
        edit = edits.remove(world.central, kind, join_id)
    else:
        edit = edits.add(chance, world.central, kind, values)
    if edit is None:
        return None
    world.note(world.central, kind, edit.record_id)
    return f"store {viewer.code} {'no longer sees' if join_id else 'sees'} store {seen.code}"


def _register(world: "World", chance: Random) -> str | None:
    """A site registers a patient; the stores of other sites know nothing of that yet."""
    machine = pick(chance, [*world.sites.values()])
    stores = Store.objects.using(machine.alias).filter(site_id=machine.site_id).order_by("id")
    if not stores or machine.connection.in_atomic_block or not machine.here.initialised:
        return None
    kind = registry().by_name["name"]
    values = {"type": "PATIENT", "supplying_store_id": stores[0].pk}
    edit = edits.add(chance, machine, kind, values)
    if edit is None:
        return None
    world.note(machine, kind, edit.record_id)
    kind = registry().by_name["namestorejoin"]
    values = {"name_id": edit.record_id, "store_id": stores[0].pk}
    if join := edits.add(chance, machine, kind, values):
        world.note(machine, kind, join.record_id)
    return f"{machine.name} registers patient {edit.record_id[:8]}"


def _show_somebody(world: "World", chance: Random) -> str | None:
    """Make a patient or prescriber visible in a store."""
    store = _store(world, chance)
    join, table, column, condition = pick(chance, _SUBJECTS)
    ids = _ids(world.central.connection, f"SELECT id FROM {table} WHERE {condition} ORDER BY id")
    if not ids:
        return None
    kind = registry().by_name[join]
    somebody = pick(chance, ids)
    edit = edits.add(chance, world.central, kind, {"store_id": store.pk, column: somebody})
    if edit is None:
        return None
    world.note(world.central, kind, edit.record_id)
    return f"store {store.code} sees {table} {somebody[:8]}"


def _set_sync_type(world: "World", chance: Random) -> str | None:
    store = _store(world, chance)
    lines = store_sync.settings_of(world.central.connection, store).sites
    free = [line for line in lines if len(line.choices) > 1]
    if not free:
        return None
    line = pick(chance, free)
    new = SyncType.TRANSFER if line.sync_type is SyncType.COLLECTOR else SyncType.COLLECTOR
    store_sync.set_sync_type(world.central.connection, store.pk, line.site.site_id, new)
    return f"store {store.code} is a {new.value.lower()} copy on {line.site.name}"


def _include_transactions(world: "World", chance: Random) -> str | None:
    store = _store(world, chance)
    include = chance.random() < 0.5
    store_sync.set_include_transactions(world.central.connection, store.pk, include)
    return f"transactions of store {store.code} {'come along' if include else 'stay at its site'}"


def _move(world: "World", chance: Random) -> str | None:
    store = _store(world, chance)
    old = world.sites.get(store.site_id)
    if old and not old.here.initialised:
        # Without a store it could not be installed any more.
        return None
    target = pick(chance, [CENTRAL, *world.sites, *world.sites])
    keep = chance.random() < 0.3
    store_move.start(world.central.connection, store.pk, target, keep_collector=keep)
    return f"store {store.code} is to move to site {target}{', keeping a copy' if keep else ''}"


def _give_up_a_move(world: "World", chance: Random) -> str | None:
    moves = StoreMove.objects.using(world.central.alias).filter(state=MoveState.WAITING)
    waiting = list(moves.order_by("pk"))
    if not waiting:
        return None
    move = pick(chance, waiting)
    store_move.cancel(world.central.connection, move.pk)
    return f"the move of store {move.store_id[:8]} is cancelled"


def _name_primary(world: "World", chance: Random) -> str | None:
    """As people are told to do it: both sites synchronise before, and the old one after."""
    before = told.primary(world.central.connection)
    after = pick(chance, [CENTRAL, *world.sites])
    concerned = [world.sites[site] for site in (before, after) if site != CENTRAL]
    if before == after or any(world.cycle(machine) is not None for machine in concerned):
        return None
    world.work()
    site = Site.objects.using(world.central.alias).get(site_id=after)
    settings.set_primary(world.central.connection, site)
    world.everybody_learns(concerned)
    return f"site {after} is the primary server"


def _centralise_procurement(world: "World", chance: Random) -> str | None:
    """What sites have written before is on the central server when they may no longer write."""
    on = not told.decided_for(world.central.connection, CENTRAL).procurement
    machines = list(world.sites.values())
    if on and any(world.cycle(machine) is not None for machine in machines):
        return None
    world.work()
    settings.set_centralised_procurement(world.central.connection, on)
    world.everybody_learns(machines)
    return f"purchase orders are written {'centrally' if on else 'at their stores'}"


def _edit_patients_where_visible(world: "World", chance: Random) -> str | None:
    # Once given, this is never taken away: edits that are on their way would be refused.
    settings.set_patients_edited_where_visible(world.central.connection, on=True)
    return "patients are edited wherever they are visible"


def habit(chance: Random) -> Decision:
    """Choose what is decided again and again in a run."""
    decision: Decision = pick(chance, [*_DECISIONS])
    return decision


_SUBJECTS = (
    ("namestorejoin", "name", "name_id", "type = 'PATIENT'"),
    ("clinicianstorejoin", "clinician", "clinician_id", "TRUE"),
)
_DECISIONS: dict[Decision, float] = {
    _register: 4,
    _show_somebody: 6,
    _show: 6,
    _set_sync_type: 5,
    _move: 5,
    _change_mode: 3,
    _include_transactions: 3,
    _give_up_a_move: 0.5,
    _name_primary: 1.5,
    _centralise_procurement: 0.4,
    _edit_patients_where_visible: 0.3,
}


def _centre(world: "World") -> Machine:
    """The machine where central data are edited."""
    site = told.primary(world.central.connection)
    return world.central if site == CENTRAL else world.sites[site]


def _join(connection: BaseDatabaseWrapper, viewer: Store, seen: Store) -> str | None:
    sql = "SELECT id FROM name_store_join WHERE store_id = %s AND name_id = %s ORDER BY id"
    return next(iter(_ids(connection, sql, viewer.pk, seen.name_id)), None)


def _ids(connection: BaseDatabaseWrapper, sql: str, *parameters: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters])
        return [record_id for (record_id,) in cursor.fetchall()]
