"""The country in which every run begins: a central server with its data, and initialised sites."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import httpx
from django.apps import apps

from msupply.central import background
from msupply.central.sites import add_site
from msupply.services.instance import create_central
from msupply.simulation import edits, fate
from msupply.simulation.fate import SimulatedClock
from msupply.simulation.machine import Machine
from msupply.simulation.network import MODERN_URL, URL, Line, Servers, asking, serve
from msupply.simulation.steps import CENTRAL
from msupply.sync import here, triggers
from msupply.sync.cycle import run_cycle
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import registry
from msupply.wire.credentials import wire_hash

_PASSWORD = "tide-4242"  # noqa: S105  (of a country that exists for a second)
# Of every type that is edited centrally there is something to refer to.
_ROWS_PER_TYPE = 2


@dataclass(frozen=True)
class Disks:
    """What is on the disks when a run begins."""

    blank: bytes
    central: bytes
    sites: dict[int, bytes]


@cache
def disks(folder: Path, sites: int, apart: bool) -> Disks:
    """Return the disks of a country with so many sites; `apart` as a plan says it."""
    clock = SimulatedClock()
    with fate.decided(f"country of {sites}", clock):
        blank = _blank(folder)
        central = Machine(folder, "the central server", CENTRAL, blank)
        clock.passing = lambda: _work(central)
        machines = _found(central, folder, blank, sites, apart)
        modern = machines[0] if apart else central
        for machine in machines:
            _initialise(machine, central, modern)
            if apart and machine is modern:
                _add_central_records(modern, Random(-sites))
                _cycle(modern, central, modern)
        found = Disks(blank, central.disk(), {one.site_id: one.disk() for one in machines})
        for machine in (central, *machines):
            machine.remove()
    return found


def connect(machine: Machine, url: str) -> None:
    """Tell a blank instance which site it is."""
    here.change(
        machine.connection,
        central_url=url,
        site_name=machine.name,
        password_hash=wire_hash(_PASSWORD),
        hardware_id=fate.fresh_id(),
    )


def _blank(folder: Path) -> bytes:
    machine = Machine(folder, "blank", 0, b"")
    # Not by migrations: those have tests of their own, and take much longer.
    with machine.connection.schema_editor() as editor:
        for model in apps.get_models():
            editor.create_model(model)
    triggers.install(machine.connection)
    disk = machine.disk()
    machine.remove()
    return disk


def _found(central: Machine, folder: Path, blank: bytes, sites: int, apart: bool) -> list[Machine]:
    connection = central.connection
    create_central(connection, URL, "admin", _PASSWORD, "CEN", "Central store")
    machines: list[Machine] = []
    for number in range(CENTRAL + 1, CENTRAL + 1 + sites):
        letters = "ABC"[: 1 + number % 3]
        stores = [(f"S{number}{letter}", f"Store {number}{letter}") for letter in letters]
        modern = apart and not machines
        add_site(connection, f"site {number}", _PASSWORD, stores, modern, MODERN_URL)
        machines.append(Machine(folder, f"site {number}", number, blank))
    chance = Random(sites)
    _add_central_records(central, chance)
    # They have no home store: the central server edits them, and any site may see them.
    for name, values in (
        ("name", {"type": "PATIENT", "supplying_store_id": None}),
        ("clinician", {"store_id": None}),
    ):
        for _ in range(_ROWS_PER_TYPE):
            edits.add(chance, central, registry().by_name[name], values)
    return machines


def _add_central_records(machine: Machine, chance: Random) -> None:
    """Let there be something to refer to, of the types that are edited at this central server."""
    for kind in registry().synced:
        if kind.name in edits.NOT_EDITED or not kind.policies_where(
            lambda p: p.editor is Editor.CENTRAL
        ):
            continue
        for _ in range(_ROWS_PER_TYPE):
            edits.create(chance, machine, kind)


def _initialise(machine: Machine, central: Machine, modern: Machine) -> None:
    connect(machine, URL)
    _cycle(machine, central, modern)


def _work(central: Machine) -> None:
    with central.at_work():
        background.work(central.connection)


def _cycle(machine: Machine, central: Machine, modern: Machine) -> None:
    def carry(request: httpx.Request) -> httpx.Response:
        server = central if str(request.url).startswith(URL) else modern
        with asking(lambda asked: serve(central, asked, asked.content, 5000)):
            return serve(server, request, request.content, 5000)

    line = Line(carry)
    status = run_cycle(machine.connection, Servers(machine.here, line))
    assert status.error is None, status.error
