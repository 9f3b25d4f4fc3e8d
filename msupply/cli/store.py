"""`msupply store`: the stores of the system, where they are active, and moving them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from msupply.cli.failures import Failure
from msupply.cli.listing import print_table, tick
from msupply.cli.output import print_json, say, title
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

if TYPE_CHECKING:
    from msupply.central.store_move import MoveProgress
    from msupply.central.store_sync import StoreSyncSettings
    from msupply.sync.placement import SyncType

app = typer.Typer(
    help=_("Say where stores are active and copied, and move them between sites."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

# A store may have a copy on every site: in lines to be read, these are named and the rest counted.
MOST_SITES_SAID = 5

Code = Annotated[str, typer.Argument(help=_("The store's code."))]
OptionalCode = Annotated[str, typer.Argument(help=_("The store's code; all moves without it."))]
SiteName = Annotated[str, typer.Argument(help=_("The name of a site."))]
Search = Annotated[str, typer.Option("--search", help=_("Part of the code or the name."))]
OnSite = Annotated[str, typer.Option("--site", help=_("Only stores that this site has."))]
PageNumber = Annotated[int, typer.Option("--page", min=1, help=_("Which page to show."))]
TypeName = Annotated[
    str, typer.Argument(help=_("local (the store is active there), collector, transfer or none."))
]
KeepCopy = Annotated[
    bool, typer.Option("--keep-copy", help=_("The old site keeps a full copy, to read."))
]
CheckOnly = Annotated[
    bool, typer.Option("--check", help=_("Only tell what stands against it; do nothing."))
]
Cancel = Annotated[bool, typer.Option("--cancel", help=_("Cancel the move of this store."))]
Patients = Annotated[
    bool, typer.Option("--patients", help=_("Only what belongs to the patients it sees."))
]


def sync_type_of(text: str) -> "SyncType":
    """Return the sync type with a name, in any case. Raises Failure."""
    from msupply.sync.placement import SyncType

    known = {kind.value.lower(): kind for kind in SyncType if kind is not SyncType.ACTIVE}
    found = known.get(text.lower())
    if found is None:
        what = _("There is no sync type “{name}”.").format(name=text)
        do = _("There are: {names}.").format(names=", ".join(known))
        raise Failure(what, do, "INVALID")
    return found


@app.command("list", cls=Command, help=_("List the stores, and what they are on which site."))
def list_stores(
    search: Search = "",
    site: OnSite = "",
    page: PageNumber = 1,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Print a page of the matrix of stores and sites."""
    use_existing(data)
    from django.db import connection

    from msupply.central import sites, store_matrix
    from msupply.sync.placement import SyncType

    number = sites.find(connection, site).site_id if site else None
    most = None if as_json else MOST_SITES_SAID
    found = store_matrix.matrix(
        connection, search=search, site_id=number, page=page, most_copies=most
    )
    if as_json:
        rows = [
            {"code": row.code, "name": row.name, "frozen": row.is_frozen,
             "include_transactions": row.include_transactions,
             "sites": {s.name or s.site_id: s.sync_type.value for s in row.sites}}
            for row in found.rows
        ]  # fmt: skip
        print_json({"stores": rows, "total": found.total, "page": found.page, "pages": found.pages})
        return
    lines = []
    for row in found.rows:
        by_type = {
            kind: ", ".join(
                [s.name or str(s.site_id) for s in row.sites if s.sync_type is kind]
                + ([f"+{row.more[kind]}"] if kind in row.more else [])
            )
            for kind in SyncType
        }
        notes = [_("frozen")] if row.is_frozen else []
        notes += [] if row.include_transactions else [_("without transactions")]
        notes += [_("disabled")] if row.is_disabled else []
        lines.append([row.code, row.name, by_type[SyncType.ACTIVE], by_type[SyncType.COLLECTOR],
                      by_type[SyncType.TRANSFER], ", ".join(notes)])  # fmt: skip
    headings = [_("Code"), _("Store"), _("Active on"), _("Collector"), _("Transfer"), ""]
    print_table(headings, lines)
    if found.pages > 1:
        text = _("Page {page} of {pages}, {total} stores in all; --page shows another.")
        say(text.format(page=found.page, pages=found.pages, total=found.total))


