"""`msupply init`: makes a directory an instance, a central server or a remote site."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import print_json, progress, say, secret
from msupply.cli.start import (
    DEFAULT_DATA,
    DataDir,
    JsonOutput,
    make_directory,
    migrate,
    use_instance,
)

app = typer.Typer(help="Set up a central server or a remote site.", no_args_is_help=True)

Url = Annotated[str, typer.Option("--url", help="Where sites and browsers reach this server.")]
Admin = Annotated[str, typer.Option("--admin", help="User name of the first administrator.")]
AdminPassword = Annotated[
    str | None,
    typer.Option(
        "--password",
        help="The administrator's password; asked for when it is left out.",
        envvar="MSUPPLY_ADMIN_PASSWORD",
        show_envvar=True,
    ),
]
FirstStore = Annotated[str, typer.Option("--store", help="The central store, as CODE=Name.")]


@app.command("central")
def central(
    url: Url,
    admin: Admin,
    password: AdminPassword = None,
    store: FirstStore = "CENTRAL=Central medical store",
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Set up a central server: mSupply and Open mSupply central in one."""
    code, name = split_store(store)
    if name is None:
        raise Failure(f"--store {store}: the name is missing.", "Write it as CODE=Name.")
    plain = secret(password, f"Password for {admin}", "--password", confirm=True)
    make_directory(data)
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.services.instance import create_central

    create_central(connection, url, admin, plain, code, name)
    if as_json:
        print_json({"data": str(data), "site_number": 1, "url": url, "admin": admin, "store": code})
        return
    say(f"This is now the central server (site number 1), with the store {code} {name}.")
    say(f"Start it:        msupply serve --data {data} --port {_port(url)}")
    say(f"Then log in at:  {url} as {admin}")
    say(f"Add a site:      msupply site add NAME --data {data} --store CODE=Name")


Central = Annotated[str, typer.Option("--central", help="Address of the mSupply central server.")]
SiteName = Annotated[str, typer.Option("--site", help="Name of this site on the central server.")]
SitePassword = Annotated[
    str | None,
    typer.Option(
        "--password",
        help="The site's password; asked for when it is left out.",
        envvar="MSUPPLY_SITE_PASSWORD",
        show_envvar=True,
    ),
]


@app.command("site")
def site(
    central_url: Central,
    site_name: SiteName,
    password: SitePassword = None,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Set up a remote site: connect to its central server and fetch all that belongs to it."""
    plain = secret(password, f"Password of the site {site_name}", "--password")
    make_directory(data)
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.cli.sync import cycle_result, run
    from msupply.services.instance import ensure_secret_key
    from msupply.sync import cycle, here

    now_here = here.load(connection)
    if now_here.is_central:
        raise Failure(f"{data} is a central server already.", "Use another directory with --data.")
    if now_here.initialised:
        raise Failure(
            f"{data} is the initialised site {now_here.site_name} already.",
            "Synchronise it with `msupply sync`, or use another directory with --data.",
        )
    ensure_secret_key()
    cycle.initialise_site(connection, central_url, site_name, plain)
    with progress(hidden=as_json) as bars:
        status = run(connection, bars)
    if as_json:
        print_json(cycle_result(status))
    else:
        say(f"The site {site_name} is ready.")
        say(f"Start it:  msupply serve --data {data} --port 8000")


def _port(url: str) -> int:
    """Return the port of an address; behind a proxy that is not the port to listen on."""
    return urlsplit(url.strip()).port or 8000


def split_store(text: str) -> tuple[str, str | None]:
    """Split CODE=Name; the name is None where only a code is given."""
    code, equals, name = text.partition("=")
    if not code.strip() or (equals and not name.strip()):
        raise Failure(f"--store {text} is not complete.", "Write it as CODE=Name.")
    return code.strip(), name.strip() if equals else None
