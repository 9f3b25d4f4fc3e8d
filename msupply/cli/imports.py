"""`msupply import`: data from files into a central server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import err, print_json, progress, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing

if TYPE_CHECKING:
    from msupply.central.asset_catalogue import Preview
    from msupply.central.wire_import import Report

app = typer.Typer(help="Import files on a central server.", no_args_is_help=True)

JsonFile = Annotated[Path, typer.Argument(help="A JSON file of records in wire form.")]
CsvFile = Annotated[Path, typer.Argument(help="A CSV file in UTF-8.")]
SHOWN = 20


@app.command("wire")
def wire(file: JsonFile, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False) -> None:
    """Take over records in wire form, such as those of a former central server.

    The file holds {"v5": {table: [record, ...]}, "v6": {table: [record, ...]}}. What can't be taken
    is listed with its reason, and kept for when what it lacks arrives.
    """
    _check_file(file)
    use_existing(data)
    from django.db import connection

    from msupply.central.wire_import import FileUnreadable, import_file

    with progress(hidden=as_json) as bars:
        read = bars.add_task("Read", total=None)
        taken = bars.add_task("Integrate", total=None)
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
                str(error), "What came before that place has been taken. Correct the file."
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
    say(f"Read {report.read} records: {report.taken} taken, {report.refused} not taken.")
    for problem in report.problems[:SHOWN]:
        place = f" (number {problem.place})" if problem.place else ""
        say(f"  {problem.wire} {problem.table} {problem.record_id}{place}: {problem.reason}")
    if report.refused > SHOWN:
        say(f"  ... and {report.refused - SHOWN} more; all of them by reason:")
        for (table, reason), times in report.reasons.most_common(SHOWN):
            say(f"  {times} of {table}: {reason}")


@app.command("asset-catalogue")
def asset_catalogue(
    file: CsvFile, data: DataDir = DEFAULT_DATA, as_json: JsonOutput = False
) -> None:
    """Import an asset catalogue, or the definitions of asset properties, from a CSV file.

    A catalogue has the columns Sub catalogue, Code, Type, Manufacturer, Model, Class, Category and
    then one column for each property; an entry whose code is known is changed. Nothing is imported
    when a row has an error.
    """
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
    say(
        f"{len(preview.rows)} rows: {result.created} created, {result.changed} changed,"
        f" {result.same} were as they are."
    )
    for name in preview.new_properties:
        say(f"  New property: {name}")


def _tell_errors(preview: "Preview", file: Path, as_json: bool) -> None:
    if as_json:
        print_json({"errors": [{"line": e.line, "text": e.text} for e in preview.errors]})
        return
    err.print(
        f"Error: {len(preview.errors)} problems in {file.name}; nothing was imported.",
        style="red",
        markup=False,
    )
    for error in preview.errors[:SHOWN]:
        err.print(f"  line {error.line}: {error.text}", markup=False)
    error_file = file.with_name(f"{file.stem}-errors.csv")
    error_file.write_text(preview.error_file(), encoding="utf-8", newline="")
    err.print(f"Every row with its errors: {error_file}", markup=False)


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise Failure(f"There is no file {file}.", "Check the name and the directory.")
