"""The titles of a file, and the columns that they stand for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from msupply.services.tables.columns import ID, TableColumn
from msupply.services.tables.making import Maker

SHOWN = 6
LONGEST = 40


def further(maker: Maker | None, unknown: Sequence[str], titles: Sequence[str]) -> dict[int, str]:
    """Return the columns that only a maker reads, by their place in the file."""
    found = {}
    for name, heading in (maker.further if maker else {}).items():
        for title in unknown:
            if title.casefold() in (name, heading.casefold()):
                found[titles.index(title)] = name
    return found


def matched(
    columns: Sequence[TableColumn], titles: Sequence[str], only: Mapping[str, Any]
) -> tuple[dict[int, TableColumn], list[str]]:
    """Return the columns by their place in the file, and the titles that mean nothing here.

    `only` are values that the file need not give. Raises ValidationError where no title fits.
    """
    known: dict[str, TableColumn] = {}
    for column in columns:
        for name in column.names():
            known.setdefault(name.casefold(), column)
    places: dict[int, TableColumn] = {}
    ignored = []
    for place, title in enumerate(titles):
        found = known.get(title.casefold())
        if found is not None and found.field.editable and found.field.name not in only:
            if found in places.values():
                raise ValidationError(_("The column “{title}” is there twice.").format(title=title))
            places[place] = found
        elif title and title.casefold() != ID and title != _("Errors"):
            ignored.append(title)
    if not places:
        expected = ", ".join(column.heading for column in columns[:SHOWN])
        text = _(
            "The first row has none of this table's titles, such as: {titles}. It reads: {read}."
            " Download the template to see them all."
        )
        read = ", ".join(title[:LONGEST] for title in titles[:SHOWN] if title)
        raise ValidationError(text.format(titles=expected, read=read))
    return places, ignored
