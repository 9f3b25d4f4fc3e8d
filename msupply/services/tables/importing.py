"""Tables in: what a file would change is planned first, with errors by row; see writing.py.

A row is matched to a record by its id or, for types that have one, by a key that people know:
its code, its name within its parent, or the two records that it joins.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from msupply.services import edit, keys, leaving, newcomers, scope
from msupply.services.guard import Guard
from msupply.services.keys import Key
from msupply.services.scope import Viewer
from msupply.services.tables import matching, titles, told, twice, values
from msupply.services.tables.cells import Cells
from msupply.services.tables.columns import ID, Form, columns_of
from msupply.services.tables.files import FilledSheet
from msupply.services.tables.making import Maker
from msupply.services.tables.plans import Parsed, Plan, Planned, Values
from msupply.sync.declare import Record
from msupply.sync.declare.registry import RecordType

LONGEST_ID = 100
# New ones are made on a page of their own, which makes what belongs to them too.
CHANGED_ONLY = frozenset({"site", "store", "user"})


def plan(
    viewer: Viewer,
    kind: RecordType,
    sheet: FilledSheet,
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
        sheet: FilledSheet,
        only: Values,
        maker: Maker | None,
    ) -> None:
        self.viewer, self.kind, self.only, self.maker = viewer, kind, only, maker
        self.shared = _own_store(viewer, kind) | only
        self.out = _nothing_yet(kind, sheet, only, self.shared, maker)
        self.guard = Guard(viewer.connection, viewer.user, viewer.store_id, kind)

    def plan(self) -> Plan:
        cells = Cells(self.viewer, self.out)
        existing = matching.by_id(self._visible(), cells.ids)
        parsed = []
        for place, record_id in enumerate(cells.ids):
            current = existing.get(record_id)
            row = cells.row(place, current)
            row.key = self._key(current, row)
            parsed.append(row)
        wanted = {row.key for row in parsed if row.key is not None}
        by_key = matching.by_key(self._in_use(), self.out.key, wanted)
        for row in parsed:
            if row.number not in self.out.bad:
                self._row(row, existing.get(row.record_id), by_key.get(row.key or (), []))
        twice.refuse(self.out)
        twice.refuse_capitals(self.out, self._in_use())
        self._contents()
        self.out.rows = self.out.good
        self.out.errors.sort(key=lambda error: error.row)
        return self.out

    def _visible(self) -> QuerySet[Record]:
        every = scope.records(self.viewer, self.kind, with_deleted=True)
        return every.filter(**self.only)

    def _in_use(self) -> QuerySet[Record]:
        every = self._visible()
        if "deleted_datetime" in self.kind.columns:
            every = every.filter(Q(deleted_datetime__isnull=True))
        return every

    def _key(self, current: Record | None, row: Parsed) -> Key | None:
        """Return what people know the row's record by, as it will be."""
        is_here = {name: getattr(current, name) for name in self.out.key} if current else {}
        before = is_here or self.shared
        return keys.values(self.kind, self.out.key, before | self._emptied(row) | row.given)

    def _emptied(self, row: Parsed) -> Values:
        """An empty reference says that there is none, not that the cell says nothing."""
        fields = {column.attname: column.field for column in self.out.every}
        return {n: None for n in row.empty if fields[n].is_relation and fields[n].null}

    def _row(self, row: Parsed, record: Record | None, same_key: list[Record]) -> None:
        number = row.number
        if record is None and row.record_id and not self._new_id_is_good(row):
            return
        if record is None and not row.record_id:
            if len(same_key) > 1:
                text = _("{n} records have this {key}. Give the id of the right one.")
                text = text.format(n=len(same_key), key=self.out.key_heading)
                self.out.refuse(number, "", text)
                return
            record = same_key[0] if same_key else None
        elif self._is_taken(row, record, same_key):
            text = _("Another record has this {key} already.")
            self.out.refuse(number, "", text.format(key=self.out.key_heading))
            return
        if record is None:
            self._new(row)
            return
        for heading, text in row.doubts.items():
            self.out.refuse(number, heading, text)
        self._change(row, record)

    def _is_taken(self, row: Parsed, record: Record | None, same_key: list[Record]) -> bool:
        """True when the row gives its record a key that another record has."""
        if record is None:
            return bool(same_key)
        was = tuple(getattr(record, name) for name in self.out.key)
        return row.key != was and any(other.pk != record.pk for other in same_key)

    def _new_id_is_good(self, row: Parsed) -> bool:
        taken = edit.rows_of(self.viewer.connection, self.kind.model).filter(pk=row.record_id)
        if len(row.record_id) > LONGEST_ID or any(letter.isspace() for letter in row.record_id):
            text = _("This is no id. Leave the cell empty for a new record.")
        elif taken.exists():
            text = _("This record is not on this list, or you may not see it.")
        else:
            return True
        self.out.refuse(row.number, ID, text)
        return False

    def _new(self, row: Parsed) -> None:
        if self.kind.name in CHANGED_ONLY and self.maker is None:
            what = str(self.kind.model._meta.verbose_name)
            text = _("There is no such {what} yet. Make it on its own page first.")
            self.out.refuse(row.number, "", text.format(what=what))
            return
        record: Record = self.kind.model(id=row.record_id) if row.record_id else self.kind.model()
        defaults = self.maker.defaults if self.maker else {}
        all_given = dict(defaults) | self.shared | self._emptied(row) | row.given
        edit.assign(record, all_given)
        beside = self._made(row, record) + newcomers.complete(record, self.viewer.store_id)
        if row.number in self.out.bad:
            return
        touched = set(all_given) | row.empty | {c.attname for c in self.out.every}
        planned = Planned(row.number, record, None, all_given, beside, bool(row.record_id))
        self._take(planned, touched)

    def _made(self, row: Parsed, record: Record) -> list[Record]:
        if self.maker is None:
            return []
        try:
            return self.maker.make(record, row.texts)
        except ValidationError as error:
            if not hasattr(error, "error_dict"):
                self.out.refuse(row.number, "", " ".join(error.messages))
                return []
            for name, texts in error.message_dict.items():
                heading = self.maker.further.get(name) or self.out.heading(name)
                self.out.refuse(row.number, heading, " ".join(texts))
            return []

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
            self.out.refuse(row.row, "", told.refusal(refused))
            return
        edit.stamp(row.record, is_new=row.is_new)
        for name, texts in _faults(row.record, names).items():
            self.out.refuse(row.row, self.out.heading(name), " ".join(texts))
        self.out.rows.append(row)

    def _contents(self) -> None:
        for check in (edit.contents, leaving.faults):
            rows = self.out.good
            records = [row.record for row in rows]
            columns = {name for row in rows for name in row.given}
            fields = {name.removesuffix("_id") for name in columns}
            found = check(self.viewer.connection, records, columns | fields)
            for row, of_row in zip(rows, found, strict=True):
                for name, text in of_row:
                    if name == NON_FIELD_ERRORS:
                        self.out.refuse(row.row, "", text)
                    elif not row.given.keys().isdisjoint((name, f"{name}_id")):
                        self.out.refuse(row.row, self.out.heading(name), text)


