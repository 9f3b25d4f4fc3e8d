"""Letting a store see what another one sees: the form, for every page that offers it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from msupply.central import visibility_copy
from msupply.central.visibility_copy import Copied, Parts
from msupply.records.stores import Store
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest


class TemplateField(forms.CharField):
    """A store of which the visibility is copied; the search field gives its record id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, widget=ChooserInput(Store), **options)

    def clean(self, value: str) -> Store | None:
        """Find the store."""
        text = super().clean(value)
        if not text:
            return None
        store = Store.objects.select_related("name").filter(pk=text).first()
        if store is None:
            raise ValidationError(_("Choose a store of the list."))
        return store


class CopyForm(forms.Form):
    """From which store, and what."""

    template = TemplateField(label=gettext_lazy("Copy from the store"))
    names = forms.BooleanField(
        label=gettext_lazy("The customers and suppliers that it sees"),
        required=False,
        initial=True,
    )
    items = forms.BooleanField(
        label=gettext_lazy("The master lists that it sees"), required=False, initial=True
    )
    seen_by = forms.BooleanField(
        label=gettext_lazy("The stores that see it shall see this store too"),
        required=False,
        initial=True,
    )


def copy(request: PageRequest, template: Store, store: Store, parts: Parts | None = None) -> None:
    """Copy, and say what has become visible."""
    visit = request.visit
    done = visibility_copy.copy(connection, visit.user, visit.store_id, template, store, parts)
    text = " ".join(_told(done)) or _("Everything was visible already.")
    messages.success(request, text)


def _told(done: Copied) -> Iterator[str]:
    if done.names:
        text = ngettext(
            "%(n)d name has become visible.", "%(n)d names have become visible.", done.names
        )
        yield text % {"n": done.names}
    if done.items:
        text = ngettext(
            "%(n)d master list has become visible.",
            "%(n)d master lists have become visible.",
            done.items,
        )
        yield text % {"n": done.items}
    if done.seen_by:
        text = ngettext("%(n)d more store sees it.", "%(n)d more stores see it.", done.seen_by)
        yield text % {"n": done.seen_by}
    if done.left_out:
        text = ngettext(
            "%(n)d store is being moved to another site: make it visible there afterwards.",
            "%(n)d stores are being moved to another site: make it visible there afterwards.",
            done.left_out,
        )
        yield text % {"n": done.left_out}
