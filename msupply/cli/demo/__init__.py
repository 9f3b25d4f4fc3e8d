"""`msupply demo`: a small country on this machine, each server with data of its own."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from msupply.cli.demo import prepare
from msupply.cli.demo.processes import Processes, in_own_process, run_command
from msupply.cli.failures import Failure
from msupply.cli.output import say, title
from msupply.cli.serve import check_port
from msupply.cli.words import _

HELP = _("Run a central server and two remote sites with believable data on this machine.")

Directory = Annotated[
    Path, typer.Option("--data", help=_("Where the demonstration's data are kept."))
]
FirstPort = Annotated[
    int | None,
    typer.Option(
        "--port", help=_("First of three ports in a row; 8000 at first."), min=1, max=65533
    ),
]
Reset = Annotated[bool, typer.Option("--reset", help=_("Begin anew: remove the data first."))]

_MARK = "demo.json"
_CENTRAL = "central"
USUAL_PORT = 8000


def demo(data: Directory = Path("demo-data"), port: FirstPort = None, reset: Reset = False) -> None:
    """Run the demonstration until it is stopped."""
    data = data.absolute()
    state = _state(data)
    if reset or (state is not None and not state["ready"]):
        _remove(data, state)
        state = None
    first = port or (state or {}).get("port") or USUAL_PORT
    ports = [first, first + 1, first + 2]
    for number in ports:
        check_port(number)
    try:
        with Processes() as processes:
            _start(processes, data, ports, is_new=state is None)
            _write_state(data, first, ready=True)
            _tell(data, ports)
            processes.watch()
    except KeyboardInterrupt:
        if (_state(data) or {}).get("ready"):
            say(_("Stopped. The data are kept: start again with the same command."))
        else:
            say(_("Stopped while it was set up; the next start begins anew."))


def _start(processes: Processes, data: Path, ports: list[int], *, is_new: bool) -> None:
    urls = [f"http://localhost:{port}" for port in ports]
    central = data / _CENTRAL
    if is_new:
        _write_state(data, ports[0], ready=False)
        say(_("Setting up the central server, with a small country ..."))
        in_own_process(prepare.make_central, central, urls[0])
    in_own_process(prepare.set_addresses, central, urls[0], None)
    say(_("Starting the central server ..."))
    processes.serve(_("central server"), central, ports[0])
    for site, port, url in zip(prepare.SITES, ports[1:], urls[1:], strict=True):
        directory = data / site.name
        if is_new:
            say(_("Initialising the site {name} over HTTP ...").format(name=site.title))
            run_command(
                "init",
                "site",
                *("--data", str(directory), "--central", urls[0], "--site", site.name),
                password=prepare.SITE_PASSWORD,
            )
        in_own_process(prepare.set_addresses, directory, url, urls[0])
        say(_("Starting the site {name} ...").format(name=site.title))
        processes.serve(site.title, directory, port)


def _tell(data: Path, ports: list[int]) -> None:
    """Say what runs where, who can log in, and what to try."""
    title(_("Running"))
    for port, (name, text, directory) in zip(ports, _servers(data), strict=True):
        say(f"  http://localhost:{port}  {name}")
        say(f"      {text}")
        say(_("      Data and server.log: {directory}").format(directory=directory))
    _tell_log_ins(ports)
    title(_("What to try"))
    for number, text in enumerate(_proposals(data, ports), 1):
        say(f"  {number}. {text}")
    say("")
    say(_("Ctrl-C stops all of them; the data are kept."))


def _servers(data: Path) -> list[tuple[str, str, Path]]:
    text = _(
        "mSupply and Open mSupply central server in one: keeps sites, users and central data,"
        " and integrates what the sites send."
    )
    servers = [(_("Central server"), text, data / _CENTRAL)]
    for site in prepare.SITES:
        text = _(
            "Remote site with {stores}: works without the central server, synchronises every"
            " {n} seconds."
        ).format(stores=_(" and ").join(site.stores.values()), n=prepare.INTERVAL_SECONDS)
        servers.append((site.title, text, data / site.name))
    return servers


def _proposals(data: Path, ports: list[int]) -> list[str]:
    central, hospital, health_centre = (f"http://localhost:{port}" for port in ports)
    return [
        _(
            "As admin at {central}: in the asset catalogue import {file}, or a file of your own."
        ).format(central=central, file=data / _CATALOGUE_FILE),
        _(
            "As nurse at {hospital}: press Sync now, register a refrigerator from the catalogue"
            " with a status and a photo, press Sync now again."
        ).format(hospital=hospital),
        _(
            "As admin at {central} the refrigerator is there; as grace at {health_centre} it is not."
        ).format(central=central, health_centre=health_centre),
        _(
            "Stop everything with Ctrl-C and start a site alone, to work without the central"
            " server: {command}"
        ).format(command=f"msupply serve --data {data / prepare.SITES[0].name} --port {ports[1]}"),
    ]


def _tell_log_ins(ports: list[int]) -> None:
    title(_("Log-ins"))
    rows = [("admin", prepare.ADMIN_PASSWORD, _("Administrator"), ports)]
    for user in prepare.USERS:
        at = [
            port
            for site, port in zip(prepare.SITES, ports[1:], strict=True)
            if set(user.stores) & set(site.stores)
        ]
        who = f"{user.first_name} {user.last_name}, {user.job}"
        rows.append((user.name, prepare.USER_PASSWORD, who, at))
    for name, password, who, at in rows:
        places = " ".join(f":{port}" for port in at)
        say(f"  {name:<8} {password:<11} {places:<18} {who}")


def _state(data: Path) -> dict[str, Any] | None:
    """Return what is remembered of a former run, None when there was none."""
    mark = data / _MARK
    if mark.exists():
        try:
            state = json.loads(mark.read_text())
            return {"ready": state["ready"] is True, "port": int(state["port"])}
        except (ValueError, KeyError, TypeError):
            return {"ready": False, "port": USUAL_PORT}
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Failure(
            _("{data} is no directory of the demonstration; nothing was changed.").format(
                data=data
            ),
            _("Name another one with --data."),
        )
    return None


def _remove(data: Path, state: dict[str, Any] | None) -> None:
    # Only what a demonstration has made is ever removed.
    if state is not None:
        shutil.rmtree(data)


def _write_state(data: Path, port: int, *, ready: bool) -> None:
    data.mkdir(parents=True, exist_ok=True)
    (data / _MARK).write_text(json.dumps({"ready": ready, "port": port}))
    if ready:
        (data / _CATALOGUE_FILE).write_text(_CATALOGUE, encoding="utf-8")


_CATALOGUE_FILE = "asset-catalogue.csv"
_CATALOGUE = """\
Sub catalogue,Code,Type,Manufacturer,Model,Class,Category,Net storage volume (litres),Hold over time (hours),Energy source
Demonstration,DEMO/001,Ice-lined refrigerator,Northern Cooling,NC 60,Cold chain equipment,Refrigerators and freezers,60,52.5,Mains electricity
Demonstration,DEMO/002,Solar direct drive refrigerator,Sunline,SL 30,Cold chain equipment,Refrigerators and freezers,30,88,Solar
Demonstration,DEMO/003,Freezer,Northern Cooling,NF 120,Cold chain equipment,Refrigerators and freezers,120,20,Mains electricity
Demonstration,DEMO/004,Cold box - long range,Boxline,BL 22,Cold chain equipment,Insulated containers,22,140,
Demonstration,DEMO/005,Cold room,Northern Cooling,NR 10,Cold chain equipment,Cold rooms and freezer rooms,10000,8,Mains electricity
"""
