"""`msupply site`: the sites that a central server serves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.failures import Failure
from msupply.cli.init import SitePassword, split_store
from msupply.cli.listing import print_table
from msupply.cli.output import out, print_json, say, secret
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from msupply.central.site_wizard import PlannedStore, SiteSummary
    from msupply.records.sites import Site

app = typer.Typer(
    help=_("Add, list, free and delete the sites of a central server."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

SHOWN = 200

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
ClientTypeOption = Annotated[
    str,
    typer.Option(
        "--client",
        help=_("The program that runs there: open_msupply, server, single_user or mobile."),
    ),
]
Mode = Annotated[str, typer.Option("--mode", help=_("What new stores are: dispensary or store."))]
CentralCopy = Annotated[
    str,
    typer.Option(
        "--central-copy",
        help=_("What this server keeps of the stores: collector (everything) or transfer."),
    ),
]
PatientsOf = Annotated[
    str, typer.Option("--patients-of", help=_("Code of a store whose patients the stores see."))
]
NoTransactions = Annotated[
    bool,
    typer.Option("--without-transactions", help=_("Prescriptions and stock stay at the site.")),
]
SummaryFile = Annotated[
    Path | None,
    typer.Option("--summary", help=_("Write what the technician needs to this text file.")),
]
Yes = Annotated[bool, typer.Option("--yes", help=_("Do not ask."))]
Search = Annotated[str, typer.Option("--search", help=_("Part of the name."))]


@app.command(
    "add",
    cls=Command,
    help=_("Add a site, so that an instance elsewhere can be initialised as it."),
)
def add(
    name: Name,
    password: SitePassword = None,
    store: Stores = None,
    client: ClientTypeOption = "open_msupply",
    mode: Mode = "dispensary",
    central_copy: CentralCopy = "collector",
    patients_of: PatientsOf = "",
    without_transactions: NoTransactions = False,
    oms_central: OmsCentral = False,
    site_url: SiteUrl = "",
    summary: SummaryFile = None,
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

    from msupply.central import site_wizard

    planned = [
        _planned(
            connection, code, store_name, mode, central_copy, patients_of, without_transactions
        )
        for code, store_name in stores
    ]
    plan = site_wizard.SitePlan(name, plain, client.upper(), tuple(planned), oms_central, site_url)
    site = site_wizard.create(connection, plan)
    told = site_wizard.summary(connection, site)
    if summary is not None:
        summary.write_text(told.text(), encoding="utf-8")
    if as_json:
        print_json(
            {"name": site.name, "site_number": site.site_id, "stores": [c for c, _ in stores]}
        )
        return
    _say_added(site, told)
    if summary is not None:
        say(_("Written to {file}.").format(file=summary))


@app.command("list", cls=Command, help=_("List the sites: their stores, and when they were seen."))
def list_sites(
    search: Search = "", data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False
) -> None:
    """Print one line per site."""
    use_existing(data)
    from django.db import connection

    from msupply.records.sites import Site

    found = Site.objects.filter(name__icontains=search).order_by("site_id")
    sites = list(found if as_json else found[:SHOWN])
    stores = _stores_by_site(connection, [site.site_id for site in sites])
    if as_json:
        print_json([_as_dict(site, stores.get(site.site_id, {})) for site in sites])
        return
    headings = [_("No."), _("Site"), _("Client"), _("Active stores"), _("Collector"),
                _("Transfer"), _("State"), _("Last connection")]  # fmt: skip
    print_table(headings, [_line(site, stores.get(site.site_id, {})) for site in sites])
    if found.count() > SHOWN:
        say(_("There are {n}; narrow it down with --search.").format(n=found.count()))


@app.command("summary", cls=Command, help=_("Tell what a technician needs to initialise a site."))
def show_summary(name: Name, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Print the summary of a site with its QR code."""
    use_existing(data)
    from django.db import connection

    from msupply.central import site_wizard, sites

    told = site_wizard.summary(connection, sites.find(connection, name))
    if as_json:
        print_json(
            {"site": told.site.name, "site_number": told.site.site_id, "url": told.url,
             "stores": told.stores, "moving": told.moving}
        )  # fmt: skip
        return
    say(told.text())
    out.out(told.qr_terminal(), highlight=False)


