"""Records that belong to another: lines of documents, shown on its page."""

from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode

from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType, registry
from msupply.web.screens import cells, query, scope
from msupply.web.screens.screen import Column, Screen, heading, of_type
from msupply.web.visit import Visit

SHOWN = 200
# Belong to their parent as lines do, though their store does not say so.
LINES = {
    "bed": "ward",
    "bomline": "bom_master",
    "customvalue": "custom_field",
    "dashboardpanel": "dashboard",
    "druginteractionitem": "drug_interaction_group",
    "itemdepartmentjoin": "item",
    "itemnote": "item",
    "masterlistline": "master_list",
    "namecategoryjoin": "name",
    "namegroupjoin": "name",
    "namenote": "name",
    "quoteline": "quote",
    "regimenitem": "regimen",
    "tenderline": "tender",
}
# Columns that tell who did something: their records belong to others.
DOERS = frozenset({"user", "created_by"})


@dataclass(frozen=True)
class Children:
    """The records of one type that belong to the record on the page."""

    screen: Screen
    columns: list[Column]
    rows: list[cells.Row]
    more_url: str
    new_url: str

    @property
    def headings(self) -> list[str]:
        """The names of the columns."""
        return [heading(column) for column in self.columns]


def of(visit: Visit, screen: Screen, record: Record) -> list[Children]:
    """Return the records that belong to a record, by type."""
    return [
        _children(visit, kind, parent, record)
        for parent, kind in _kinds(screen)
        if visit.may_view(kind)
    ]


def _kinds(screen: Screen) -> list[tuple[str, RecordType]]:
    found = []
    for kind in registry().types:
        by_store, nested, _column = (scope.store_path(kind) or "").partition("__")
        for column in kind.columns.values():
            if (
                not isinstance(column, models.ForeignKey)
                or column.related_model is not screen.model
            ):
                continue
            # What is looked up by its parent has an index for it.
            is_line = (
                getattr(column, "db_index", False) and not column.null and column.name not in DOERS
            )
            named = column.name == (by_store if nested else LINES.get(kind.name))
            if is_line or named:
                found.append((column.name, kind))
    return found


def _children(visit: Visit, kind: RecordType, parent: str, record: Record) -> Children:
    screen = of_type(kind)
    columns = [column for column in screen.list_fields if column.name != parent]
    found = scope.records(visit, kind).filter(**{f"{parent}_id": record.pk})
    shown = list(query.of_parent(screen, parent, found)[: SHOWN + 1])
    return Children(
        screen,
        columns,
        cells.rows(visit, columns, shown[:SHOWN], lambda r: screen.page("detail", r.pk)),
        f"{screen.url}?f.{parent}={record.pk}" if len(shown) > SHOWN else "",
        f"{reverse('create', args=[screen.slug])}?{urlencode({parent: record.pk})}",
    )
