"""Writing what was planned: whole, or not at all."""

from collections.abc import Callable
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from msupply.records.security_log import SecurityEvent
from msupply.services import activity, edit, own_way_in, security_edits
from msupply.services.scope import Viewer
from msupply.services.tables.plans import Plan, Planned
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType
from msupply.wire import security_log

BATCH = 500


def apply(
    viewer: Viewer,
    planned: Plan,
    *,
    good_rows_only: bool = False,
    first: Callable[[], None] = lambda: None,
) -> None:
    """Write what was planned, in one transaction, of which `first` is the first step.

    Raises ValidationError when rows have errors, unless only the good ones are wanted, when
    somebody else has changed a record since it was planned, and when users would lose their own
    right to administer.
    """
    if planned.errors and not good_rows_only:
        raise ValidationError(_("The file has errors; nothing was imported."))
    rows = planned.rows
    if planned.maker is not None:
        planned.maker.finish([row.record for row in rows if row.is_new])
    kind = planned.kind
    with (
        transaction.atomic(using=viewer.connection.alias),
        own_way_in.kept(viewer.connection, viewer.user, viewer.store_id, kind.model),
    ):
        first()
        for start in range(0, len(rows), BATCH):
            _write(viewer, kind, rows[start : start + BATCH])
        security_log.note(
            viewer.connection,
            SecurityEvent.DATA_IMPORTED,
            type=kind.name,
            new=planned.new,
            changed=planned.changed,
            refused_rows=planned.faulty,
        )


def _write(viewer: Viewer, kind: RecordType, rows: list[Planned]) -> None:
    every: QuerySet[Record] = edit.rows_of(viewer.connection, kind.model)
    now_here = every.select_for_update().in_bulk([row.record.pk for row in rows])
    for row in rows:
        here = now_here.get(row.record.pk)
        if (edit.columns_of(here) if here else None) != row.before:
            raise ValidationError(
                _("Row {row}: somebody has changed this record meanwhile. Import again.").format(
                    row=row.row
                )
            )
    new = [row.record for row in rows if row.is_new]
    every.bulk_create(new, batch_size=BATCH)
    beside = sorted((r for row in rows for r in row.beside), key=lambda r: r._meta.db_table)
    for model, group in groupby(beside, key=type):
        others: QuerySet[Record] = edit.rows_of(viewer.connection, model)
        others.bulk_create(list(group), batch_size=BATCH)
    changed = [row for row in rows if not row.is_new]
    names = {name for row in changed for name in row.given}
    if "modified_datetime" in kind.columns:
        names.add("modified_datetime")
    if changed:
        every.bulk_create(
            [row.record for row in changed],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted(kind.columns[name].name for name in names),
        )
    changes = [(row.record, row.before, edit.columns_of(row.record)) for row in rows]
    security_edits.note(viewer.connection, changes)
    if viewer.user is not None:
        activity.log_edits(viewer.connection, viewer.user, viewer.store_id, changes)
