"""`msupply import`: data from files into a central server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli import tables
from msupply.cli.failures import Failure
from msupply.cli.output import err, print_json, progress, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.usage import Command, Group
from msupply.cli.words import _

if TYPE_CHECKING:
    from msupply.central.asset_catalogue import Preview
    from msupply.central.wire_import import Report

app = typer.Typer(
    help=_("Import files on a central server."),
    cls=Group,
    subcommand_metavar=_("COMMAND [ARGS]..."),
    no_args_is_help=True,
)

JsonFile = Annotated[Path, typer.Argument(help=_("A JSON file of records in wire form."))]
CsvFile = Annotated[Path, typer.Argument(help=_("A CSV file in UTF-8."))]
SHOWN = 20


@app.command(
    "wire",
    cls=Command,
    help=_(
        "Take over records in wire form, such as those of a former central server.\n\n"
        'The file holds {"v5": {table: [record, ...]}, "v6": {table: [record, ...]}}.'
        " What can't be taken is listed with its reason, and kept for when what it lacks arrives."
    ),
)
def wire(file: JsonFile, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Import a file of records in wire form, and tell what came of it."""
    _check_file(file)
    use_existing(data)
    from django.db import connection

    from msupply.central.wire_import import FileUnreadable, import_file

    with progress(hidden=as_json) as bars:
        read = bars.add_task(_("Read"), total=None)
        taken = bars.add_task(_("Integrate"), total=None)
        try:
            report = import_file(
                connection,
                file,
                lambda count: bars.update(read, completed=count),
                lambda count: bars.update(taken, completed=count),
            )
            bars.update(read, total=report.read)
            bars.update(taken, total=report.read, completed=report.read)
        except FileUnreadable as error:
            raise Failure(
                str(error), _("What came before that place has been taken. Correct the file.")
            ) from None
    if as_json:
        print_json(_wire_result(report))
    else:
        _say_wire(report)
    if report.refused:
        raise typer.Exit(1)


def _wire_result(report: "Report") -> dict[str, object]:
    return {
        "read": report.read,
        "taken": report.taken,
        "refused": report.refused,
        "problems": [
            {
                "wire": p.wire,
                "table": p.table,
                "id": p.record_id,
                "place": p.place,
                "reason": p.reason,
            }
            for p in report.problems
        ],
    }


def _say_wire(report: "Report") -> None:
    text = _("Read {read} records: {taken} taken, {refused} not taken.")
    say(text.format(read=report.read, taken=report.taken, refused=report.refused))
    for problem in report.problems[:SHOWN]:
        place = _(" (number {n})").format(n=problem.place) if problem.place else ""
        say(f"  {problem.wire} {problem.table} {problem.record_id}{place}: {problem.reason}")
    if report.refused > SHOWN:
        text = _("  ... and {n} more; all of them by reason:")
        say(text.format(n=report.refused - SHOWN))
        for (table, reason), times in report.reasons.most_common(SHOWN):
            say(_("  {n} of {table}: {reason}").format(n=times, table=table, reason=reason))


app.command("table", cls=Command, help=tables.IMPORT_HELP)(tables.import_table)


@app.command(
    "asset-catalogue",
    cls=Command,
    help=_(
        "Import an asset catalogue, or the definitions of asset properties, from a CSV file.\n\n"
        "A catalogue has the columns Sub catalogue, Code, Type, Manufacturer, Model, Class,"
        " Category and then one column for each property; an entry whose code is known is changed."
        " Nothing is imported when a row has an error."
    ),
)
def asset_catalogue(
    file: CsvFile, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False
) -> None:
    """Import a CSV file whole, or tell its errors."""
    _check_file(file)
    use_existing(data)
    from django.db import connection

    from msupply.central import asset_catalogue as catalogue

    preview = catalogue.read(connection, file.read_bytes())
    if preview.errors:
        _tell_errors(preview, file, as_json)
        raise typer.Exit(1)
    result = catalogue.apply(connection, None, preview)
    if as_json:
        print_json({"created": result.created, "changed": result.changed, "same": result.same})
        return
    text = _("{rows} rows: {created} created, {changed} changed, {same} were as they are.")
    say(
        text.format(
            rows=len(preview.rows),
            created=result.created,
            changed=result.changed,
            same=result.same,
        )
    )
    for name in preview.new_properties:
        say(_("  New property: {name}").format(name=name))


def _tell_errors(preview: "Preview", file: Path, as_json: bool) -> None:
    if as_json:
        print_json({"errors": [{"line": e.line, "text": e.text} for e in preview.errors]})
        return
    text = _("Error: {n} problems in {file}; nothing was imported.")
    err.print(text.format(n=len(preview.errors), file=file.name), style="red", markup=False)
    for error in preview.errors[:SHOWN]:
        text = _("  line {line}: {text}").format(line=error.line, text=error.text)
        err.print(text, markup=False)
    error_file = file.with_name(f"{file.stem}-errors.csv")
    error_file.write_text(preview.error_file(), encoding="utf-8", newline="")
    err.print(_("Every row with its errors: {file}").format(file=error_file), markup=False)


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise Failure(
            _("There is no file {file}.").format(file=file),
            _("Check the name and the directory."),
        )
