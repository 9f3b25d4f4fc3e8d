"""What must be true when all is quiet: every record at its places, equal, nothing lost or doubled."""

from collections.abc import Iterator

from msupply.records.store_moves import OPEN_STATES, StoreMove
from msupply.simulation import merging, tables, told, values
from msupply.simulation.ledger import Key
from msupply.simulation.machine import Machine
from msupply.simulation.places import Country
from msupply.simulation.tables import Row
from msupply.simulation.world import World, Wrong
from msupply.sync import buffer, left_out, push, quarantine, queue
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.models import Quarantined

# Cycles of every site until nothing moves; a change needs three to reach everybody.
_MOST_ROUNDS = 12


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
    found: list[object] = []
    for machine in world.machines:
        found.append(told.at(machine.connection, machine.site_id))
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
        for what in merging.left_behind(machine.connection):
            yield f"at {machine.name} {what}, which has been merged"
    yield from _undecided(world)
    end = _End(world)
    for kind in registry().synced:
        yield from _of_kind(end, kind)


def _left_over(world: World, machine: Machine) -> Iterator[str]:
    connection = machine.connection
    for source in (None, *world.sites):
        if buffer.waiting(connection, source):
            yield f"{machine.name} has not integrated all it got"
    for kept in Quarantined.objects.using(machine.alias).order_by("id"):
        yield (
            f"{machine.name} keeps {kept.table_name} {kept.record_id[:8]} in quarantine:"
            f" {quarantine.in_words(kept.reason, kept.reason_values)}"
        )
    for note in left_out.noted(connection):
        why = quarantine.in_words(note.reason, note.reason_values)
        kind = registry().by_number[note.record_type]
        yield f"{machine.name} cannot send {kind.name} {note.record_id[:8]}: {why}"
    if machine is world.central:
        return
    if push.waiting_to_push(connection):
        yield f"{machine.name} has changes that it does not push"
    if queue.first(world.central.connection, machine.site_id, 1).records:
        yield f"records wait for {machine.name} that it never fetches"


def _undecided(world: World) -> Iterator[str]:
    """Check that every site goes by what has been decided, and that moves have come to an end."""
    central = world.central.connection
    for machine in world.sites.values():
        decided = told.decided_for(central, machine.site_id)
        known = told.at(machine.connection, machine.site_id)
        if known != decided:
            yield f"{machine.name} goes by other decisions than were made:\n{known}\n{decided}"
    moved_to = {}
    for move in StoreMove.objects.using(world.central.alias).order_by("pk"):
        if move.state in OPEN_STATES:
            yield f"store {move.store_id[:8]} is still being moved: {move.state}"
        if move.switched_at is not None:
            moved_to[move.store_id] = move.to_site
    for store, site in moved_to.items():
        if world.country().site_of(store) != site:
            yield f"store {store[:8]} has been moved to site {site}, and is not there"


