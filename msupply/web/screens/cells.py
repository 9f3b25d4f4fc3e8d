"""Values of records as pages and files show them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType, registry
from msupply.web.screens import labels
from msupply.web.screens.screen import Column, heading, of_type
from msupply.web.visit import Visit

# Colours of statuses; what is not here is grey.
STATUS_COLOURS = {
    "NEW": "blue",
    "DRAFT": "blue",
    "ALLOCATED": "azure",
    "PICKED": "azure",
    "SHIPPED": "indigo",
    "SENT": "indigo",
    "DELIVERED": "teal",
    "RECEIVED": "teal",
    "VERIFIED": "green",
    "FINALISED": "green",
    "CANCELLED": "red",
    "FUNCTIONING": "green",
    "FUNCTIONING_BUT_NEEDS_ATTENTION": "orange",
    "NOT_FUNCTIONING": "red",
    "UNSERVICEABLE": "red",
}


@dataclass(frozen=True)
class Cell:
    """One value ready to be shown; `kind` says how: text, number, yes, no, status, time, ..."""

    heading: str
    kind: str
    text: str = ""
    url: str = ""
    colour: str = "secondary"


@dataclass(frozen=True)
class Row:
    """One record of a list."""

    url: str
    cells: list[Cell]
    record: Record


def rows(visit: Visit, columns: Sequence[Column], records: Sequence[Record], url: Any) -> list[Row]:
    """Return the rows of a list; the names of references are looked up once per column."""
    names = _names(columns, records)
    return [
        Row(url(record), [cell(visit, column, record, names) for column in columns], record)
        for record in records
    ]


def details(visit: Visit, columns: Sequence[Column], record: Record) -> list[Cell]:
    """Return all values of one record."""
    columns = [c for c in columns if c.name != "deleted_datetime" or getattr(record, c.attname)]
    names = _names(columns, [record])
    return [cell(visit, column, record, names, with_links=True) for column in columns]


Names = dict[str, dict[str, str]]


def _names(columns: Iterable[Column], records: Sequence[Record]) -> Names:
    return {
        column.name: labels.of(_target(column), [getattr(r, column.attname) for r in records])
        for column in columns
        if isinstance(column, models.ForeignKey)
    }


def _target(column: "models.ForeignKey[Any, Any]") -> type[models.Model]:
    target = column.related_model
    assert isinstance(target, type)
    return target


def cell(
    visit: Visit, column: Column, record: Record, names: Names, *, with_links: bool = False
) -> Cell:
    """Return one value of a record."""
    value = getattr(record, column.attname)
    name = heading(column)
    if value is None or value == "":
        return Cell(name, "empty")
    if isinstance(column, models.ForeignKey):
        return _reference(visit, column, str(value), names, with_links=with_links)
    if column.choices:
        text = str(dict(column.flatchoices).get(value, value))
        is_status = "status" in column.name
        colour = STATUS_COLOURS.get(str(value), "secondary")
        return Cell(name, "status" if is_status else "text", text, colour=colour)
    if column.name.endswith("code"):
        return Cell(name, "code", str(value))
    return _plain(name, value)


def _plain(name: str, value: Any) -> Cell:
    if isinstance(value, bool):
        return Cell(name, "yes" if value else "no", _("Yes") if value else _("No"))
    if isinstance(value, datetime):
        return Cell(name, "moment", value.isoformat(timespec="seconds"))
    if isinstance(value, date):
        return Cell(name, "date", value.isoformat())
    if isinstance(value, (int, float)):
        return Cell(name, "number", number(value))
    pretty = prettified(str(value))
    return Cell(name, "json", pretty) if pretty else Cell(name, "text", str(value))


def _reference(
    visit: Visit,
    column: "models.ForeignKey[Any, Any]",
    value: str,
    names: Names,
    *,
    with_links: bool,
) -> Cell:
    text = names.get(column.name, {}).get(value)
    if text is None:
        return Cell(heading(column), "missing", value)
    kind = registry().by_table.get(_target(column)._meta.db_table)
    url = ""
    if with_links and kind is not None and visit.may_view(kind):
        url = address_of(kind, value)
    return Cell(heading(column), "reference", text, url)


# Record types whose records have a page that was made for them.
OWN_PAGES = {"asset": "asset", "assetcatalogueitem": "catalogue-item", "site": "site"}


def address_of(kind: RecordType, record_id: str) -> str:
    """Return the address of a record's own page."""
    own = OWN_PAGES.get(kind.name)
    return reverse(own, args=[record_id]) if own else of_type(kind).page("detail", record_id)


def number(value: float) -> str:
    """Return a number in the reader's way of writing, without needless digits."""
    if float(value).is_integer() and abs(value) < 1e15:
        # Identifying numbers are not grouped: invoice 12000 is not 12,000.
        return str(int(value))
    text = f"{value:.6f}".rstrip("0")
    return number_format(text.rstrip("."), use_l10n=True)


def prettified(text: str) -> str:
    """Return JSON objects and lists on several lines, nothing for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        # Half of a surrogate pair, which JSON writes as an escape, is a ValueError: no page holds it.
        pretty.encode()
    except (ValueError, RecursionError):
        return ""
    return pretty
