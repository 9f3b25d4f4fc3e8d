"""What the engine knows of one record type: its policies, its references, its form on each wire."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from django.db import models

from msupply.sync.declare import codecs
from msupply.sync.declare.codecs import Codec, Field
from msupply.sync.declare.policy import LocalOnly, Policy, SplitBy
from msupply.sync.declare.record import Permissions, Record
from msupply.sync.declare.removal import HardDelete, SoftDelete
from msupply.sync.declare.wire import Direction, Legacy, Modern

# Letters in a key. Two of them, at four bytes a letter, fit into an entry of a PostgreSQL index, which
# takes 2,704 bytes; a longer one would make every statement fail that holds it.
LONGEST_KEY = 255


class Wire(Enum):
    """The two sync protocols."""

    V5 = "v5"
    V6 = "v6"


class Channel(Enum):
    """The three logs that a record's changes can be read from; the value is the log's table."""

    CENTRAL = "changelog_central"
    QUEUE = "changelog_queue"
    MODERN = "changelog_modern"


@dataclass(frozen=True)
class Parent:
    """A reference that must exist: `column` holds the id of a row of `table`."""

    column: str
    table: str
    nullable: bool


@dataclass(frozen=True)
class WireTable:
    """One record type as one wire carries it."""

    wire: Wire
    name: str
    fields: dict[str, Field]
    direction: Direction
    sends_deletes: bool
    aliases: dict[str, str]
    legacy: Legacy | None

    @property
    def is_merge(self) -> bool:
        """True for merges of the records that the table of this name holds."""
        return self.legacy is not None and self.legacy.is_merge

    @cached_property
    def id_key(self) -> str | None:
        """The wire key of the record id, None where only the envelope carries it."""
        return next((key for key, field in self.fields.items() if field.column == "id"), None)


class RecordType:
    """What the engine knows of one declared model."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        self.number = model.number
        self.table = model._meta.db_table
        self.name = model._meta.model_name or ""
        self.policy: Policy | SplitBy | LocalOnly = model.sync
        self.permissions: Permissions = model.permissions
        self.removal: SoftDelete | HardDelete | None = model.removal
        self.columns = {str(f.column): f for f in model._meta.concrete_fields}

    def __repr__(self) -> str:
        return f"<RecordType {self.name}>"

    @cached_property
    def branches(self) -> list[tuple[str | None, Policy]]:
        """The policies of this table, each with its SQL condition; `{row}` stands for the row."""
        if isinstance(self.policy, LocalOnly):
            return []
        if isinstance(self.policy, Policy):
            return [(None, self.policy)]
        test = f"{self.path_sql(self.policy.column, '{row}')} = '{self.policy.value}'"
        # A parent that is gone makes the test NULL.
        return [
            (f"({test}) IS TRUE", self.policy.match),
            (f"({test}) IS NOT TRUE", self.policy.other),
        ]

    def policies_where(self, wanted: Callable[[Policy], bool]) -> bool:
        """True when one of the policies of this table is wanted."""
        return any(wanted(policy) for _, policy in self.branches)

    @property
    def syncs(self) -> bool:
        """True when rows of this table travel."""
        return not isinstance(self.policy, LocalOnly)

    @cached_property
    def of_oms_central(self) -> bool:
        """True when central rows of this table are the Open mSupply central server's to edit."""
        modern = self.modern is not None and self.modern.direction is not Direction.UP
        return self.reported or modern

    @cached_property
    def reported(self) -> bool:
        """True when its V5 form is only what an Open mSupply central server reports."""
        return bool(self.model.legacy and self.model.legacy.reported)

    @cached_property
    def by_v6_alone(self) -> bool:
        """True when its rows reach other places by V6, and by V5 at most as a report."""
        return self.legacy is None or self.reported

    @cached_property
    def fixed(self) -> list[str]:
        """The columns that no push changes once a row is here."""
        if self.model.written_once:
            return [column for column in self.columns if column not in ("id", "extra")]
        return list(self.model.fixed)

    @cached_property
    def parents(self) -> list[Parent]:
        """References that must exist, from columns of this table to other tables."""
        return [
            Parent(f.column, f.related_model._meta.db_table, f.null)
            for f in self.columns.values()
            if isinstance(f, models.ForeignKey) and _must_exist(f)
        ]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Text columns that an index or a log holds: at most `LONGEST_KEY` letters each.

        These are ids, references (which lead to an id or nowhere), what an index of the table
        names, and what the policies send rows by.
        """
        routing = set(self._routing_columns())
        named = set(_indexed(self.model))
        return frozenset(
            column
            for column, f in self.columns.items()
            if isinstance(_value_field(f), models.TextField | models.CharField)
            and (f.is_relation or f.unique or f.name in named or column in routing)
        )

    def _routing_columns(self) -> Iterator[str]:
        for _, policy in self.branches:
            paths = (policy.store, policy.partner, policy.other_party, policy.visible, policy.home)
            for path in filter(None, paths):
                if "." not in path:
                    yield path

    def path_sql(self, path: str, row: str) -> str:
        """Return the SQL of a path: a column of the row, or of its parent."""
        if "." not in path:
            return f"{row}.{path}"
        reference, table, target = self.follow(path)
        return f"(SELECT up.{target} FROM {table} up WHERE up.id = {row}.{reference})"

    def follow(self, path: str) -> tuple[str, str, str]:
        """Split `invoice.store_id` into this table's column, the parent's table and its column."""
        reference, target = path.split(".")
        column = f"{reference}_id"
        parent = self.columns[column].related_model
        assert isinstance(parent, type)
        return column, parent._meta.db_table, target

    def references(self) -> Iterable[type[models.Model]]:
        """Return every model this one must refer to, itself left out.

        Soft references do not order anything: their targets may be missing, and names and
        stores refer to each other.
        """
        for f in self.columns.values():
            if (
                isinstance(f, models.ForeignKey)
                and _must_exist(f)
                and f.related_model is not self.model
            ):
                yield f.related_model

    @cached_property
    def merged_table(self) -> str | None:
        """The table whose records are merged by records of this type, None for other types."""
        if self.model.legacy is None or not self.model.legacy.is_merge:
            return None
        kept = self.columns["kept_id"].related_model
        assert isinstance(kept, type)
        return kept._meta.db_table

    @cached_property
    def legacy(self) -> WireTable | None:
        """This type on the V5 wire."""
        declared = self.model.legacy
        if declared is None:
            return None
        fields = {
            key: value if isinstance(value, Field) else Field(value, self._legacy_codec(value))
            for key, value in declared.fields.items()
        }
        if declared.is_own:
            fields = self._modern_fields(Modern(declared.table))
        return WireTable(
            Wire.V5,
            declared.table,
            fields | dict(declared.quirk_keys),
            Direction.UP if declared.reported else declared.direction or self._direction(),
            declared.sends_deletes or (declared.is_own and self.removal is not None),
            dict(declared.aliases),
            declared,
        )

    @cached_property
    def modern(self) -> WireTable | None:
        """This type on the V6 wire."""
        declared = self.model.modern
        if declared is None:
            return None
        if declared.legacy_shape and self.legacy:
            fields, legacy = self.legacy.fields, self.legacy.legacy
        else:
            fields, legacy = self._modern_fields(declared), None
        return WireTable(
            Wire.V6,
            declared.table,
            fields,
            declared.direction or self._direction(),
            declared.sends_deletes or (declared.is_own and self.removal is not None),
            dict(declared.aliases),
            legacy,
        )

    def wire(self, wire: Wire) -> WireTable | None:
        """Return this type on a wire, None where it does not travel on it."""
        return self.legacy if wire is Wire.V5 else self.modern

    def channels(self, policy: Policy) -> list[Channel]:
        """Return the logs in which changes of rows under this policy are kept."""
        found = []
        if self.legacy and not self.reported:
            central = policy.everywhere and not policy.goes_up
            found.append(Channel.CENTRAL if central else Channel.QUEUE)
        if self.reported or (self.modern and _goes(policy, self.modern.direction)):
            found.append(Channel.MODERN)
        return found

    def _direction(self) -> Direction:
        down = any(p.goes_down for _, p in self.branches)
        up = any(p.goes_up for _, p in self.branches)
        if down and up:
            return Direction.BOTH
        return Direction.DOWN if down else Direction.UP

    def _modern_fields(self, declared: Modern) -> dict[str, Field]:
        names = {column: key for key, column in declared.renamed.items()}
        fields = {}
        for column in self.columns:
            if column == "extra" or column in declared.local:
                continue
            key = names.get(column, column)
            fields[key] = declared.fields.get(key) or Field(column, self._modern_codec(column))
        return fields

    def _legacy_codec(self, column: str) -> Codec:
        field = self.columns[column]
        target = _value_field(field)
        if column == "id":
            return codecs.RECORD_ID
        if _must_exist(field):
            return codecs.TEXT if field.null else codecs.REFERENCE
        if isinstance(target, models.TextField):
            return codecs.TEXT if field.null else codecs.REQUIRED_TEXT
        if isinstance(target, models.DateTimeField):
            return codecs.DATETIME
        if isinstance(target, models.DateField):
            return codecs.DATE
        return _optional_if_null(_number_codec(target), field.null)

    def _modern_codec(self, column: str) -> Codec:
        field = self.columns[column]
        target = _value_field(field)
        if column == "id":
            return codecs.RECORD_ID
        if isinstance(target, models.TextField):
            return _modern_text_codec(field)
        if isinstance(target, models.DateTimeField):
            return codecs.DATETIME
        if isinstance(target, models.DateField):
            return codecs.PLAIN_DATE
        return _optional_if_null(_number_codec(target), field.null)


def _indexed(model: type[Record]) -> Iterator[str]:
    """Yield the names of the fields in the indexes and constraints of a table."""
    yield from (f.name for f in model._meta.concrete_fields if getattr(f, "db_index", False))
    for index in (*model._meta.indexes, *model._meta.constraints):
        yield from getattr(index, "fields", ())
        for expression in getattr(index, "expressions", ()):
            parts = [expression] if isinstance(expression, models.F) else expression.flatten()
            yield from (part.name for part in parts if isinstance(part, models.F))  # type: ignore[attr-defined]


def _modern_text_codec(field: "models.Field[Any, Any]") -> Codec:
    if _must_exist(field):
        return codecs.TEXT if field.null else codecs.REFERENCE
    if field.choices:
        same = {str(value): str(value) for value, _ in field.choices}
        return codecs.choice(same, optional=field.null)
    return codecs.MODERN_TEXT if field.null else codecs.REQUIRED_TEXT


def _must_exist(field: "models.Field[Any, Any]") -> bool:
    return bool(getattr(field, "db_constraint", False))


def _value_field(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _number_codec(field: "models.Field[Any, Any]") -> Codec:
    if isinstance(field, models.BooleanField):
        return codecs.BOOL
    if isinstance(field, models.IntegerField):
        return codecs.INT
    if isinstance(field, models.FloatField):
        return codecs.NUMBER
    raise TypeError(f"{field} has no codec: use a text, number, boolean or date column")


def _goes(policy: Policy, direction: Direction) -> bool:
    down = policy.goes_down and direction is not Direction.UP
    up = policy.goes_up and direction is not Direction.DOWN
    return down or up


def _optional_if_null(codec: Codec, null: bool) -> Codec:
    return codecs.optional(codec) if null else codec
