"""Rows that mean a record which another row, or the database, has already."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from msupply.services.keys import Key
from msupply.services.tables.columns import Form
from msupply.services.tables.plans import Plan, Planned
from msupply.sync.declare import Record

BATCH = 500


def refuse(plan: Plan) -> None:
    """Two rows for one record would leave to chance which of them counts."""
    seen: dict[Any, int] = {}
    for row in plan.rows:
        names: list[tuple[str, Any]] = [("id", row.record.pk)]
        if row.is_new and plan.key:
            names.append(("key", _key(plan, row)))
        first = next((seen[name] for name in names if name in seen), None)
        if first is not None:
            plan.refuse(row.row, "", _("Row {row} is about the same record.").format(row=first))
        for name in names:
            seen.setdefault(name, row.row)


def refuse_capitals(plan: Plan, in_use: QuerySet[Record]) -> None:
    """A code that differs in capitals only is a slip; who means it gives the row an id."""
    forms = {column.attname: column.form for column in plan.every}
    text = next((name for name in plan.key if forms[name] is Form.TEXT), "")
    rows = [row for row in plan.good if row.is_new and not row.has_id]
    if not text or not rows:
        return
    wanted: dict[Key, Planned] = {}
    for row in rows:
        first = wanted.setdefault(_folded(_key(plan, row)), row)
        if first is not row:
            _refuse_alike(plan, row, _("row {row}").format(row=first.row))
    lowered = sorted({str(getattr(row.record, text)).lower() for row in rows})
    every = in_use.annotate(lowered=Lower(text))
    for start in range(0, len(lowered), BATCH):
        found = every.filter(lowered__in=lowered[start : start + BATCH])
        for whole in found.values_list(*plan.key):
            if _folded(whole) in wanted:
                value = dict(zip(plan.key, whole, strict=True))[text]
                _refuse_alike(plan, wanted[_folded(whole)], _("“{value}”").format(value=value))


def _refuse_alike(plan: Plan, row: Planned, other: str) -> None:
    text = _(
        "This differs from {other} in capitals only. Write it the same way, or give the row an"
        " id of its own."
    )
    plan.refuse(row.row, plan.key_heading, text.format(other=other))


def _key(plan: Plan, row: Planned) -> Key:
    return tuple(getattr(row.record, name) for name in plan.key)


def _folded(key: Key) -> Key:
    return tuple(part.casefold() if isinstance(part, str) else part for part in key)
