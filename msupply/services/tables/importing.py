"""Tables in: what a file would change is planned first, with errors by row; see writing.py.

A row is matched to a record by its id or, for types that have one, by a key that people know:
its code, its name within its parent, or the two records that it joins.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from msupply.services import edit, json_values, newcomers, patients, scope, visibility
from msupply.services.guard import Guard
from msupply.services.scope import Viewer
from msupply.services.tables import keys, references, titles, told, values
from msupply.services.tables.columns import ID, Form, TableColumn, columns_of
from msupply.services.tables.files import Sheet
from msupply.services.tables.making import Maker
from msupply.services.tables.plans import Key, Parsed, Plan, Planned, RowError, Values
from msupply.services.tables.references import Found
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType

BATCH = 500
LONGEST_ID = 100
# New ones are made on a page of their own, which makes what belongs to them too.
CHANGED_ONLY = frozenset({"site", "store", "user"})


def plan(
    viewer: Viewer,
    kind: RecordType,
    sheet: Sheet,
    only: Mapping[str, Any] | None = None,
    maker: Maker | None = None,
) -> Plan:
    """Check every row of a file; nothing is written.

    `only` are values that all records of the list share; `maker` makes the new ones of types that
    need it. Raises ValidationError where the file as a whole cannot be this table.
    """
    return _Planner(viewer, kind, sheet, dict(only or {}), maker).plan()


class _Planner:
    def __init__(
        self,
        viewer: Viewer,
        kind: RecordType,
        sheet: Sheet,
        only: Values,
        maker: Maker | None,
    ) -> None:
        self.viewer, self.kind, self.sheet, self.only = viewer, kind, sheet, only
        self.maker = maker
        self.every = columns_of(kind)
        self.places, ignored = titles.matched(self.every, sheet.titles, only)
        self.further = titles.further(maker, ignored, sheet.titles)
        ignored = [t for t in ignored if sheet.titles.index(t) not in self.further]
        self.has_id = any(title.casefold() == ID for title in sheet.titles)
        columns = list(self.places.values())
        self.shared = self._own_store() | only
        key = keys.of(kind, {column.attname for column in columns} | set(self.shared))
        self.out = Plan(kind, sheet, columns, ignored, key, maker)
        self.guard = Guard(viewer.connection, viewer.user, viewer.store_id, kind)
        self.bad: set[int] = set()
        self.with_id: set[int] = set()

    def plan(self) -> Plan:
        found = self._references()
        month_first = self._month_first()
        ids = self._ids()
        existing = self._existing_by_id(ids)
        parsed: list[Parsed] = []
        for place, (number, cells) in enumerate(self.sheet.rows):
            current = existing.get(ids[place])
            row = Parsed(number, ids[place], texts=self._texts(cells))
            self._values(row, cells, found, month_first, current)
            row.key = self._key(current, row)
            parsed.append(row)
        by_key = self._existing_by_key(parsed)
        for row in parsed:
            if row.number not in self.bad:
                self._row(row, existing, by_key)
        self._twice()
        self._capitals()
        self._contents()
        self.out.rows = [row for row in self.out.rows if row.row not in self.bad]
        self.out.errors.sort(key=lambda error: error.row)
        return self.out

    def error(self, row: int, column: str, text: str) -> None:
        self.bad.add(row)
        self.out.errors.append(RowError(row, column, text))

    def _cells(self, place: int) -> Iterator[tuple[int, Any]]:
        for number, cells in self.sheet.rows:
            yield number, cells[place] if place < len(cells) else None

    def _ids(self) -> list[str]:
        place = next((n for n, t in enumerate(self.sheet.titles) if t.casefold() == ID), None)
        if place is None:
            return [""] * len(self.sheet.rows)
        return [
            "" if values.is_empty(cell) else values.text_of(cell) for _n, cell in self._cells(place)
        ]

    def _references(self) -> dict[str, Found]:
        return {
            column.attname: references.find(
                self.viewer,
                column.target,
                (values.text_of(c) for _n, c in self._cells(place) if not values.is_empty(c)),
            )
            for place, column in self.places.items()
            if column.form is Form.REFERENCE
        }

    def _month_first(self) -> set[str]:
        return {
            column.attname
            for place, column in self.places.items()
            if column.form in (Form.DATE, Form.MOMENT)
            and values.month_first(cell for _n, cell in self._cells(place))
        }

    def _texts(self, cells: Sequence[Any]) -> dict[str, str]:
        """Return the cells that only a maker reads, by the name of their column."""
        if self.maker is None:
            return {}
        taken = {
            p: c.field.name for p, c in self.places.items() if c.field.name in self.maker.takes
        }
        return {
            name: values.text_of(cells[place])
            for place, name in (self.further | taken).items()
            if place < len(cells) and not values.is_empty(cells[place])
        }

    def _values(
        self,
        row: Parsed,
        cells: Sequence[Any],
        found: dict[str, Found],
        month_first: set[str],
        current: Record | None,
    ) -> None:
        """Fill in the values of a row by column, and the columns whose cell is empty."""
        for place, column in self.places.items():
            cell = cells[place] if place < len(cells) else None
            if values.is_empty(cell):
                row.empty.add(column.attname)
                continue
            try:
                values.refuse_error(cell)
                if column.attname in month_first and values.has_slashes(cell):
                    raise values.NoValue(_("Write dates as 2026-12-31, or as 31/12/2026."))
                old = getattr(current, column.attname) if current else None
                row.given[column.attname] = self._value(column, cell, found, old)
            except values.NoValue as error:
                if column.field.name in row.texts:
                    # For a new record it names something new.
                    row.doubts[column.heading] = str(error)
                else:
                    self.error(row.number, column.heading, str(error))
        if len(cells) > len(self.sheet.titles):
            text = _(
                "The row has more cells than there are titles. Put quotation marks around texts"
                " that hold the separator."
            )
            self.error(row.number, "", text)

    def _value(self, column: TableColumn, cell: Any, found: dict[str, Found], old: Any) -> Any:
        if column.form is not Form.REFERENCE:
            return values.parse(column, cell)
        text = values.text_of(cell)
        candidates = found[column.attname].candidates(text)
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

    def _visible(self) -> QuerySet[Record]:
        every = scope.records(self.viewer, self.kind, with_deleted=True)
        return every.filter(**self.only)

    def _in_use(self) -> QuerySet[Record]:
        every = self._visible()
        if "deleted_datetime" in self.kind.columns:
            every = every.filter(Q(deleted_datetime__isnull=True))
        return every

    def _existing_by_id(self, ids: list[str]) -> dict[str, Record]:
        wanted = sorted({i for i in ids if i})
        found: dict[str, Record] = {}
        for start in range(0, len(wanted), BATCH):
            found |= self._visible().in_bulk(wanted[start : start + BATCH])
        return found

    def _key(self, current: Record | None, row: Parsed) -> Key | None:
        """Return what people know the row's record by, as it will be."""
        is_here = {name: getattr(current, name) for name in self.out.key} if current else {}
        before = is_here or self.shared
        return keys.values(self.kind, self.out.key, before | self._emptied(row) | row.given)

    def _emptied(self, row: Parsed) -> Values:
        """An empty reference says that there is none, not that the cell says nothing."""
        columns = self.kind.columns
        return {n: None for n in row.empty if columns[n].is_relation and columns[n].null}

    def _existing_by_key(self, parsed: list[Parsed]) -> dict[Key, list[Record]]:
        """Return the records that rows without an id may mean, by their key."""
        key = self.out.key
        wanted = {row.key for row in parsed if row.key is not None}
        if not wanted:
            return {}
        found: dict[Key, list[Record]] = {}
        every = self._in_use()
        # The part that differs most asks for the fewest records.
        parts = [sorted({k[place] for k in wanted}, key=str) for place in range(len(key))]
        full = [place for place, part in enumerate(parts) if None not in part]
        chosen = max(full, key=lambda place: len(parts[place]))
        for start in range(0, len(parts[chosen]), BATCH):
            part = parts[chosen][start : start + BATCH]
            for record in every.filter(**{f"{key[chosen]}__in": part}):
                of_record = tuple(getattr(record, name) for name in key)
                if of_record in wanted:
                    found.setdefault(of_record, []).append(record)
        return found

    def _row(
        self,
        row: Parsed,
        existing: dict[str, Record],
        by_key: dict[Key, list[Record]],
    ) -> None:
        number, record_id = row.number, row.record_id
        record = existing.get(record_id) if record_id else None
        same_key = by_key.get(row.key, []) if row.key is not None else []
        if record is None and record_id and not self._new_id_is_good(number, record_id):
            return
        if record is None and not record_id:
            if len(same_key) > 1:
                text = _("{n} records have this {key}. Give the id of the right one.")
                self.error(number, "", text.format(n=len(same_key), key=self._key_heading()))
                return
            record = same_key[0] if same_key else None
        elif self._is_taken(row, record, same_key):
            text = _("Another record has this {key} already.")
            self.error(number, "", text.format(key=self._key_heading()))
            return
        if record is None:
            self._new(row)
            return
        for heading, text in row.doubts.items():
            self.error(number, heading, text)
        self._change(row, record)

    def _is_taken(self, row: Parsed, record: Record | None, same_key: list[Record]) -> bool:
        """True when the row gives its record a key that another record has."""
        if record is None:
            return bool(same_key)
        was = tuple(getattr(record, name) for name in self.out.key)
        return row.key != was and any(other.pk != record.pk for other in same_key)

    def _new_id_is_good(self, number: int, record_id: str) -> bool:
        taken = edit.rows_of(self.viewer.connection, self.kind.model).filter(pk=record_id)
        if len(record_id) > LONGEST_ID or any(letter.isspace() for letter in record_id):
            text = _("This is no id. Leave the cell empty for a new record.")
        elif taken.exists():
            text = _("This record is not on this list, or you may not see it.")
        else:
            return True
        self.error(number, ID, text)
        return False

    def _new(self, row: Parsed) -> None:
        if self.kind.name in CHANGED_ONLY and self.maker is None:
            what = str(self.kind.model._meta.verbose_name)
            text = _("There is no such {what} yet. Make it on its own page first.")
            self.error(row.number, "", text.format(what=what))
            return
        if row.record_id:
            self.with_id.add(row.number)
        record: Record = self.kind.model(id=row.record_id) if row.record_id else self.kind.model()
        defaults = self.maker.defaults if self.maker else {}
        all_given = dict(defaults) | self.shared | self._emptied(row) | row.given
        edit.assign(record, all_given)
        beside = self._made(row, record) + newcomers.complete(record, self.viewer.store_id)
        if row.number in self.bad:
            return
        touched = set(all_given) | row.empty | {c.attname for c in self.every}
        self._take(Planned(row.number, record, None, all_given, beside), touched)

    def _made(self, row: Parsed, record: Record) -> list[Record]:
        if self.maker is None:
            return []
        try:
            return self.maker.make(record, row.texts)
        except ValidationError as error:
            if not hasattr(error, "error_dict"):
                self.error(row.number, "", " ".join(error.messages))
                return []
            for name, texts in error.message_dict.items():
                heading = self.maker.further.get(name) or self._heading(name)
                self.error(row.number, heading, " ".join(texts))
            return []

    def _own_store(self) -> Values:
        store = scope.own_store_column(self.kind)
        if not store or not self.viewer.store_id:
            return {}
        # Who works for all stores means all of them by naming none.
        for_all = self.kind.columns[store].null and self.viewer.sees_all_stores
        return {} if for_all else {store: self.viewer.store_id}

    def _change(self, row: Parsed, record: Record) -> None:
        given, empty = row.given, row.empty
        before = edit.columns_of(record)
        changes = {}
        for column in self.out.columns:
            name = column.attname
            old = getattr(record, name)
            if name in given and not values.same(column, old, given[name]):
                changes[name] = given[name]
            elif name in empty and old not in (None, "") and column.form is not Form.BOOLEAN:
                if column.field.null:
                    changes[name] = None
                elif column.form is Form.TEXT:
                    changes[name] = ""
        if not changes:
            self.out.unchanged += 1
            return
        edit.assign(record, changes)
        self._take(Planned(row.number, record, before, changes), set(changes))

    def _take(self, row: Planned, touched: set[str]) -> None:
        names = {f.name for f in row.record._meta.concrete_fields if f.attname in touched}
        refused = self.guard.refusal(row.before, edit.columns_of(row.record))
        if refused is not None:
            self.error(row.row, "", told.refusal(refused))
            return
        edit.stamp(row.record, is_new=row.is_new)
        for name, texts in _faults(row.record, names).items():
            self.error(row.row, self._heading(name), " ".join(texts))
        self.out.rows.append(row)

    def _heading(self, name: str) -> str:
        return next((c.heading for c in self.every if c.field.name == name), name)

    def _key_heading(self) -> str:
        known = {c.attname: c.heading for c in self.every}
        return " + ".join(known.get(name, name) for name in self.out.key)

    def _twice(self) -> None:
        """Two rows for one record would leave to chance which of them counts."""
        seen: dict[Any, int] = {}
        for row in self.out.rows:
            names: list[tuple[str, Any]] = [("id", row.record.pk)]
            if row.is_new and self.out.key:
                names.append(("key", tuple(getattr(row.record, n) for n in self.out.key)))
            first = next((seen[name] for name in names if name in seen), None)
            if first is not None:
                self.error(row.row, "", _("Row {row} is about the same record.").format(row=first))
            for name in names:
                seen.setdefault(name, row.row)

    def _capitals(self) -> None:
        """A code that differs in capitals only is a slip; who means it gives the row an id."""
        key = self.out.key
        forms = {column.attname: column.form for column in self.every}
        text = next((name for name in key if forms[name] is Form.TEXT), None)
        rows = [r for r in self.out.rows if r.is_new and r.row not in self.bad | self.with_id]
        if text is None or not rows:
            return
        wanted: dict[Key, Planned] = {}
        for row in rows:
            whole = tuple(getattr(row.record, name) for name in key)
            first = wanted.setdefault(_folded(whole), row)
            if first is not row:
                self._alike(row, _("row {row}").format(row=first.row))
        lowered = sorted({str(getattr(row.record, text)).lower() for row in rows})
        every = self._in_use().annotate(lowered=Lower(text))
        for start in range(0, len(lowered), BATCH):
            found = every.filter(lowered__in=lowered[start : start + BATCH])
            for whole in found.values_list(*key):
                if _folded(whole) in wanted:
                    value = dict(zip(key, whole, strict=True))[text]
                    self._alike(wanted[_folded(whole)], _("“{value}”").format(value=value))

    def _alike(self, row: Planned, other: str) -> None:
        text = _(
            "This differs from {other} in capitals only. Write it the same way, or give the row an"
            " id of its own."
        )
        self.error(row.row, self._key_heading(), text.format(other=other))

    def _contents(self) -> None:
        rows = [row for row in self.out.rows if row.row not in self.bad]
        records = [row.record for row in rows]
        columns = {name for row in rows for name in row.given}
        fields = {name.removesuffix("_id") for name in columns}
        parties = visibility.faults(self.viewer.connection, records, fields)
        names = patients.faults(self.viewer.connection, records, fields)
        contents = json_values.faults(self.viewer.connection, records, columns)
        for row, *of_names, of_contents in zip(rows, parties, names, contents, strict=True):
            faults = [(f"{name}_id", name, text) for found in of_names for name, text in found]
            faults += [(name, name, text) for name, text in of_contents]
            for column, name, text in faults:
                if column in row.given:
                    self.error(row.row, self._heading(name), text)


def _folded(key: Sequence[Any]) -> Key:
    return tuple(part.casefold() if isinstance(part, str) else part for part in key)


def _faults(record: Record, touched: set[str]) -> dict[str, list[str]]:
    """Return what is wrong with the values; references have been looked up already."""
    referring = {f.name for f in record._meta.concrete_fields if f.is_relation}
    every = {f.name for f in record._meta.fields}
    found = edit.faults(record, (every - touched) | referring | {"id", "extra"})
    for name in (referring & touched) | (set(found) & every):
        column = record._meta.get_field(name)
        is_empty = getattr(record, column.attname) in (None, "")  # type: ignore[union-attr]
        if is_empty and not (column.null and name in referring):
            found[name] = [_("This cell must not be empty.")]
    return found
