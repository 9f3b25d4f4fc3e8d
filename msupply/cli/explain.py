"""`msupply explain`: why a record is, or is not, where it should be."""

from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing

if TYPE_CHECKING:
    from msupply.central.explanation import Explanation

Type = Annotated[str, typer.Argument(help="Record type, table or wire table: asset, transact.")]
RecordId = Annotated[str, typer.Argument(help="The record's id.")]
SiteName = Annotated[str | None, typer.Option("--site", help="Judge for this site only.")]


def explain(
    type_name: Type,
    record_id: RecordId,
    site: SiteName = None,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Tell everything about a record: policy, wires, logs, routing per site, kept copies, files."""
    use_existing(data)
    from django.db import connection

    from msupply.central import explanation
    from msupply.central.sites import find
    from msupply.records.sites import Site, SiteKind

    try:
        kind = explanation.find_type(type_name)
    except LookupError as error:
        raise Failure(str(error), "", "UNKNOWN_TYPE") from None
    sites = (
        [find(connection, site)]
        if site
        else list(Site.objects.exclude(kind=SiteKind.CENTRAL).order_by("site_id"))
    )
    found = explanation.explain(connection, kind, record_id, sites)
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found)
    if not (found.exists or found.log or found.quarantine):
        raise typer.Exit(1)


def _print(found: "Explanation") -> None:
    say(f"{found.type} {found.id}: {'is here' if found.exists else 'is not here'}")
    _section("Policy", found.policy)
    _section("Wires", found.wires or ["none: it does not travel"])
    _section("Values", [f"{name} = {value}" for name, value in found.values.items()])
    _section(
        "Logs",
        [
            f"{row.log} at {row.cursor}{', deleted' if row.deleted else ''}:"
            f" store {row.store_id or '-'}, partner {row.partner_id or '-'},"
            f" visible {row.visible_id or '-'}{', every site' if row.everywhere else ''},"
            f" from {'here' if row.source_site is None else f'site {row.source_site}'}"
            + ("" if row.waits_to_be_pushed is None else _pushed(row.waits_to_be_pushed))
            for row in found.log
        ]
        or [
            "none: it has not changed since this server logs, or came to a site that only receives it"
        ],
    )
    _section(
        "Sites",
        [f"{v.site}: {'goes' if v.goes else 'does not go'} ({v.reason})" for v in found.verdicts],
    )
    _section(
        "Copies that could not be taken",
        [
            f"{k.received_at} {k.wire} {k.table} {k.action} from"
            f" {'the central server' if k.source_site is None else f'site {k.source_site}'}:"
            f" {k.reason}"
            for k in found.quarantine
        ],
    )
    _section("Files", found.files)
    if found.in_buffer:
        say(f"{found.in_buffer} records of this type wait in the buffer.")


def _pushed(waits: bool) -> str:
    return ", waits to be pushed" if waits else ", nothing to push"


def _section(title: str, lines: list[str]) -> None:
    if lines:
        say(f"{title}:")
        for line in lines:
            say(f"  {line}")