@app.command(
    "reset",
    cls=Command,
    help=_("Free a site from its device, so that it can be installed anew or on another one."),
)
def reset(name: Name, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Forget the device of a site."""
    use_existing(data)
    from django.db import connection

    from msupply.central import resync, sites

    found = sites.find(connection, name)
    # Whoever writes the whole command has named the site.
    site = resync.reset_site(connection, found, found.name)
    if as_json:
        print_json({"name": site.name, "site_number": site.site_id})
        return
    text = _("The site {name} can be initialised on another device now.")
    say(text.format(name=site.name))
    say(
        _(
            "The next installation that connects has the site: switch the old one off before."
            " What it had not sent yet stays there."
        )
    )


@app.command("delete", cls=Command, help=_("Delete a site that has no store any more."))
def delete(
    name: Name, yes: Yes = False, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False
) -> None:
    """Delete a site; its records stay."""
    use_existing(data)
    from django.db import connection

    from msupply.central import resync, sites

    site = sites.find(connection, name)
    reasons = resync.why_not_delete(connection, site)
    if reasons:
        text = _("The site {name} cannot be deleted.").format(name=site.name)
        raise Failure(text, "\n".join(reasons), "INVALID")
    if not yes and not typer.confirm(_("Delete the site {name}?").format(name=site.name)):
        raise typer.Abort
    resync.delete_site(connection, site)
    if as_json:
        print_json({"deleted": site.name})
        return
    say(_("The site {name} is deleted.").format(name=site.name))


def _planned(
    connection: "BaseDatabaseWrapper",
    code: str,
    name: str | None,
    mode: str,
    central_copy: str,
    patients_of: str,
    without_transactions: bool,
) -> "PlannedStore":
    from msupply.central.site_wizard import PlannedStore
    from msupply.central.store_sync import find_store
    from msupply.cli.store import sync_type_of

    return PlannedStore(
        store_id="" if name is not None else find_store(connection, code).pk,
        code=code if name is not None else "",
        name=name or "",
        mode=mode.upper(),
        central_type=sync_type_of(central_copy),
        include_transactions=not without_transactions,
        patients_of=find_store(connection, patients_of).pk if patients_of else "",
    )


def _say_added(site: "Site", told: "SiteSummary") -> None:
    text = _("Added the site {name} (site number {number}).")
    say(text.format(name=site.name, number=site.site_id))
    if not told.stores and not told.moving and not site.is_oms_central:
        say(_("It has no store yet, and cannot connect until one is made active on it."))
    for store in told.moving:
        say(_("On its way from another site: {store}").format(store=store))
    if site.is_oms_central:
        text = _("It is the Open mSupply central server from now on, at {url}.")
        say(text.format(url=site.url))
    say(_("On the site's device run:"))
    text = _("  msupply init site --central {url} --site {name} --data DIR")
    say(text.format(url=told.url, name=_quoted(site.name)))


def _stores_by_site(
    connection: "BaseDatabaseWrapper", numbers: list[int]
) -> dict[int, dict[str, list[str]]]:
    """Return the codes of the stores of each site by sync type, with three queries in all."""
    from msupply.records.stores import Store
    from msupply.sync.models import StoreSync

    found: dict[int, dict[str, list[str]]] = {}
    codes = dict(Store.objects.using(connection.alias).values_list("id", "code"))
    active = Store.objects.using(connection.alias).filter(site_id__in=numbers)
    for site_id, code in active.order_by("code").values_list("site_id", "code"):
        found.setdefault(site_id, {}).setdefault("ACTIVE", []).append(code)
    copies = StoreSync.objects.using(connection.alias).filter(site_id__in=numbers)
    for site_id, store_id, kind in copies.values_list("site_id", "store_id", "sync_with"):
        if store_id in codes:
            found.setdefault(site_id, {}).setdefault(kind, []).append(codes[store_id])
    return found


def _as_dict(site: "Site", stores: dict[str, list[str]]) -> dict[str, object]:
    return {
        "site_number": site.site_id,
        "name": site.name,
        "client_type": site.client_type,
        "is_oms_central": site.is_oms_central,
        "state": site.initialisation_status,
        "last_connection": site.last_connection_datetime,
        "app_version": site.app_version,
        "active": stores.get("ACTIVE", []),
        "collector": sorted(stores.get("COLLECTOR", [])),
        "transfer": sorted(stores.get("TRANSFER", [])),
    }


def _line(site: "Site", stores: dict[str, list[str]]) -> list[object]:
    from msupply.records.sites import SiteKind

    is_here = site.kind == SiteKind.CENTRAL
    seen = site.last_connection_datetime
    never = _("this server") if is_here else _("never")
    return [
        site.site_id,
        site.name,
        "" if is_here else site.get_client_type_display(),
        _codes(stores.get("ACTIVE", [])),
        _codes(stores.get("COLLECTOR", [])),
        _codes(stores.get("TRANSFER", [])),
        "" if is_here else site.get_initialisation_status_display(),
        f"{seen:%Y-%m-%d %H:%M} UTC" if seen else never,
    ]


def _codes(codes: list[str], most: int = 5) -> str:
    shown = ", ".join(sorted(codes)[:most])
    return (
        _("{codes} and {n} more").format(codes=shown, n=len(codes) - most)
        if (len(codes) > most)
        else shown
    )


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
