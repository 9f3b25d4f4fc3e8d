"""`msupply explain`: why a record is, or is not, where it should be."""

from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.words import _

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from msupply.central.explanation import Explanation, Kept, LogRow
    from msupply.central.whereabouts import Verdict
    from msupply.records.sites import Site
    from msupply.sync.declare.registry import RecordType

# Without --site, so many sites are judged: first those that have to do with the record.
MOST_SITES = 100

HELP = _(
    "Tell everything about a record: policy, wires, logs, routing per site, kept copies, files."
)
Type = Annotated[str, typer.Argument(help=_("Record type, table or wire table: asset, transact."))]
RecordName = Annotated[str, typer.Argument(help=_("The record's id, or its code or name."))]
SiteName = Annotated[
    str | None, typer.Argument(help=_("Judge for this site only: its name or number."))
]


def explain(
    type_name: Type,
    record: RecordName,
    site: SiteName = None,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Find out about a record, and print it."""
    use_existing(data)
    from django.db import connection

    from msupply.central import explanation

    try:
        kind = explanation.find_type(type_name)
    except LookupError as error:
        raise Failure(str(error), "", "UNKNOWN_TYPE") from None
    record_id = _id_of(connection, kind, record)
    sites = [_site(connection, site)] if site else _sites(connection, kind, record_id)
    found = explanation.explain(connection, kind, record_id, sites[:MOST_SITES])
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found)
        if len(sites) > MOST_SITES and found.verdicts:
            text = _("{n} more sites are not shown: name one after the record.")
            say(text.format(n=len(sites) - MOST_SITES))
    if not (found.exists or found.log or found.quarantine):
        raise typer.Exit(1)


def _id_of(connection: "BaseDatabaseWrapper", kind: "RecordType", text: str) -> str:
    """Return the id of the record that a text names; the text itself where it names none."""
    from msupply.services import labels
    from msupply.services.scope import Viewer
    from msupply.services.tables import references
    from msupply.sync import here

    viewer = Viewer(connection, here.load(connection))
    found = references.find(viewer, kind.model, [text]).candidates(text)
    if len(found) > 1:
        names = labels.of(kind.model, found, connection)
        known = [f"{record_id} ({name})" for record_id, name in sorted(names.items())[:10]]
        message = _("{n} records are called “{value}”.").format(n=len(found), value=text)
        raise Failure(message, _("Give the id of one: {known}").format(known=", ".join(known)))
    return next(iter(found), text)


def _site(connection: "BaseDatabaseWrapper", text: str) -> "Site":
    from msupply.central.sites import find
    from msupply.records.sites import Site

    by_number = (
        Site.objects.using(connection.alias).filter(site_id=int(text)).first()
        if (text.isascii() and text.isdigit() and len(text) < 10)
        else None
    )
    return by_number or find(connection, text)


def _sites(connection: "BaseDatabaseWrapper", kind: "RecordType", record_id: str) -> "list[Site]":
    from msupply.central import explanation
    from msupply.records.sites import Site, SiteKind

    first = explanation.concerned(connection, kind, record_id)
    rows = Site.objects.using(connection.alias).exclude(kind=SiteKind.CENTRAL).order_by("site_id")
    return sorted(rows, key=lambda site: site.site_id not in first)


def _print(found: "Explanation") -> None:
    text = _("{type} {id}: is here") if found.exists else _("{type} {id}: is not here")
    say(text.format(type=found.type, id=found.id))
    _section(_("Policy"), found.policy)
    _section(_("Wires"), found.wires or [_("none: it does not travel")])
    _section(_("Values"), [f"{name} = {value}" for name, value in found.values.items()])
    nowhere = _(
        "none: it has not changed since this server logs, or came to a site that only receives it"
    )
    _section(_("Notes"), found.notes)
    _section(_("Logs"), [_log_line(row) for row in found.log] or [nowhere])
    _section(_("Sites"), [_verdict_line(verdict) for verdict in found.verdicts])
    _section(_("Copies that could not be taken"), [_kept_line(kept) for kept in found.quarantine])
    _section(_("Files"), found.files)
    if found.in_buffer:
        text = _("{n} records of this type wait in the buffer.")
        say(text.format(n=found.in_buffer))


def _log_line(row: "LogRow") -> str:
    place = _("{log} at {cursor}").format(log=row.log, cursor=row.cursor)
    facts = [
        _("store {id}").format(id=row.store_id or "-"),
        _("partner {id}").format(id=row.partner_id or "-"),
        _("visible {id}").format(id=row.visible_id or "-"),
    ]
    if row.everywhere:
        facts.append(_("every site"))
    if row.source_site is None:
        facts.append(_("from here"))
    else:
        facts.append(_("from site {number}").format(number=row.source_site))
    if row.waits_to_be_pushed is not None:
        facts.append(_("waits to be pushed") if row.waits_to_be_pushed else _("nothing to push"))
    deleted = _(", deleted") if row.deleted else ""
    return _("{subject}: {text}").format(subject=place + deleted, text=", ".join(facts))


def _verdict_line(verdict: "Verdict") -> str:
    words = {"yes": _("yes"), "not_yet": _("not yet"), "no": _("no")}
    text = _("{site}: {answer} ({reason})")
    return text.format(site=verdict.site, answer=words[verdict.answer.value], reason=verdict.reason)


def _kept_line(kept: "Kept") -> str:
    if kept.source_site is None:
        source = _("from the central server")
    else:
        source = _("from site {number}").format(number=kept.source_site)
    record = f"{kept.received_at} {kept.wire} {kept.table} {kept.action} {source}"
    return _("{subject}: {text}").format(subject=record, text=kept.reason)


def _section(title: str, lines: list[str]) -> None:
    if lines:
        say(_("{title}:").format(title=title))
        for line in lines:
            say(f"  {line}")
