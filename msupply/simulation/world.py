"""A country while a run lasts: its machines, the lines between them, and what happens to both."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec

from msupply.central import background
from msupply.central.sites import reset_hardware_id
from msupply.simulation import decisions, edits, merging, tables, values
from msupply.simulation.country import Disks, connect
from msupply.simulation.fate import SimulatedClock, pick
from msupply.simulation.ledger import Key, Ledger
from msupply.simulation.machine import Machine, PowerCut
from msupply.simulation.network import URL, Line, Servers, serve
from msupply.simulation.places import Country
from msupply.simulation.steps import CENTRAL, Mishap, Step, Trouble, Verb
from msupply.simulation.unpushed import Unpushed
from msupply.sync.cycle import run_cycle
from msupply.sync.declare.registry import RecordType, Wire, registry

# A message says what it carries by the last part of its path.
_PULLS = {"central_records": Wire.V5, "queued_records": Wire.V5, "pull": Wire.V6}
# How many edits people make at a time.
_EDITS = (1, 1, 2, 3)
# At one step in so many.
_CLOCK_JUMPS = 40


class Wrong(Exception):
    """Something that must never happen has happened."""


class World:
    """All machines of a run, and its memory."""

    def __init__(self, folder: Path, disks: Disks, clock: SimulatedClock, chance: Random) -> None:
        self.central = Machine(folder, "the central server", CENTRAL, disks.central)
        self.sites = {
            number: Machine(folder, f"site {number}", number, disk)
            for number, disk in disks.sites.items()
        }
        self.blank = disks.blank
        self.ledger = Ledger()
        self._unpushed = Unpushed()
        self.story: list[str] = []
        self.traffic = sha256()
        self.clock = clock
        self.batch_limit = pick(chance, (3, 5, 8, 40))
        self.habit = decisions.habit(chance)
        # What was edited lately is what others work on as well.
        self._recent: deque[Key] = deque(maxlen=6)
        self.fashion = edits.in_fashion(chance)
        self._worker_sleeps = False
        self._serving = 0
        self._running: set[int] = set()
        # At which site a record was merged.
        self._hands: dict[str, int] = {}
        self._late: list[tuple[int, httpx.Request, int]] = []
        for machine in self.machines:
            machine.watch()
        # What each machine held from the beginning.
        self.first_rows = {
            machine.site_id: {
                kind.name: set(tables.rows(machine.connection, kind)) for kind in registry().synced
            }
            for machine in self.machines
        }

    @property
    def machines(self) -> list[Machine]:
        """Every machine, the central server first."""
        return [self.central, *self.sites.values()]

    def remove(self) -> None:
        """Throw everything away."""
        for machine in self.machines:
            machine.remove()

    def country(self) -> Country:
        """Return how things stand on the central server."""
        return Country(self.central.connection, CENTRAL)

    def tell(self, sentence: str) -> None:
        """Write down what happens."""
        self.story.append("  " * len(self._running) + sentence)

    def note(self, machine: Machine, kind: RecordType, record_id: str) -> None:
        """Note in the ledger how somebody at a machine has just left a record."""
        row = tables.row(machine.connection, kind, record_id)
        content = None if row is None else values.seen_on_wire(kind, row)
        self.ledger.edited((kind.name, record_id), machine.site_id, content)
        if machine is not self.central:
            self._unpushed.edited(machine.site_id, (kind.name, record_id), content)

    def perform(self, step: Step) -> None:
        """Let a step happen. Raises Wrong."""
        self.clock.advance(60)
        if step.number % _CLOCK_JUMPS == 0:
            self.clock.put_back(step.number % 100_000)
            self.tell("the clocks jump back")
        if step.verb in (Verb.EDIT, Verb.MERGE):
            self._edit(step)
        elif step.verb is Verb.CYCLE:
            self.cycle(self.sites[step.site], step.mishaps)
        elif step.verb is Verb.CONTEST:
            self._contest(step)
        elif step.verb is Verb.WORK:
            self.work()
        elif step.verb is Verb.DECIDE:
            self._decide(step)
        else:
            self._reinstall(self.sites[step.site])

    def _edit(self, step: Step) -> None:
        machine = self.central if step.site == CENTRAL else self.sites[step.site]
        if machine.connection.in_atomic_block or not machine.here.initialised:
            # Nobody works at a site before it has its data.
            return
        chance = Random(step.number)
        try:
            with machine.steady(), machine.at_work():
                for _ in range(pick(chance, _EDITS)):
                    edit = (
                        edits.anything(chance, machine, self.fashion, self._recent)
                        if step.verb is Verb.EDIT
                        else merging.merge(chance, machine, self._hands)
                    )
                    if edit:
                        self._edited(machine, edit)
        except edits.GuardWrong as error:
            raise Wrong(str(error)) from None

    def _edited(self, machine: Machine, edit: edits.Edit) -> None:
        self.tell(f"{machine.name} {edit}")
        self._check_owner(machine, edit)
        self.note(machine, edit.kind, edit.record_id)
        self._recent.append((edit.kind.name, edit.record_id))

    def _contest(self, step: Step) -> None:
        """Let the central server and a site edit one record, without hearing of each other."""
        machine = self.sites[step.site]
        if self.central.connection.in_atomic_block or not machine.here.initialised:
            return
        try:
            with self.central.steady(), self.central.at_work():
                edit = edits.contested(Random(step.number), self.central, machine)
        except edits.GuardWrong as error:
            raise Wrong(str(error)) from None
        if edit:
            self.tell(f"{self.central.name} {edit}")
            self.note(self.central, edit.kind, edit.record_id)
            self.cycle(machine, step.mishaps)

    def _check_owner(self, machine: Machine, edit: edits.Edit) -> None:
        """Check that nobody edits what another site may edit, whatever they have been told."""
        row = tables.row(machine.connection, edit.kind, edit.record_id)
        if row is None:
            return
        owner = Country(machine.connection, CENTRAL).owner(edit.kind, row)
        if owner and self.country().site_of(owner) != machine.site_id:
            raise Wrong(f"{machine.name} {edit}, which belongs to another site by now")

    def _decide(self, step: Step) -> None:
        if self.central.connection.in_atomic_block:
            return
        try:
            with self.central.steady(), self.central.at_work():
                done = decisions.decide(self, Random(step.number))
        except edits.GuardWrong as error:
            raise Wrong(str(error)) from None
        if done:
            self.tell(f"decided: {done}")

    def everybody_learns(self, machines: list[Machine]) -> None:
        """Let sites hear of a decision before anybody works on."""
        for machine in machines:
            if self.cycle(machine) is not None:
                self.cycle(machine)

    def work(self) -> None:
        """Let the worker of the central server integrate what waits."""
        try:
            if self._work():
                self.tell("the worker of the central server does its work")
        except PowerCut:
            self._central_died()

    def _work(self) -> bool:
        with self.central.at_work():
            return background.work(self.central.connection)

    def _reinstall(self, machine: Machine) -> None:
        if machine.site_id in self._running:
            return
        self.tell(f"{machine.name} gets a new disk and is installed anew")
        # People free a site for a new machine when the old one is off.
        self._late = [one for one in self._late if one[2] != machine.site_id]
        self.ledger.disks_lost.add(machine.site_id)
        self._unpushed.disk_lost(machine.site_id)
        machine.put_disk(self.blank)
        reset_hardware_id(self.central.connection, machine.name)
        connect(machine, URL)
        machine.watch()

    def cycle(self, machine: Machine, mishaps: tuple[Mishap, ...] = ()) -> str | None:
        """Run a cycle of a site; return its error, if any."""
        if machine.site_id in self._running:
            return None
        self.tell(f"{machine.name} begins to synchronise")
        self._running.add(machine.site_id)
        journey = _Journey(self, machine, mishaps)
        error: str | None = None
        try:
            with self._bad_power(machine, mishaps), self._worker(mishaps), machine.at_work():
                status = run_cycle(machine.connection, Servers(machine.here, Line(journey.carry)))
                if status.error:
                    error = f"{status.error[0].value}: {status.error[1]}"
        except PowerCut:
            if not machine.is_dead:
                raise
            self.start_again(machine)
            error = "power cut"
        finally:
            self._running.discard(machine.site_id)
        self.tell(f"{machine.name} has synchronised" if error is None else f"that fails: {error}")
        for fault in self._unpushed.overwritten(machine):
            raise Wrong(fault)
        return error

    @contextmanager
    def _bad_power(self, machine: Machine, mishaps: tuple[Mishap, ...]) -> Iterator[None]:
        doomed = {Trouble.SITE_DIES: machine, Trouble.CENTRAL_DIES: self.central}
        for mishap in mishaps:
            if victim := doomed.get(mishap.trouble):
                victim.cut_power_at(mishap.at, before=mishap.number % 2 == 0)
        try:
            yield
        finally:
            for victim in doomed.values():
                victim.cut_power_at(None)

    @contextmanager
    def _worker(self, mishaps: tuple[Mishap, ...]) -> Iterator[None]:
        usual = self._worker_sleeps
        self._worker_sleeps = any(m.trouble is Trouble.IDLE_WORKER for m in mishaps)
        try:
            yield
        finally:
            self._worker_sleeps = usual

    def time_passes(self) -> None:
        """While somebody waits, the worker of the central server goes on."""
        if not self._worker_sleeps and not self.central.is_dead:
            try:
                self._work()
            except PowerCut:
                if self._serving:
                    raise
                self._central_died()

    def start_again(self, machine: Machine) -> None:
        """Start a machine after a power cut."""
        self.tell(f"{machine.name} has lost power, and starts again")
        machine.start_again()
        machine.watch()

    def _central_died(self) -> None:
        if not self.central.is_dead:
            raise PowerCut
        self.start_again(self.central)

    def deliver(self, request: httpx.Request, body: bytes | None = None) -> httpx.Response:
        """Bring a request to the central server. Raises TransportError when that dies of it."""
        self._serving += 1
        try:
            sent = request.content if body is None else body
            answer = serve(self.central, request, sent, self.batch_limit)
            self.traffic.update(sent + answer.content)
            return answer
        except PowerCut:
            self._central_died()
            raise httpx.ReadError("the server died", request=request) from None
        finally:
            self._serving -= 1

    def hold_back(self, request: httpx.Request, messages: int, site: int) -> None:
        """Keep a copy of a site's request; it arrives so many messages later."""
        self._late.append((messages, request, site))

    def deliver_late(self, *, all_of_them: bool = False) -> None:
        """Bring the copies whose time has come."""
        waiting, self._late = self._late, []
        for messages, request, site in waiting:
            if messages > 1 and not all_of_them:
                self._late.append((messages - 1, request, site))
                continue
            self.tell(f"an old copy of {_name(request)} arrives")
            with suppress(httpx.TransportError):
                self.deliver(request)

    def check_sent(self, site: int, request: httpx.Request, answer: httpx.Response) -> None:
        """Check that nothing is sent to a site that does not go there. Raises Wrong."""
        verb = request.url.path.rpartition("/")[2]
        wire = _PULLS.get(verb)
        if (
            wire is None
            or answer.status_code != 200
            or (request.method == "POST") != (verb == "pull")
        ):
            return
        country = self.country()
        for table, record_id, action in _records(wire, answer.content):
            if action.lower() == "delete":
                continue
            merged = action.lower() == "merge"
            kind = registry().by_wire[wire][table]
            kind = registry().merges[kind.table] if merged else kind
            self.ledger.sent[site].add((kind.name, record_id))
            row = country.rows(kind.table).get(record_id)
            self.ledger.checked.sent += 1
            if row and not country.goes_to(kind, row, site):
                raise Wrong(
                    f"{kind.name} {record_id[:8]} is sent to site {site}, where it is none of"
                )


