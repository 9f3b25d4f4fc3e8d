"""`msupply init`: makes a directory an instance, a central server or a remote site."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import err, print_json, progress, say, secret
from msupply.cli.start import (
    DEFAULT_DATA,
    DataDir,
    JsonOutput,
    make_directory,
    migrate,
    use_instance,
)
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

app = typer.Typer(
    help=_("Set up a central server or a remote site."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

Url = Annotated[str, typer.Option("--url", help=_("Where sites and browsers reach this server."))]
Admin = Annotated[str, typer.Option("--admin", help=_("User name of the first administrator."))]
AdminPassword = Annotated[
    str | None,
    typer.Option(
        "--password",
        help=_("The administrator's password; asked for when it is left out."),
        envvar="MSUPPLY_ADMIN_PASSWORD",
        show_envvar=True,
    ),
]
FirstStore = Annotated[str, typer.Option("--store", help=_("The central store, as CODE=Name."))]


@app.command(
    "central",
    cls=Command,
    help=_("Set up a central server: mSupply and Open mSupply central in one."),
)
def central(
    url: Url,
    admin: Admin,
    password: AdminPassword = None,
    store: FirstStore = "CENTRAL=Central medical store",
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Make a directory a central server."""
    code, name = split_store(store)
    if name is None:
        raise Failure(
            _("--store {store}: the name is missing.").format(store=store),
            _("Write it as CODE=Name."),
        )
    plain = secret(
        password, _("Password for {user}").format(user=admin), "--password", confirm=True
    )
    make_directory(data)
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.services.instance import create_central

    create_central(connection, url, admin, plain, code, name)
    if as_json:
        print_json({"data": str(data), "site_number": 1, "url": url, "admin": admin, "store": code})
        return
    text = _("This is now the central server (site number 1), with the store {code} {name}.")
    say(text.format(code=code, name=name))
    text = _("Start it:        msupply serve --data {data} --port {port}")
    if url.strip().startswith("https:"):
        text = _(
            "Start it:        msupply serve --data {data} --port {port} --behind-proxy 127.0.0.1"
        )
    say(text.format(data=data, port=_port(url)))
    say(_("Then log in at:  {url} as {user}").format(url=url, user=admin))
    text = _("Add a site:      msupply site add NAME --data {data} --store CODE=Name")
    say(text.format(data=data))


Central = Annotated[
    str, typer.Option("--central", help=_("Address of the mSupply central server."))
]
SiteName = Annotated[
    str, typer.Option("--site", help=_("Name of this site on the central server."))
]
SitePassword = Annotated[
    str | None,
    typer.Option(
        "--password",
        help=_("The site's password; asked for when it is left out."),
        envvar="MSUPPLY_SITE_PASSWORD",
        show_envvar=True,
    ),
]


@app.command(
    "site",
    cls=Command,
    help=_("Set up a remote site: connect to its central server and fetch all that belongs to it."),
)
def site(
    central_url: Central,
    site_name: SiteName,
    password: SitePassword = None,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Make a directory a remote site, and initialise it."""
    plain = secret(password, _("Password of the site {name}").format(name=site_name), "--password")
    make_directory(data)
    use_instance(data)
    migrate()
    from django.db import connection

    from msupply.cli.sync import cycle_result, run
    from msupply.services.instance import ensure_secret_key
    from msupply.sync import cycle, here
    from msupply.wire.client_http import is_loopback

    now_here = here.load(connection)
    if now_here.is_central:
        raise Failure(
            _("{data} is a central server already.").format(data=data),
            _("Use another directory with --data."),
        )
    if now_here.initialised:
        raise Failure(
            _("{data} is the initialised site {name} already.").format(
                data=data, name=now_here.site_name
            ),
            _("Synchronise it with `msupply sync`, or use another directory with --data."),
        )
    ensure_secret_key()
    if central_url.strip().lower().startswith("http:") and not is_loopback(central_url.strip()):
        # The hash that travels is as good as the password (sync-v5.md 2.2).
        text = _(
            "By http:// the password of this site and the data of patients travel readable for"
            " others: use https:// if the central server has it."
        )
        err.print(text, style="yellow")
    cycle.initialise_site(connection, central_url, site_name, plain)
    with progress(hidden=as_json) as bars:
        status = run(connection, bars)
    if as_json:
        print_json(cycle_result(status))
    else:
        say(_("The site {name} is ready.").format(name=site_name))
        say(_("Start it:  msupply serve --data {data} --port 8000").format(data=data))


def _port(url: str) -> int:
    """Return the port of an address; behind a proxy that is not the port to listen on."""
    parts = urlsplit(url.strip())
    return 8000 if parts.scheme == "https" else parts.port or 8000


def split_store(text: str) -> tuple[str, str | None]:
    """Split CODE=Name; the name is None where only a code is given."""
    code, equals, name = text.partition("=")
    if not code.strip() or (equals and not name.strip()):
        raise Failure(
            _("--store {store} is not complete.").format(store=text),
            _("Write it as CODE=Name."),
        )
    return code.strip(), name.strip() if equals else None
