"""The cells of a file as values, before anybody knows which records its rows mean."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from msupply.services.scope import Viewer
from msupply.services.tables import references, values
from msupply.services.tables.columns import ID, Form, TableColumn
from msupply.services.tables.plans import Parsed, Plan
from msupply.services.tables.references import Found
from msupply.sync.declare import Record


class Cells:
    """Reads the rows of a file; what no cell can mean is noted in the plan.

    What cells refer to, and how dates are written, is found out once for a whole column.
    """

    def __init__(self, viewer: Viewer, out: Plan) -> None:
        self._out, self._sheet = out, out.sheet
        self.ids = self._ids()
        self._found = self._references(viewer)
        self._month_first = {
            place
            for place, column in out.places.items()
            if column.form in (Form.DATE, Form.MOMENT) and values.month_first(self._column(place))
        }

    def row(self, place: int, current: Record | None) -> Parsed:
        """Read the row at a place; `current` is the record that its id names."""
        number, cells = self._sheet.rows[place]
        row = Parsed(number, self.ids[place], self._texts(cells))
        for at, column in self._out.places.items():
            cell = _at(cells, at)
            if values.is_empty(cell):
                row.empty.add(column.attname)
                continue
            try:
                values.refuse_error(cell)
                if at in self._month_first and values.has_slashes(cell):
                    raise values.NoValue(_("Write dates as 2026-12-31, or as 31/12/2026."))
                old = getattr(current, column.attname) if current else None
                row.given[column.attname] = self._value(column, cell, old)
            except values.NoValue as error:
                if column.field.name in row.texts:
                    # For a new record it names something new.
                    row.doubts[column.heading] = str(error)
                else:
                    self._out.refuse(number, column.heading, str(error))
        if len(cells) > len(self._sheet.titles):
            text = _(
                "The row has more cells than there are titles. Put quotation marks around texts"
                " that hold the separator."
            )
            self._out.refuse(number, "", text)
        return row

    def _column(self, place: int) -> Iterator[Any]:
        return (_at(cells, place) for _number, cells in self._sheet.rows)

    def _ids(self) -> list[str]:
        place = next((n for n, t in enumerate(self._sheet.titles) if t.casefold() == ID), None)
        if place is None:
            return [""] * len(self._sheet.rows)
        return [_text(cell) for cell in self._column(place)]

    def _references(self, viewer: Viewer) -> dict[str, Found]:
        return {
            column.attname: references.find(
                viewer, column.target, filter(None, map(_text, self._column(place)))
            )
            for place, column in self._out.places.items()
            if column.form is Form.REFERENCE
        }

    def _texts(self, cells: Sequence[Any]) -> dict[str, str]:
        """Return the cells that only a maker reads, by the name of their column."""
        maker = self._out.maker
        if maker is None:
            return {}
        names = {place: column.field.name for place, column in self._out.places.items()}
        taken = {place: name for place, name in names.items() if name in maker.takes}
        texts = {name: _text(_at(cells, at)) for at, name in (self._out.further | taken).items()}
        return {name: text for name, text in texts.items() if text}

    def _value(self, column: TableColumn, cell: Any, old: Any) -> Any:
        if column.form is not Form.REFERENCE:
            return values.parse(column, cell)
        text = values.text_of(cell)
        candidates = self._found[column.attname].candidates(text)
        # A reference may lead to what is not on this site; it stays as it is.
        if old is not None and (old == text or old in candidates):
            return old
        if len(candidates) == 1:
            return next(iter(candidates))
        what = str(column.target._meta.verbose_name)
        if not candidates:
            raise values.NoValue(
                _("There is no {what} “{value}”. Write its code, its name or its id.").format(
                    what=what, value=text[:80]
                )
            )
        raise values.NoValue(
            _("{n} records are called “{value}” ({what}). Write the id of the right one.").format(
                n=len(candidates), what=what, value=text[:80]
            )
        )


def _at(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _text(cell: Any) -> str:
    return "" if values.is_empty(cell) else values.text_of(cell)
