"""Forms made from the columns of a record type; the rules are checked by services.edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from msupply.services import edit
from msupply.services.meanwhile import Conflict, same
from msupply.sync.declare.record import Record
from msupply.sync.declare.registry import RecordType, registry
from msupply.web.edit_form import EditForm
from msupply.web.screens import labels, scope
from msupply.web.screens.screen import Column, heading
from msupply.web.visit import PageRequest, Visit

LONG_TEXTS = ("comment", "notes", "note", "description", "properties", "data", "body", "json")


class ChooserInput(forms.TextInput):
    """Finds a record by typing a part of its name."""

    template_name = "widgets/chooser.html"

    def __init__(
        self, target: type[models.Model], asking: str = "", visit: Visit | None = None
    ) -> None:
        super().__init__()
        self.target, self.asking, self.visit = target, asking, visit

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the record type to search, and the name of the record that is chosen."""
        context = super().get_context(name, value, attrs)
        kind = registry().by_table[self.target._meta.db_table]
        context["widget"] |= {
            "record_type": kind.name,
            "label": self.label_of(value) or value or "",
            "asking": self.asking,
        }
        return context

    def label_of(self, value: Any) -> str:
        """Return the name of a record, nothing for one that its reader may not be told."""
        kind = registry().by_table[self.target._meta.db_table]
        if not value or not self._may_be_told(kind, str(value)):
            return ""
        return labels.of(self.target, [value]).get(str(value), "")

    def _may_be_told(self, kind: RecordType, value: str) -> bool:
        """Addresses may give any id: nobody learns by it what a record of another store is."""
        if self.visit is None:
            return True
        return scope.records(self.visit, kind, with_deleted=True).filter(pk=value).exists()


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A moment: UTC on the server, in the reader's zone in the browser (see app.js)."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"data-utc": "", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")


def form_of(
    request: PageRequest,
    columns: Sequence[Column],
    slug: str,
    record: Record | None,
    more: Mapping[str, forms.Field] | None = None,
    more_initial: Mapping[str, Any] | None = None,
) -> forms.Form:
    """Return the form of some columns of a record type, which its list's pickers serve.

    `more` are fields that no column stands behind. The form of a new record begins with what its
    address says.
    """
    fields = {column.name: form_field(request.visit, column, slug) for column in columns}
    fields |= more or {}
    initial = initial_of(columns, record) | dict(more_initial or {})
    if record is not None:
        mark = removal_mark(edit.kind_of(type(record)))
        if mark is not None and mark.name not in fields:
            # Not asked for, but nobody writes unawares into what is deleted meanwhile.
            fields[mark.name] = form_field(request.visit, mark, slug)
            fields[mark.name].widget = forms.HiddenInput()
            initial |= initial_of([mark], record)
        changed: forms.Form = type("ChangeForm", (EditForm,), fields)(request, initial)
        return changed
    given = {name: value for name, value in request.GET.items() if name in fields}
    sent = request.POST if request.method == "POST" else None
    form: forms.Form = type("NewForm", (forms.Form,), fields)(sent, initial=initial | given)
    return form


def removal_mark(kind: RecordType) -> "Column | None":
    """Return the column that says whether a record is deleted, None where no column does."""
    column = edit.removal_column(kind)
    return kind.columns[column] if column else None


def form_field(visit: Visit, column: Column, slug: str) -> forms.Field:
    """Return the form field of a column."""
    required = not column.blank and not column.null and not isinstance(column, models.BooleanField)
    common: dict[str, Any] = {"label": heading(column), "required": required}
    if isinstance(column, models.ForeignKey):
        target = column.related_model
        assert isinstance(target, type)
        return forms.CharField(
            widget=ChooserInput(target, f"{slug}.{column.name}", visit), **common
        )
    if column.choices:
        return _choice(column, common)
    if isinstance(column, models.BooleanField):
        if column.null:
            return forms.NullBooleanField(**common)
        return forms.BooleanField(widget=forms.CheckboxInput, **common)
    return _plain(column, common)


def _choice(column: Column, common: dict[str, Any]) -> forms.Field:
    blank = [] if common["required"] and column.has_default() else [("", "")]
    choices = [*blank, *column.flatchoices]
    if isinstance(column, models.IntegerField):
        return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, **common)
    return forms.ChoiceField(choices=choices, **common)


def _plain(column: Column, common: dict[str, Any]) -> forms.Field:
    if isinstance(column, models.DateTimeField):
        return forms.DateTimeField(
            widget=MomentInput(), input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"], **common
        )
    if isinstance(column, models.DateField):
        return forms.DateField(widget=DateInput(), **common)
    if isinstance(column, models.IntegerField):
        return forms.IntegerField(**common)
    if isinstance(column, models.FloatField):
        return forms.FloatField(widget=forms.NumberInput(attrs={"step": "any"}), **common)
    is_long = column.name.endswith(LONG_TEXTS)
    widget = forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput()
    return forms.CharField(widget=widget, **common)


def initial_of(columns: Sequence[Column], record: Record | None) -> dict[str, Any]:
    """Return what a form begins with: the record's values, or the defaults of the columns."""
    if record is not None:
        return {column.name: getattr(record, column.attname) for column in columns}
    return {column.name: column.get_default() for column in columns if column.has_default()}


def changed_values(
    columns: Sequence[Column], form: forms.Form, record: Record | None
) -> dict[str, Any]:
    """Return the values that a user really changed, by column name, as columns hold them."""
    values = {}
    for column in columns:
        value = form.cleaned_data.get(column.name)
        if value == "" and column.null:
            value = None
        is_touched = column.name in form.changed_data
        if record is None or (is_touched and not same(value, getattr(record, column.attname))):
            values[column.attname] = value
    return values


def status_of(form: forms.Form) -> int:
    """Return the HTTP status of a page with a form."""
    if isinstance(form, EditForm):
        return form.status
    return 422 if form.errors else 200


def add_errors(form: forms.Form, error: ValidationError, kind: RecordType | None = None) -> None:
    """Show what a service refused next to the field it is about.

    `kind` says which field tells that a record is deleted.
    """
    if isinstance(form, EditForm) and isinstance(error, Conflict):
        mark = removal_mark(kind) if kind else None
        form.tell(error, mark.name if mark else None)
        return
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.message_dict.items():
        field = name.removesuffix("_id") if name not in form.fields else name
        for message in messages:
            if name == NON_FIELD_ERRORS:
                form.add_error(None, message)
            elif field in form.fields:
                form.add_error(field, message)
            else:
                form.add_error(
                    None, _("%(field)s: %(message)s") % {"field": name, "message": message}
                )
