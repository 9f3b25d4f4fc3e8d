"""`msupply site`: the sites that a central server serves."""

from typing import Annotated

import typer

from msupply.cli.init import SitePassword, split_store
from msupply.cli.output import print_json, say, secret
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

app = typer.Typer(
    help=_("Add sites on a central server, and free their device."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help=_("The site's name, with which it connects."))]
Stores = Annotated[
    list[str] | None,
    typer.Option(
        "--store",
        help=_("A store of this site, as CODE=Name; CODE alone for one that exists. Repeatable."),
    ),
]
OmsCentral = Annotated[
    bool, typer.Option("--oms-central", help=_("The site is the Open mSupply central server."))
]
SiteUrl = Annotated[
    str,
    typer.Option("--site-url", help=_("Where other sites reach it; needed with --oms-central.")),
]


@app.command(
    "add",
    cls=Command,
    help=_("Add a site, so that an instance elsewhere can be initialised as it."),
)
def add(
    name: Name,
    password: SitePassword = None,
    store: Stores = None,
    oms_central: OmsCentral = False,
    site_url: SiteUrl = "",
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Add a site, and tell what to do on its device."""
    stores = [split_store(text) for text in store or []]
    plain = secret(
        password,
        _("Password for the site {name}").format(name=name),
        "--password",
        confirm=True,
    )
    use_existing(data)
    from django.db import connection

    from msupply.central.sites import add_site
    from msupply.sync import here

    site = add_site(connection, name, plain, stores, oms_central, site_url)
    if as_json:
        print_json(
            {"name": site.name, "site_number": site.site_id, "stores": [c for c, _ in stores]}
        )
        return
    central_url = here.load(connection).own_url
    text = _("Added the site {name} (site number {number}).")
    say(text.format(name=site.name, number=site.site_id))
    if not stores and not oms_central:
        say(_("It has no store yet, and cannot connect until one is made active on it."))
    if oms_central:
        text = _("It is the Open mSupply central server from now on, at {url}.")
        say(text.format(url=site.url))
    say(_("On the site's device run:"))
    text = _("  msupply init site --central {url} --site {name} --data DIR")
    say(text.format(url=central_url, name=_quoted(site.name)))


@app.command(
    "reset",
    cls=Command,
    help=_("Free a site from its device, so that it can be installed anew or on another one."),
)
def reset(name: Name, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Forget the device of a site."""
    use_existing(data)
    from django.db import connection

    from msupply.central.sites import reset_hardware_id

    site = reset_hardware_id(connection, name)
    if as_json:
        print_json({"name": site.name, "site_number": site.site_id})
        return
    text = _("The site {name} can be initialised on another device now.")
    say(text.format(name=site.name))
    say(_("The old installation can no longer synchronise; what it had not sent yet stays there."))


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