def _nothing_yet(
    kind: RecordType, sheet: FilledSheet, only: Values, shared: Values, maker: Maker | None
) -> Plan:
    every = columns_of(kind)
    places, unknown = titles.matched(every, sheet.titles, only)
    further = titles.further(maker, unknown, sheet.titles)
    ignored = [t for t in unknown if sheet.titles.index(t) not in further]
    key = keys.of(kind, {column.attname for column in places.values()} | set(shared))
    return Plan(kind, sheet, every, places, further, ignored, key, maker)


def _own_store(viewer: Viewer, kind: RecordType) -> Values:
    store = scope.own_store_column(kind)
    if not store or not viewer.store_id:
        return {}
    # Who works for all stores means all of them by naming none.
    for_all = kind.columns[store].null and viewer.sees_all_stores
    return {} if for_all else {store: viewer.store_id}


def _faults(record: Record, touched: set[str]) -> dict[str, list[str]]:
    """Return what is wrong with the values; references have been looked up already."""
    referring = {f.name for f in record._meta.concrete_fields if f.is_relation}
    every = {f.name for f in record._meta.fields}
    found = edit.faults(record, (every - touched) | referring | {"id", "extra"})
    for column in record._meta.concrete_fields:
        name = column.name
        if name not in (referring & touched) and name not in found:
            continue
        is_empty = getattr(record, column.attname) in (None, "")
        if is_empty and not (column.null and name in referring):
            found[name] = [_("This cell must not be empty.")]
    return found
