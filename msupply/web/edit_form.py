"""Forms of what exists already: they write what their user has changed, and nothing else.

Beside each control stands what was shown in it (Django's `show_hidden_initial`), so that the form
knows, when it comes back, what its user has touched; services/meanwhile.py then looks whether others
have written there since. A form that comes without these marks, as from a script, is compared with
what is stored now.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from msupply.services.meanwhile import Conflict

# Names the fields in which a user leaves to others what they have saved.
THEIRS = "theirs"


class Both(NamedTuple):
    """What others have saved in a field, and what the user of this form wrote there."""

    theirs: Any
    mine: Any


class EditForm(forms.Form):
    """A form whose `initial` are the values as they are now.

    - `is_conflict`: others have written meanwhile what this form was to write over.
    - `both`: the fields of the user's in which they have.
    """

    def __init__(self, request: HttpRequest, initial: Mapping[str, Any]) -> None:
        is_sent = request.method == "POST"
        super().__init__(_settled(request.POST) if is_sent else None, initial=dict(initial))
        self.both: dict[str, Both] = {}
        self.is_conflict = False
        for name, field in self.fields.items():
            is_secret = isinstance(field.widget, forms.PasswordInput)
            is_marked = not is_sent or self._is_marked(name, field)
            field.show_hidden_initial = is_marked and not is_secret
            if is_sent and is_marked and isinstance(field, forms.MultipleChoiceField):
                # Where nothing was ticked nothing is sent; a page that shows it again must know.
                mark = self.add_initial_prefix(name)
                self._query.setlist(mark, self._query.getlist(mark))
            self._keep_as_it_is(name, field)

    @property
    def changes(self) -> dict[str, Any]:
        """What the user has changed, as it was cleaned."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    @property
    def shown(self) -> dict[str, Any]:
        """What the form showed when it was opened; nothing for fields without a mark."""
        marked = (name for name, field in self.fields.items() if field.show_hidden_initial)
        found = {}
        for name in marked:
            try:
                found[name] = self._value(name, self._mark(name))
            except ValidationError:
                continue
        return found

    @property
    def status(self) -> int:
        """The HTTP status of the page with this form."""
        if self.is_conflict:
            return 409
        return 422 if self.errors else 200

    def tell(self, conflict: Conflict, removal: str | None = None) -> None:
        """Show both values where others have written too, and what they wrote elsewhere.

        Sent once more, the form writes what its user decides. `removal` is the field that says
        whether a record is deleted.
        """
        self.is_conflict = True
        theirs = {self._name(name): value for name, value in conflict.theirs.items()}
        touched = set(self.changed_data)
        mine = {name: self._sent(name) for name in theirs}
        for name, field in self.fields.items():
            value = theirs.get(name, self.initial.get(name))
            if field.show_hidden_initial and (name in theirs or name not in touched):
                self._put(self.add_initial_prefix(name), value)
            if name not in touched:
                self._put(self.add_prefix(name), value)
        if removal in theirs and removal not in touched:
            text = _(
                "Others have deleted this meanwhile. Nothing of yours is saved yet: what you typed"
                " stands below. Save again only if you still want it in what is deleted."
            )
            self.add_error(None, text)
        else:
            text = _(
                "Others have changed the same meanwhile. Nothing of yours is saved yet: look at what"
                " stands here now, choose, and save again."
            )
            self.add_error(None, text)
        for name in theirs.keys() & self.fields.keys() & touched:
            self.both[name] = Both(theirs[name], mine[name])
            self.add_error(name, _("Others have changed this meanwhile."))

    @property
    def _query(self) -> QueryDict:
        assert isinstance(self.data, QueryDict)
        return self.data

    def _name(self, name: str) -> str:
        return name if name in self.fields else name.removesuffix("_id")

    def _is_marked(self, name: str, field: forms.Field) -> bool:
        if isinstance(field, forms.MultipleChoiceField):
            # Where nothing was ticked there is nothing to send.
            return any(key.startswith(self.add_initial_prefix("")) for key in self.data)
        return self.add_initial_prefix(name) in self.data

    def _mark(self, name: str) -> Any:
        widget = self.fields[name].hidden_widget()
        return widget.value_from_datadict(self.data, self.files, self.add_initial_prefix(name))

    def _sent(self, name: str) -> Any:
        try:
            return self._value(name, self[name].data)
        except (KeyError, ValidationError):
            return None

    def _value(self, name: str, raw: Any) -> Any:
        field = self.fields[name]
        value = field.to_python(raw)
        if isinstance(field, forms.TypedChoiceField):
            return field.empty_value if value in field.empty_values else field.coerce(value)
        return value

    def _put(self, key: str, value: Any) -> None:
        values = value if isinstance(value, (list, tuple)) else [value]
        self._query.setlist(key, [_as_sent(one) for one in values])

    def _keep_as_it_is(self, name: str, field: forms.Field) -> None:
        """Let a control show what is stored, so that it is not changed by being looked at."""
        value = self.get_initial_for_field(field, name)
        if isinstance(field, forms.ChoiceField) and not isinstance(
            field, forms.MultipleChoiceField
        ):
            known = {str(key) for key, _text in choices_of(field)}
            seen = dict.fromkeys([value, self._mark(name) if self.is_bound else None])
            strange = [v for v in seen if v not in (None, "") and str(v) not in known]
            field.choices = [*choices_of(field), *((v, v) for v in strange)]
        elif type(field.widget) is forms.TextInput and isinstance(value, str) and "\n" in value:
            # An input of one line would drop the line breaks.
            field.widget = forms.Textarea(attrs={"rows": 3})


def choices_of(field: forms.ChoiceField) -> list[tuple[Any, Any]]:
    """Return the values that a field offers, each with its text."""
    return list(cast(Iterable[tuple[Any, Any]], field.choices))


def _settled(sent: QueryDict) -> QueryDict:
    """Put back what others have saved where the user leaves it to them."""
    data = sent.copy()
    for name in sent.getlist(THEIRS):
        data.setlist(name, sent.getlist(f"initial-{name}"))
    return data


def _as_sent(value: Any) -> str:
    """Return a value as hidden controls carry it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value)
