"""`msupply import table` and `msupply export table`: any record type from and to CSV or Excel."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import err, print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

if TYPE_CHECKING:
    from msupply.services.scope import Viewer
    from msupply.services.tables.plans import Plan
    from msupply.sync.declare.registry import RecordType

exports = typer.Typer(
    help=_("Export records to files."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

TypeName = Annotated[
    str, typer.Option("--type", help=_("The record type, such as item; see the list of records."))
]
StoreCode = Annotated[
    str, typer.Option("--store", help=_("The code of the store whose records they are."))
]
SHOWN = 20

IMPORT_HELP = _(
    "Import records of one type from a CSV or Excel file.\n\n"
    "The first row holds the titles, in English or as columns are called in the database. A row"
    " changes the record that its id or code names, and makes a new one otherwise. Nothing is"
    " imported when a row has an error, unless --good-rows-only is given."
)
EXPORT_HELP = _("Export all records of one type to a file ending in .csv or .xlsx.")


def import_table(
    file: Annotated[Path, typer.Argument(help=_("A CSV or Excel file."))],
    type_name: TypeName,
    store: StoreCode = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Check the file, and change nothing."))
    ] = False,
    good_rows_only: Annotated[
        bool, typer.Option("--good-rows-only", help=_("Leave out rows with errors."))
    ] = False,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Plan the import of a file, and carry it out."""
    if not file.is_file():
        text = _("There is no file {file}.").format(file=file)
        raise Failure(text, _("Check the name and the directory."))
    use_existing(data)
    from msupply.central import table_makers
    from msupply.services.tables import files, importing, writing

    viewer, kind = _viewer(store), _kind(type_name)
    maker = table_makers.of(viewer.connection, kind)
    size = file.stat().st_size
    if size > files.LARGEST_FILE:
        text = _("{file} is larger than {n} MB.").format(file=file, n=files.LARGEST_FILE // 2**20)
        raise Failure(text, _("Split it."))
    planned = importing.plan(viewer, kind, files.read(file.read_bytes()), maker=maker)
    applies = not dry_run and (good_rows_only or not planned.errors)
    if applies:
        writing.apply(viewer, planned, good_rows_only=good_rows_only)
    if as_json:
        print_json(_result(planned, applied=applies))
    else:
        _tell(planned, file, applied=applies)
        _tell_passwords(planned)
    if planned.errors:
        raise typer.Exit(1)


def _result(planned: "Plan", *, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "new": planned.new,
        "changed": planned.changed,
        "unchanged": planned.unchanged,
        "faulty": planned.faulty,
        "ignored": planned.ignored,
        "errors": [{"row": e.row, "column": e.column, "text": e.text} for e in planned.errors],
        "passwords": dict(planned.maker.made_up) if planned.maker else {},
    }


def _tell(planned: "Plan", file: Path, *, applied: bool) -> None:
    text = _("{new} new, {changed} changed, {same} unchanged, {bad} rows with errors.")
    say(
        text.format(
            new=planned.new,
            changed=planned.changed,
            same=planned.unchanged,
            bad=planned.faulty,
        )
    )
    if planned.ignored:
        say(_("Columns passed over: {titles}").format(titles=", ".join(planned.ignored)))
    if not applied:
        say(_("Nothing was imported."))
    for error in planned.errors[:SHOWN]:
        text = error.text
        if error.column:
            text = _("{subject}: {text}").format(subject=error.column, text=text)
        text = _("  row {row}: {text}").format(row=error.row, text=text)
        err.print(text, markup=False)
    if planned.errors:
        _write_faulty(planned, file)


def _tell_passwords(planned: "Plan") -> None:
    made_up = planned.maker.made_up if planned.maker else []
    if made_up:
        say(_("New passwords; they are shown this once, and stored nowhere:"))
    for name, password in made_up:
        say(f"  {name}: {password}")


def _write_faulty(planned: "Plan", file: Path) -> None:
    from msupply.services.tables import faulty

    path = file.with_name(f"{file.stem}-errors.csv")
    path.write_text(faulty.csv_file(planned), encoding="utf-8", newline="")
    err.print(_("The rows with their errors: {file}").format(file=path), markup=False)


@exports.command("table", cls=Command, help=EXPORT_HELP)
def export_table(
    file: Annotated[Path, typer.Argument(help=_("Where to write, .csv or .xlsx."))],
    type_name: TypeName,
    store: StoreCode = "",
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Write all records of a type to a file."""
    form = file.suffix.lower()
    if form not in (".csv", ".xlsx"):
        text = _("{file} ends in neither .csv nor .xlsx.").format(file=file)
        raise Failure(text, _("The ending says what is written."))
    use_existing(data)
    from msupply.services import scope
    from msupply.services.tables import exporting
    from msupply.services.tables.columns import columns_of

    viewer, kind = _viewer(store), _kind(type_name)
    found = scope.records(viewer, kind).order_by("pk")
    path = scope.store_path(kind)
    if store and path:
        found = found.filter(**{path: viewer.store_id})
    columns = columns_of(kind)
    if form == ".csv":
        with file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(exporting.csv_lines(viewer.connection, columns, found))
    else:
        with (
            exporting.excel(viewer.connection, columns, found, kind.name) as book,
            file.open("wb") as saved,
        ):
            shutil.copyfileobj(book, saved)
    count = found.count()
    if as_json:
        print_json({"rows": count, "file": str(file)})
    else:
        say(_("{n} records written to {file}.").format(n=count, file=file))


def _viewer(store_code: str) -> "Viewer":
    """Return the operator of this machine, perhaps in a store."""
    from django.db import connection

    from msupply.records.stores import Store
    from msupply.services.scope import Viewer
    from msupply.sync import here

    store = Store.objects.filter(code=store_code).first() if store_code else None
    if store_code and store is None:
        text = _("There is no store with the code {code}.").format(code=store_code)
        raise Failure(text, _("Check the code."))
    return Viewer(connection, here.load(connection), None, store.pk if store else None)


def _kind(name: str) -> "RecordType":
    from difflib import get_close_matches

    from msupply.sync.declare.registry import registry

    types = registry()
    wanted = name.lower()
    found = types.by_name.get(wanted.replace("_", "").replace("-", "")) or types.by_table.get(
        wanted
    )
    if found is None:
        near = ", ".join(get_close_matches(wanted, list(types.by_name), 5, 0.4))
        text = _("There is no record type {name}.").format(name=name)
        raise Failure(text, _("Similar ones: {names}").format(names=near) if near else "")
    return found
