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
from msupply.records.store_moves import OPEN_STATES, StoreMove
from msupply.records.stores import Store
from msupply.simulation import decisions, edits, merging, tables, values, words
from msupply.simulation.country import Disks, connect
from msupply.simulation.fate import SimulatedClock, pick
from msupply.simulation.journey import Journey, title
from msupply.simulation.ledger import Key, Ledger
from msupply.simulation.machine import Machine, PowerCut
from msupply.simulation.network import URL, Line, Servers, asking, serve
from msupply.simulation.places import Country
from msupply.simulation.steps import CENTRAL, Mishap, Step, Trouble, Verb
from msupply.simulation.unpushed import Unpushed
from msupply.sync.cycle import run_cycle
from msupply.sync.declare.registry import RecordType, Wire, registry

# A message says what it carries by the last part of its path.
_PULLS = {"central_records": Wire.V5, "queued_records": Wire.V5, "pull": Wire.V6}
# How many edits people make at a time.
_EDITS = (1, 1, 2, 3)
# At how many of the steps in which people edit they also import words.
_WORDS = 0.25
# At one step in so many.
_CLOCK_JUMPS = 40


class Wrong(Exception):
    """Something that must never happen has happened."""


class World:
    """All machines of a run, and its memory."""

    def __init__(
        self, folder: Path, disks: Disks, clock: SimulatedClock, chance: Random, *, apart: bool
    ) -> None:
        self.central = Machine(folder, "the central server", CENTRAL, disks.central)
        self.sites = {
            number: Machine(folder, f"site {number}", number, disk)
            for number, disk in disks.sites.items()
        }
        # The Open mSupply central server.
        self.modern = self.sites[CENTRAL + 1] if apart else self.central
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
        return Country(self.central.connection)

    def server_of(self, kind: RecordType) -> Machine:
        """Return the central server of a type: where all of its records come together."""
        return self.modern if kind.by_v6_alone else self.central

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
                # Drawn apart: a step is otherwise what it would be without.
                apart = Random(f"words {step.number}")
                if apart.random() < _WORDS and (edit := words.write(apart, machine)):
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
        owner = Country(machine.connection).owner(edit.kind, row)
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
        if self.modern is not self.central and not self.modern.connection.in_atomic_block:
            with self.modern.steady(), self.modern.at_work():
                background.work(self.modern.connection)
        with self.central.at_work():
            return background.work(self.central.connection)

    def _reinstall(self, machine: Machine) -> None:
        if machine.site_id in self._running or machine is self.modern:
            return
        if not self._keeps_a_store(machine.site_id):
            # The central server would not have it; people give the machine to another site.
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

    def _keeps_a_store(self, site: int) -> bool:
        stores = Store.objects.using(self.central.alias).filter(site_id=site)
        leaving = StoreMove.objects.using(self.central.alias).filter(state__in=OPEN_STATES)
        return stores.exclude(pk__in=leaving.values("store_id")).exists()

    def cycle(self, machine: Machine, mishaps: tuple[Mishap, ...] = ()) -> str | None:
        """Run a cycle of a site; return its error, if any."""
        if machine.site_id in self._running:
            return None
        self.tell(f"{machine.name} begins to synchronise")
        self._running.add(machine.site_id)
        journey = Journey(self, machine, mishaps)
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
            answer = self._answer(request, sent)
            self.traffic.update(sent + answer.content)
            return answer
        except PowerCut:
            self._central_died()
            raise httpx.ReadError("the server died", request=request) from None
        finally:
            self._serving -= 1

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        if self.modern is self.central or request.url.host in URL:
            return serve(self.central, request, body, self.batch_limit)
        # It loses power in cycles of its own.
        with self.modern.steady(), asking(self.deliver):
            return serve(self.modern, request, body, self.batch_limit)

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
            self.tell(f"an old copy of {title(request)} arrives")
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
        # The other central server goes by what it has heard of stores and patients.
        country = Country(self.modern.connection) if wire is Wire.V6 else self.country()
        for table, record_id, action in _records(wire, answer.content):
            if action.lower() == "delete":
                continue
            merged = action.lower() == "merge"
            kind = registry().by_wire[wire][table]
            kind = registry().merges[kind.table] if merged else kind
            self.ledger.sent[site].add((kind.name, record_id))
            row = country.rows(kind.table).get(record_id)
            self.ledger.checked.sent += 1
            if row and not (
                country.goes_to(kind, row, site) or country.goes_along(kind, row, site)
            ):
                raise Wrong(
                    f"{kind.name} {record_id[:8]} is sent to site {site}, where it is none of"
                )


def _records(wire: Wire, content: bytes) -> list[tuple[str, str, str]]:
    answer: Any = msgspec.json.decode(content)
    batch: Any = answer.get("data") or []
    members = batch if wire is Wire.V5 else [c["record"] for c in batch["records"]] if batch else []
    return [(r["tableName"], _id_of(r), r["action"]) for r in members]


def _id_of(record: dict[str, Any]) -> str:
    data = record.get("recordData") or record.get("data")
    lost = data.get("mergeIdToDelete") if isinstance(data, dict) else None
    return str(lost or record["recordId"])
