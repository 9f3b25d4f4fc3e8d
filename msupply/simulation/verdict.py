"""What must be true when all is quiet: every record at its places, equal, nothing lost or doubled."""

from collections.abc import Iterator

from msupply.simulation import tables, values
from msupply.simulation.ledger import Key
from msupply.simulation.machine import Machine
from msupply.simulation.places import Country
from msupply.simulation.tables import Row
from msupply.simulation.world import World, Wrong
from msupply.sync import buffer, push, queue
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.models import Quarantined

# Cycles of every site until nothing moves; a change needs three to reach everybody.
_MOST_ROUNDS = 8


def settle(world: World) -> None:
    """Let every site synchronise without trouble until nothing moves. Raises Wrong."""
    world.tell("-- the trouble is over: everybody synchronises until nothing moves --")
    world.deliver_late(all_of_them=True)
    before = _heads(world)
    for _ in range(_MOST_ROUNDS):
        for machine in world.sites.values():
            world.clock.advance(300)
            error = world.cycle(machine)
            if error:
                raise Wrong(
                    f"{machine.name} cannot synchronise though nothing is in its way: {error}"
                )
        world.work()
        after = _heads(world)
        if after == before:
            return
        before = after
    raise Wrong(f"after {_MOST_ROUNDS} rounds of cycles something still moves")


def _heads(world: World) -> object:
    found = []
    for machine in world.machines:
        with machine.connection.cursor() as cursor:
            for log in Channel:
                cursor.execute(f"SELECT max(cursor), count(*) FROM {log.value}")
                found.append(cursor.fetchone())
    return found


def judge(world: World) -> None:
    """Compare what everybody holds with what the rules say. Raises Wrong with the first fault."""
    for fault in faults(world):
        raise Wrong(fault)


def faults(world: World) -> Iterator[str]:
    """Yield everything that is wrong."""
    for machine in world.machines:
        yield from _left_over(world, machine)
    country = world.country()
    for kind in registry().synced:
        at_central = tables.rows(world.central.connection, kind)
        central = {i: values.seen_on_wire(kind, row) for i, row in at_central.items()}
        for machine in world.sites.values():
            yield from _compare(world, machine, country, kind, at_central, central)
        yield from _last_words(world, kind, central)


def _left_over(world: World, machine: Machine) -> Iterator[str]:
    connection = machine.connection
    for source in (None, *world.sites):
        if buffer.waiting(connection, source):
            yield f"{machine.name} has not integrated all it got"
    for kept in Quarantined.objects.using(machine.alias).order_by("id"):
        yield (
            f"{machine.name} keeps {kept.table_name} {kept.record_id[:8]} in quarantine:"
            f" {kept.reason}"
        )
    if machine is world.central:
        return
    if push.waiting_to_push(connection):
        yield f"{machine.name} has changes that it does not push"
    if queue.length(world.central.connection, machine.site_id):
        yield f"records wait for {machine.name} that it never fetches"


def _compare(
    world: World,
    machine: Machine,
    country: Country,
    kind: RecordType,
    at_central: dict[str, Row],
    central: dict[str, bytes],
) -> Iterator[str]:
    """Compare the rows of one type at a site with those of the central server."""
    held = tables.rows(machine.connection, kind)
    for record_id, row in at_central.items():
        key = (kind.name, record_id)
        routed = country.goes_to(kind, country.rows(kind.table)[record_id], machine.site_id)
        own = routed or _is_author(world, machine, country, kind, row, key)
        if record_id not in held:
            if routed:
                yield f"{machine.name} has no {kind.name} {record_id[:8]}, which goes there"
        elif own and values.seen_on_wire(kind, held[record_id]) != central[record_id]:
            mine = values.seen_on_wire(kind, held[record_id]).decode()
            yield (
                f"{kind.name} {record_id[:8]} differs:\n    {machine.name}: {mine}\n"
                f"    the central server: {central[record_id].decode()}"
            )
    for record_id in held.keys() - at_central.keys():
        versions = world.ledger.versions.get((kind.name, record_id), [])
        gone = any(version.content is None for version in versions)
        # A delete goes where the record would go.
        if not gone or country.goes_to(kind, held[record_id], machine.site_id):
            yield f"{machine.name} has a {kind.name} {record_id[:8]} that the central server has not"
    for record_id in held.keys() & at_central.keys():
        key = (kind.name, record_id)
        known = (
            record_id in world.first_rows[machine.site_id][kind.name]
            or key in world.ledger.sent[machine.site_id]
        )
        written = any(v.site == machine.site_id for v in world.ledger.versions.get(key, []))
        if not known and not written:
            yield f"{machine.name} has a {kind.name} {record_id[:8]} that nobody sent there"


def _is_author(
    world: World, machine: Machine, country: Country, kind: RecordType, row: Row, key: Key
) -> bool:
    """Tell whether all versions of a record were written at this site."""
    versions = world.ledger.versions.get(key, [])
    return bool(versions) and all(version.site == machine.site_id for version in versions)


def _last_words(world: World, kind: RecordType, central: dict[str, bytes]) -> Iterator[str]:
    """Check that no edit was lost: each record is as one of its last editors left it."""
    for (name, record_id), versions in world.ledger.versions.items():
        if name != kind.name:
            continue
        possible = world.ledger.possible((name, record_id))
        if central.get(record_id) not in possible:
            now = central.get(record_id)
            known = [version.site for version in versions if version.content == now]
            what = (
                "gone"
                if now is None
                else f"as site {known[-1]} left it before"
                if known
                else "as nobody left it"
            )
            last = versions[-1]
            yield (
                f"{kind.name} {record_id[:8]} is {what}, not as site {last.site} left it last\n    it is {now!r}\n    last: {last.content!r}"
            )
