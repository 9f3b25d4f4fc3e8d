"""The country in which every run begins: a central server with its data, and initialised sites."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from django.apps import apps

from msupply.central.sites import add_site
from msupply.services.instance import create_central
from msupply.simulation import edits, fate
from msupply.simulation.fate import SimulatedClock
from msupply.simulation.machine import Machine
from msupply.simulation.network import URL, Line, Servers, serve
from msupply.simulation.steps import CENTRAL
from msupply.sync import here, triggers
from msupply.sync.cycle import run_cycle
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import registry
from msupply.wire.credentials import wire_hash

_PASSWORD = "tide-42"  # noqa: S105  (of a country that exists for a second)
# Of every type that is edited centrally there is something to refer to.
_ROWS_PER_TYPE = 2


@dataclass(frozen=True)
class Disks:
    """What is on the disks when a run begins."""

    blank: bytes
    central: bytes
    sites: dict[int, bytes]


@cache
def disks(folder: Path, sites: int) -> Disks:
    """Return the disks of a country with so many sites."""
    clock = SimulatedClock()
    with fate.decided(f"country of {sites}", clock):
        blank = _blank(folder)
        central = Machine(folder, "the central server", CENTRAL, blank)
        machines = _found(central, folder, blank, sites)
        for machine in machines:
            _initialise(machine, central)
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


def _found(central: Machine, folder: Path, blank: bytes, sites: int) -> list[Machine]:
    connection = central.connection
    create_central(connection, URL, "admin", _PASSWORD, "CEN", "Central store")
    machines = []
    for number in range(CENTRAL + 1, CENTRAL + 1 + sites):
        letters = "ABC"[: 1 + number % 3]
        stores = [(f"S{number}{letter}", f"Store {number}{letter}") for letter in letters]
        add_site(connection, f"site {number}", _PASSWORD, stores)
        machines.append(Machine(folder, f"site {number}", number, blank))
    chance = Random(sites)
    for kind in registry().synced:
        if kind.name in edits.NOT_EDITED or not kind.policies_where(
            lambda p: p.editor is Editor.CENTRAL
        ):
            continue
        for _ in range(_ROWS_PER_TYPE):
            edits.create(chance, central, kind)
    # They have no home store, so that any site may edit them once it sees them.
    for name, values in (
        ("name", {"type": "PATIENT", "supplying_store_id": None}),
        ("clinician", {"store_id": None}),
    ):
        for _ in range(_ROWS_PER_TYPE):
            edits.add(chance, central, registry().by_name[name], values)
    return machines


def _initialise(machine: Machine, central: Machine) -> None:
    connect(machine, URL)
    line = Line(lambda request: serve(central, request, request.content, 5000))
    status = run_cycle(machine.connection, Servers(machine.here, line))
    assert status.error is None, status.error
