"""How forms carry what they showed, and what others have saved meanwhile; see web/edit_form.py."""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from msupply.web.edit_form import Both, EditForm, choices_of
from msupply.web.screens import cells
from msupply.web.screens.forms import ChooserInput
from msupply.web.templatetags.pages import day, moment

register = template.Library()


@register.filter
def mark(field: BoundField) -> SafeString | str:
    """Carry what is shown in a control, in a hidden one."""
    return field.as_hidden(only_initial=True) if field.field.show_hidden_initial else ""


@register.filter
def both(field: BoundField) -> Both | None:
    """Return in words what others have saved in a field, and what the user wrote there."""
    found = field.form.both.get(field.name) if isinstance(field.form, EditForm) else None
    return found and Both(*(_in_words(field.field, value) for value in found))


def _in_words(field: forms.Field, value: Any) -> SafeString | str:
    if value in (None, "", []):
        return _("nothing")
    if isinstance(value, list):
        return ", ".join(_in_words(field, one) for one in value)
    if isinstance(field.widget, ChooserInput):
        return field.widget.label_of(value) or str(value)
    if isinstance(field, forms.ChoiceField):
        texts = {str(key): str(text) for key, text in choices_of(field)}
        return texts.get(str(value), str(value))
    return _plain(value)


def _plain(value: Any) -> SafeString | str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value.isoformat())
    return cells.number(value) if isinstance(value, (int, float)) else str(value)