class _End:
    """How everything stands in the end, as the rules are applied to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.country, self.modern = world.country(), Country(world.modern.connection)
        self.kept = merging.kept_by_lost(world.central.connection)
        self.at_site = {
            number: Country(machine.connection) for number, machine in world.sites.items()
        }
        self.knows = {
            number: told.at(machine.connection, number) for number, machine in world.sites.items()
        }

    def country_of(self, kind: RecordType) -> Country:
        """Return the tables that decide where records of a type go."""
        return self.modern if self.world.server_of(kind) is self.world.modern else self.country

    def stays_at(self, kind: RecordType, record_id: str, site: int) -> bool:
        """Tell whether a site keeps a record to itself, or its deletion."""
        knows = self.knows.get(site)
        if knows is None or not (knows.withheld or knows.without_transactions):
            return False
        row = self.at_site[site].rows(kind.table).get(record_id)
        if row is not None:
            return self.at_site[site].stays_at_home(kind, row, knows)
        # What has gone no longer says whose it was.
        return any(policy.store for _, policy in kind.branches)


def _of_kind(end: _End, kind: RecordType) -> Iterator[str]:
    server = end.world.server_of(kind)
    at_central = tables.rows(server.connection, kind)
    central = {i: values.seen_on_wire(kind, row) for i, row in at_central.items()}
    for machine in end.world.sites.values():
        if machine is server:
            continue
        held = tables.rows(machine.connection, kind)
        yield from _equal(end, machine, kind, held, central)
        yield from _no_more(end, machine, kind, held, central)
    yield from _last_words(end, kind, central)


def _equal(
    end: _End, machine: Machine, kind: RecordType, held: dict[str, Row], central: dict[str, bytes]
) -> Iterator[str]:
    """Check that a site has what goes there, as the central server has it."""
    for record_id, content in central.items():
        if end.stays_at(kind, record_id, machine.site_id):
            continue
        country = end.country_of(kind)
        row = country.rows(kind.table)[record_id]
        routed = country.goes_to(kind, row, machine.site_id)
        if record_id not in held:
            if routed:
                yield f"{machine.name} has no {kind.name} {record_id[:8]}, which goes there"
            continue
        mine = values.seen_on_wire(kind, held[record_id])
        end.world.ledger.checked.rows += 1
        if (routed or _is_author(end.world, machine, (kind.name, record_id))) and mine != content:
            yield (
                f"{kind.name} {record_id[:8]} differs:\n    {machine.name}: {mine.decode()}\n"
                f"    the central server: {content.decode()}"
            )


def _no_more(
    end: _End, machine: Machine, kind: RecordType, held: dict[str, Row], central: dict[str, bytes]
) -> Iterator[str]:
    """Check that a site has nothing else than what was sent there, or was written there."""
    ledger, site = end.world.ledger, machine.site_id
    first_rows = end.world.first_rows[site][kind.name]
    for record_id, row in held.items():
        versions = ledger.versions.get((kind.name, record_id), [])
        names = {record_id, *(lost for lost, keep in end.kept.items() if keep == record_id)}
        known = any(one in first_rows or (kind.name, one) in ledger.sent[site] for one in names)
        if record_id in central:
            # What is said of patients goes to both central servers.
            known = known or (machine is end.world.modern and kind.wire(Wire.V6) is not None)
            if not known and not any(version.site == site for version in versions):
                yield f"{machine.name} has a {kind.name} {record_id[:8]} that nobody sent there"
            continue
        gone = record_id in end.kept or any(version.content is None for version in versions)
        gone = gone or merging.may_have_gone(kind, values.seen_on_wire(kind, row), end.kept)
        # A delete goes where the record would go.
        routed = end.country_of(kind).goes_to(kind, row, site)
        if (not gone or routed) and not end.stays_at(kind, record_id, site):
            yield f"{machine.name} has a {kind.name} {record_id[:8]} that the central server has not"


def _is_author(world: World, machine: Machine, key: Key) -> bool:
    """Tell whether all versions of a record were written at this site."""
    versions = world.ledger.versions.get(key, [])
    return bool(versions) and all(version.site == machine.site_id for version in versions)


def _last_words(end: _End, kind: RecordType, central: dict[str, bytes]) -> Iterator[str]:
    """Check that no edit was lost: each record is as one of its last editors left it."""
    ledger, kept = end.world.ledger, end.kept
    one_editor = all(
        policy.editor is Editor.OWNER and not policy.procurement for _, policy in kind.branches
    )
    for (name, record_id), versions in ledger.versions.items():
        if name != kind.name or record_id in kept:
            continue
        now = merging.repointed(central.get(record_id), kept)
        possible = ledger.possible((name, record_id), one_editor=one_editor)
        if now in {merging.repointed(content, kept) for content in possible}:
            continue
        if any(merging.may_have_gone(kind, version.content, kept) for version in versions):
            continue
        if any(end.stays_at(kind, record_id, version.site) for version in versions):
            continue
        lost = any(version.site in ledger.disks_lost for version in versions)
        if lost and record_id in end.world.first_rows[end.world.server_of(kind).site_id][name]:
            # With the disk all edits may have gone: it is as it was in the beginning.
            continue
        known = [v.site for v in versions if merging.repointed(v.content, kept) == now]
        what = f"as site {known[-1]} left it before" if known else "as nobody left it"
        last = versions[-1]
        yield (
            f"{kind.name} {record_id[:8]} is {'gone' if now is None else what},"
            f" not as site {last.site} left it last\n    it is {now!r}\n    last: {last.content!r}"
        )
