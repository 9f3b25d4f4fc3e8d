"""The form of a store's Synchronisation tab: where it is active, and what it is on other sites."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from msupply.central.store_sync import Placed, StoreSyncSettings
from msupply.sync.placement import SyncType
from msupply.web.administration import looks
from msupply.web.edit_form import EditForm
from msupply.web.visit import PageRequest

# Before the number of a site in the name of a field.
TYPE = "sync_"


def form_of(request: PageRequest, shown: StoreSyncSettings, placed: Placed) -> EditForm:
    """Return the form for the sites that are shown, and for those that it is sent with."""
    names = {line.site.site_id: line.site.name for line in shown.sites}
    # Others may have taken a site out of the table meanwhile.
    numbers = {*names, *(n for name in request.POST if (n := number_of(name)) is not None)}
    fields: dict[str, forms.Field] = {
        "local": forms.TypedChoiceField(choices=list(names.items()), coerce=int, required=False),
        "include_transactions": forms.BooleanField(required=False),
        "resync_patients": forms.BooleanField(required=False),
    } | {f"{TYPE}{number}": _type_field() for number in sorted(numbers)}
    initial = values(placed, fields)
    form: EditForm = type("PlacesForm", (EditForm,), fields)(request, initial)
    return form


def _type_field() -> forms.Field:
    # Which of them may be chosen for a site the service says, and why not the others.
    return forms.ChoiceField(
        choices=[(kind.value, looks.CHOICE_WORDS[kind]) for kind in SyncType],
        required=False,
        error_messages={"invalid_choice": _("Choose one of the offered values.")},
    )


def number_of(name: str) -> int | None:
    """Return the number of the site whose sync type a field holds."""
    number = name.removeprefix(TYPE)
    is_one = number != name and number.isdecimal() and len(number) < 10
    return int(number) if is_one else None


def values(placed: Placed, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is so of a store, by the names of the form's fields."""
    found: dict[str, Any] = {}
    for name in names:
        number = number_of(name)
        if number is not None:
            found[name] = placed.types.get(number, SyncType.NONE).value
    plain = {
        "local": placed.site_id,
        "include_transactions": placed.include_transactions,
        "resync_patients": False,
    }
    return plain | found


def local_of(form: EditForm) -> int:
    """Return the number of the site that is chosen for the store to be active on."""
    chosen = str(form["local"].value() or "")
    return int(chosen) if chosen.isdecimal() else int(form.initial["local"])