class _Journey:
    """The messages of one cycle, counted, with what happens to each."""

    def __init__(self, world: World, machine: Machine, mishaps: tuple[Mishap, ...]) -> None:
        self.world, self.machine, self.mishaps = world, machine, mishaps
        self.life = machine.life
        self.messages = 0
        self.broken = False

    def carry(self, request: httpx.Request) -> httpx.Response:  # noqa: C901  (a list of troubles)
        """Bring a message there and its answer back, or not. Raises TransportError."""
        world = self.world
        self.messages += 1
        world.deliver_late()
        troubles = {m.trouble: m for m in self.mishaps if m.at == self.messages}
        self.broken = self.broken or Trouble.LINE_BREAKS in troubles
        if (meanwhile := troubles.get(Trouble.MEANWHILE)) and meanwhile.step:
            world.perform(meanwhile.step)
            if self.machine.life != self.life:
                raise PowerCut
        if self.broken:
            self._trouble(Trouble.LINE_BREAKS, request)
        if Trouble.LOSE_REQUEST in troubles:
            self._trouble(Trouble.LOSE_REQUEST, request)
        if Trouble.CUT_REQUEST in troubles:
            world.deliver(request, request.content[: len(request.content) // 2])
            self._trouble(Trouble.CUT_REQUEST, request)
        if late := troubles.get(Trouble.LATE_COPY):
            world.hold_back(request, 1 + late.number % 6, self.machine.site_id)
            self._trouble(Trouble.LATE_COPY, request)
        if Trouble.REPEAT in troubles:
            world.tell(f"{_name(request)} arrives twice")
            world.deliver(request)
        answer = world.deliver(request)
        if dies := troubles.get(Trouble.SITE_DIES_NEXT):
            self.machine.cut_power_at(1, before=dies.number % 4 > 0)
        if Trouble.LOSE_ANSWER in troubles:
            self._trouble(Trouble.LOSE_ANSWER, request)
        world.check_sent(self.machine.site_id, request, answer)
        if Trouble.CUT_ANSWER in troubles:
            world.tell(f"the answer to {_name(request)} is cut short")
            content = answer.content[: len(answer.content) // 2]
            return httpx.Response(answer.status_code, content=content, request=request)
        return answer

    def _trouble(self, trouble: Trouble, request: httpx.Request) -> None:
        self.world.tell(f"{_name(request)}: {trouble.value}")
        raise httpx.ReadError(trouble.value, request=request)


def _name(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path.rpartition('/')[2]}"


def _records(wire: Wire, content: bytes) -> list[tuple[str, str, str]]:
    answer: Any = msgspec.json.decode(content)
    batch: Any = answer.get("data") or []
    members = batch if wire is Wire.V5 else [c["record"] for c in batch["records"]] if batch else []
    return [(r["tableName"], _id_of(r), r["action"]) for r in members]


def _id_of(record: dict[str, Any]) -> str:
    data = record.get("recordData") or record.get("data")
    lost = data.get("mergeIdToDelete") if isinstance(data, dict) else None
    return str(lost or record["recordId"])
