"""`msupply merge`: one record takes the place of another that means the same."""

from typing import TYPE_CHECKING, Annotated

import typer

from msupply.cli.output import print_json, say
from msupply.cli.start import DEFAULT_DATA, DataDir, JsonOutput, use_existing
from msupply.cli.words import _

if TYPE_CHECKING:
    from msupply.services.merges import Preview

HELP = _("Merge a record into another: whatever referred to it refers to the one that is kept.")
Kind = Annotated[str, typer.Argument(help=_("item, unit, name, patient, prescriber or location."))]
Keep = Annotated[str, typer.Argument(help=_("The id of the record that is kept."))]
Delete = Annotated[str, typer.Argument(help=_("The id of the record that goes."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Tell what would change, and stop."))]


def merge(
    kind: Kind,
    keep: Keep,
    delete: Delete,
    dry_run: DryRun = False,
    data: DataDir = DEFAULT_DATA,
    as_json: JsonOutput = False,
) -> None:
    """Merge two records, and tell how many others have changed."""
    use_existing(data)
    from django.db import connection

    from msupply.services import merges

    found = merges.preview(connection, None, None, kind, keep, delete)
    if not dry_run:
        merges.merge(connection, None, None, kind, keep, delete)
    if as_json:
        counts = dict(found.counts)
        print_json({"kept": keep, "lost": delete, "merged": not dry_run, "records": counts})
    else:
        _tell(found, dry_run=dry_run)


def _tell(found: "Preview", *, dry_run: bool) -> None:
    for label, number in found.counts:
        say("  " + _("{subject}: {text}").format(subject=label, text=number))
    if dry_run:
        text = _("{n} records would refer to {kept} in place of {lost}. Nothing was changed.")
    else:
        text = _("{n} records refer to {kept} in place of {lost} now.")
    say(text.format(n=found.total, kept=found.kept.pk, lost=found.lost.pk))