@app.command("sync-types", cls=Command, help=_("Show what a store is on every site that has it."))
def sync_types(code: Code, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Print the Synchronisation tab of a store."""
    use_existing(data)
    from django.db import connection

    from msupply.central import store_sync

    settings = store_sync.settings_of(connection, store_sync.find_store(connection, code))
    if as_json:
        print_json(_settings_dict(settings))
        return
    _say_settings(settings)


@app.command(
    "set",
    cls=Command,
    help=_("Choose what a store is on a site; changed at once, and written to the log."),
)
def set_type(
    code: Code,
    site: SiteName,
    sync_type: TypeName,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Change a sync type, or make a store that nobody uses active elsewhere."""
    use_existing(data)
    from django.db import connection

    from msupply.central import sites, store_sync

    store = store_sync.find_store(connection, code)
    number = sites.find(connection, site).site_id
    if sync_type.lower() == "local":
        store_sync.set_local(connection, store.pk, number)
    else:
        store_sync.set_sync_type(connection, store.pk, number, sync_type_of(sync_type))
    store.refresh_from_db()
    settings = store_sync.settings_of(connection, store)
    if as_json:
        print_json(_settings_dict(settings))
        return
    _say_settings(settings)


@app.command("move", cls=Command, help=_("Move a store to another site without losing a record."))
def move(
    code: Code,
    site: Annotated[str, typer.Argument(help=_("The name of the new site."))] = "",
    keep_copy: KeepCopy = False,
    check: CheckOnly = False,
    cancel: Cancel = False,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Begin, check or cancel a move; the server's worker carries it out."""
    use_existing(data)
    from django.db import connection

    from msupply.central import sites, store_move, store_sync

    store = store_sync.find_store(connection, code)
    if cancel:
        going_on = store_move.open_move(connection, store.pk)
        if going_on is None:
            raise Failure(_("The store {code} is not being moved.").format(code=store.code))
        given_up = store_move.cancel(connection, going_on.pk)
        _say_moves([store_move.progress(connection, given_up)], as_json)
        return
    if not site:
        raise Failure(_("The name of the new site is missing."))
    number = sites.find(connection, site).site_id
    if check:
        found = store_move.check(connection, store.pk, number, keep_collector=keep_copy)
        _say_check(found, as_json)
        return
    begun = store_move.start(connection, store.pk, number, keep_collector=keep_copy)
    _say_moves([store_move.progress(connection, begun)], as_json)


@app.command("move-status", cls=Command, help=_("Tell how far the moves of stores are."))
def move_status(
    code: OptionalCode = "", data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False
) -> None:
    """Print the moves that go on, or the latest one of a store."""
    use_existing(data)
    from django.db import connection

    from msupply.central import store_move, store_sync
    from msupply.records.store_moves import OPEN_STATES, StoreMove

    moves = StoreMove.objects.order_by("-pk")
    if code:
        moves = moves.filter(store_id=store_sync.find_store(connection, code).pk)[:1]
    else:
        moves = moves.filter(state__in=OPEN_STATES)
    _say_moves([store_move.progress(connection, one) for one in moves], as_json)


@app.command(
    "resync", cls=Command, help=_("Send the records of a store again to every site that has it.")
)
def resync_store(
    code: Code,
    patients: Patients = False,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Put the records of a store into the queues again."""
    use_existing(data)
    from django.db import connection

    from msupply.central import resync, store_sync

    store = store_sync.find_store(connection, code)
    if patients:
        resent = resync.resync_patients(connection, store.pk)
        said = {"prescribers": resent.prescribers, "patients": resent.patients}
        text = _("Sent again: {prescribers} prescribers, {patients} patients with their records.")
        text = text.format(**said)
    else:
        resync.resync_store(connection, store.pk)
        said, text = {}, _("The records of {code} will be sent again.").format(code=store.code)
    if as_json:
        print_json({"store": store.code, **said})
        return
    say(text)


def _say_settings(settings: "StoreSyncSettings") -> None:
    store = settings.store
    say(f"{store.code}  {store.name.name}")
    if settings.active_site is None:
        text = _("It is active on the site with the number {number}, which is not known here.")
        say(text.format(number=store.site_id))
    if settings.may_exclude_transactions:
        included = _("yes") if settings.include_transactions else _("no")
        say(_("Transactions in sync: {answer}").format(answer=included))
    if settings.is_frozen:
        say(_("It is frozen: nobody can edit its records until its move is done."))
    rows = [
        [line.site.site_id, line.site.name, line.sync_type.value.lower(),
         _("yes") if line.is_visible else "",
         ", ".join(kind.value.lower() for kind in line.choices if len(line.choices) > 1)]
        for line in settings.sites
    ]  # fmt: skip
    print_table([_("No."), _("Site"), _("Sync type"), _("Visible"), _("Can be")], rows)


def _settings_dict(settings: "StoreSyncSettings") -> dict[str, Any]:
    return {
        "code": settings.store.code,
        "name": settings.store.name.name,
        "active_site": settings.active_site.name if settings.active_site else None,
        "include_transactions": settings.include_transactions,
        "frozen": settings.is_frozen,
        "sites": [
            {
                "site_number": line.site.site_id,
                "site": line.site.name,
                "sync_type": line.sync_type.value,
                "visible": line.is_visible,
                "choices": [kind.value for kind in line.choices],
            }
            for line in settings.sites
        ],
    }


def _say_check(found: Any, as_json: bool) -> None:
    if as_json:
        waits = [{"text": str(c.text), "met": c.is_met} for c in found.waits]
        said = {"problems": list(found.problems), "waits": waits, "warnings": list(found.warnings)}
        print_json(said)
    elif found.problems:
        title(_("The store cannot be moved yet:"))
        for problem in found.problems:
            say(f"  - {problem}")
    else:
        say(_("The store can be moved."))
        if found.waits:
            title(_("Before the store changes hands, the move will wait until:"))
            for condition in found.waits:
                say(f"  {tick(condition.is_met)} {condition.text}")
        for warning in found.warnings:
            say(f"  ! {warning}")
    if found.problems:
        raise typer.Exit(1)


def _say_moves(moves: "list[MoveProgress]", as_json: bool) -> None:
    if as_json:
        print_json([_move_dict(one) for one in moves])
        return
    if not moves:
        say(_("No store is being moved."))
    for one in moves:
        code = one.store.code if one.store else one.move.store_id
        text = _("{code}: from {old} to {new}: {state}")
        state = one.move.get_state_display()
        say(text.format(code=code, old=one.old_site, new=one.new_site, state=state))
        for condition in one.waits:
            say(f"  {tick(condition.is_met)} {condition.text}")
        if one.move.state == "SENDING":
            text = _("  {done} of {total} records have arrived at the new site.")
            say(text.format(done=one.total - one.left, total=one.total))
        for warning in one.warnings:
            say(f"  ! {warning}")
        if one.needs_initialisation:
            text = _("  The site {site} is to be initialised; it gets everything then.")
            say(text.format(site=one.new_site))


def _move_dict(one: "MoveProgress") -> dict[str, Any]:
    return {
        "store": one.store.code if one.store else one.move.store_id,
        "from": one.old_site,
        "to": one.new_site,
        "state": one.move.state,
        "waits": [{"text": str(c.text), "met": c.is_met} for c in one.waits],
        "warnings": list(one.warnings),
        "total": one.total,
        "left": one.left,
        "started_at": one.move.started_at,
        "finished_at": one.move.finished_at,
    }
