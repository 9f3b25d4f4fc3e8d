"""The filter panel of a list: one control per column that can be chosen from."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from msupply.sync.declare.registry import registry
from msupply.web.screens import labels, scope
from msupply.web.screens.forms import ChooserInput
from msupply.web.screens.query import Listing
from msupply.web.screens.screen import Column, heading

FEW = 40


@dataclass(frozen=True)
class Filter:
    """One control; `kind` is choice, reference, dates or text."""

    kind: str
    name: str
    label: str
    value: str = ""
    until: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    widget: str = ""


def filters_of(listing: Listing) -> list[Filter]:
    """Return the filters of a list."""
    found = []
    for column in listing.screen.fields:
        shown = column.name in listing.screen.columns and not _is_text(column)
        asked = shown or column.name in listing.added or _is_set(listing, column)
        if column.name not in listing.screen.only and asked:
            control = _filter(listing, column)
            if control is not None:
                found.append(control)
    return found


def more(listing: Listing) -> list[tuple[str, str]]:
    """Return the columns that have no filter yet: the name, and the heading of each."""
    shown = {control.name for control in filters_of(listing)}
    columns = [c for c in listing.screen.fields if c.name not in listing.screen.only]
    return sorted(
        ((c.name, heading(c)) for c in columns if c.name not in shown and _filterable(c)),
        key=lambda choice: choice[1].lower(),
    )


def _filterable(column: Column) -> bool:
    return not isinstance(column, (models.FloatField, models.IntegerField)) or bool(column.choices)


def _is_text(column: Column) -> bool:
    return isinstance(column, models.TextField) and not column.choices


def active(listing: Listing) -> int:
    """Return how many filters are set."""
    return sum(
        1
        for name, value in listing.parameters.items()
        if value and name.startswith(("f.", "from.", "to."))
    )


def _is_set(listing: Listing, column: Column) -> bool:
    names = (f"{prefix}.{column.name}" for prefix in ("f", "from", "to"))
    return any(listing.parameters.get(name) for name in names)


def _filter(listing: Listing, column: Column) -> Filter | None:
    name, label = column.name, heading(column)
    value = listing.parameters.get(f"f.{name}", "")
    if isinstance(column, models.ForeignKey):
        return _reference(listing, column, name, label, value)
    if column.choices:
        choices = tuple((str(key), str(text)) for key, text in column.flatchoices)
        return Filter("choice", name, label, value, choices=choices)
    if isinstance(column, models.BooleanField):
        yes_no = (("yes", _("Yes")), ("no", _("No")))
        return Filter("choice", name, label, value, choices=yes_no)
    if isinstance(column, (models.DateField, models.DateTimeField)):
        first = listing.parameters.get(f"from.{name}", "")
        return Filter("dates", name, label, first, listing.parameters.get(f"to.{name}", ""))
    return Filter("text", name, label, value) if _is_text(column) else None


def _reference(
    listing: Listing,
    column: "models.ForeignKey[Any, Any]",
    name: str,
    label: str,
    value: str,
) -> Filter | None:
    """Few records are chosen from a list, many by typing."""
    target = column.related_model
    assert isinstance(target, type)
    kind = registry().by_table[target._meta.db_table]
    if not listing.visit.may_view(kind):
        return None
    found = scope.records(listing.visit, kind)
    ids = list(found.values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return Filter("reference", name, label, value, widget=_chooser(listing, column, value))
    choices = sorted(labels.of(target, ids).items(), key=lambda choice: choice[1].lower())
    return Filter("choice", name, label, value, choices=tuple(choices))


def _chooser(listing: Listing, column: "models.ForeignKey[Any, Any]", value: str) -> str:
    target = column.related_model
    assert isinstance(target, type)
    widget = ChooserInput(target, visit=listing.visit)
    return widget.render(f"f.{column.name}", value, {"id": f"filter-{column.name}"})
