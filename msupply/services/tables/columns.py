"""The columns of a record type as files name them, derived from its declaration."""

import dataclasses
from collections.abc import Iterable
from enum import Enum
from typing import Any, TypeAlias

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from msupply.sync.declare.registry import RecordType

ModelField: TypeAlias = "models.Field[Any, Any]"

# The engine's own columns, and what must never leave the database.
HIDDEN = frozenset({"id", "extra", "password"})
ID = "id"


class Form(Enum):
    """How a value is written."""

    TEXT = "text"
    CHOICE = "choice"
    REFERENCE = "reference"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"


@dataclasses.dataclass(frozen=True)
class TableColumn:
    """One column; headings and choices are in the language of who asked for it."""

    field: ModelField
    form: Form
    heading: str
    choices: dict[Any, str] = dataclasses.field(default_factory=dict)

    @property
    def attname(self) -> str:
        """The name of the value on a record."""
        return self.field.attname

    @property
    def target(self) -> type[models.Model]:
        """The record type that a reference leads to."""
        target = self.field.related_model
        assert isinstance(target, type)
        return target

    @property
    def required(self) -> bool:
        """True when a new record cannot do without a value."""
        if self.form is Form.BOOLEAN or self.field.has_default():
            return False
        return not self.field.blank and not self.field.null

    def names(self) -> Iterable[str]:
        """Return everything that a file may call this column."""
        yield self.heading
        yield self.field.name
        yield self.attname
        with override("en"):
            yield _heading(self.field, self.form)


def form_of(column: ModelField) -> Form:
    """Return how the values of a column are written."""
    if isinstance(column, models.ForeignKey):
        return Form.REFERENCE
    if column.choices:
        return Form.CHOICE
    for type_, form in (
        (models.BooleanField, Form.BOOLEAN),
        (models.DateTimeField, Form.MOMENT),
        (models.DateField, Form.DATE),
        (models.IntegerField, Form.INTEGER),
        (models.FloatField, Form.NUMBER),
    ):
        if isinstance(column, type_):
            return form
    return Form.TEXT


def columns_of(kind: RecordType) -> list[TableColumn]:
    """Return the columns of a record type that people may see, without its id."""
    fields = [f for f in kind.model._meta.concrete_fields if f.name not in HIDDEN]
    return [_column(f) for f in fields]


def _column(column: ModelField) -> TableColumn:
    form = form_of(column)
    choices = {key: str(text) for key, text in column.flatchoices} if column.choices else {}
    if form is Form.BOOLEAN:
        choices = {True: _("Yes"), False: _("No")}
    return TableColumn(column, form, _heading(column, form), choices)


def _heading(column: ModelField, form: Form) -> str:
    text = capfirst(gettext(str(column.verbose_name)))
    # Files know no time zone of their reader.
    return f"{text} (UTC)" if form is Form.MOMENT else text
