"""The filter panel of a list: one control per column that can be chosen from."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from msupply.web.screens import labels
from msupply.web.screens.forms import ChooserInput
from msupply.web.screens.query import Listing
from msupply.web.screens.screen import Column, heading

FEW = 40


@dataclass(frozen=True)
class Filter:
    """One control; `kind` is choice, reference or dates."""

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
        shown = column.name in listing.screen.columns
        if column.name not in listing.screen.only and (shown or _is_set(listing, column)):
            control = _filter(listing, column)
            if control is not None:
                found.append(control)
    return found


def active(listing: Listing) -> int:
    """Return how many filters are set."""
    return sum(
        1
        for name, value in listing.parameters.items()
        if value and name.startswith(("f.", "from.", "to."))
    )


def _is_set(listing: Listing, column: Column) -> bool:
    return bool(listing.parameters.get(f"f.{column.name}"))


def _filter(listing: Listing, column: Column) -> Filter | None:
    name, label = column.name, heading(column)
    value = listing.parameters.get(f"f.{name}", "")
    if isinstance(column, models.ForeignKey):
        return _reference(column, name, label, value)
    if column.choices:
        choices = tuple((str(key), str(text)) for key, text in column.flatchoices)
        return Filter("choice", name, label, value, choices=choices)
    if isinstance(column, models.BooleanField):
        yes_no = (("yes", _("Yes")), ("no", _("No")))
        return Filter("choice", name, label, value, choices=yes_no)
    if isinstance(column, (models.DateField, models.DateTimeField)):
        first = listing.parameters.get(f"from.{name}", "")
        return Filter("dates", name, label, first, listing.parameters.get(f"to.{name}", ""))
    return None


def _reference(column: "models.ForeignKey[Any, Any]", name: str, label: str, value: str) -> Filter:
    """Few records are chosen from a list, many by typing."""
    target = column.related_model
    assert isinstance(target, type)
    ids = list(models.QuerySet(target).values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return Filter("reference", name, label, value, widget=_chooser(column, name, value))
    choices = sorted(labels.of(target, ids).items(), key=lambda choice: choice[1].lower())
    return Filter("choice", name, label, value, choices=tuple(choices))


def _chooser(column: "models.ForeignKey[Any, Any]", name: str, value: str) -> str:
    target = column.related_model
    assert isinstance(target, type)
    widget = ChooserInput(target)
    return widget.render(f"f.{name}", value, {"id": f"filter-{name}"})
