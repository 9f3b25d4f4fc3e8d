"""The home store of a patient or prescriber: where the record is edited, shown and changed."""

from typing import TypeAlias

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from msupply.central import home_store
from msupply.records.activity_types import ActivityType
from msupply.records.clinicians import Clinician
from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.services import edit
from msupply.services.permissions import EDIT_CENTRAL_DATA
from msupply.web import page, require
from msupply.web.administration import change_log
from msupply.web.edit_form import EditForm
from msupply.web.screens import screen
from msupply.web.screens.forms import ChooserInput
from msupply.web.visit import PageRequest

Person: TypeAlias = Name | Clinician


class HomeForm(EditForm):
    """Another home store; `home` is the one that the page showed."""

    home = forms.CharField(required=False, widget=forms.HiddenInput())
    store = forms.CharField(
        label=gettext_lazy("New home store"), max_length=100, widget=ChooserInput(Store)
    )

    def clean_store(self) -> Store:
        """Find the store; the search field gives its record id."""
        store = Store.objects.filter(pk=self.cleaned_data["store"]).first()
        if store is None:
            raise ValidationError(_("Choose a store of the list."))
        return store


def _person(kind: str, record_id: str) -> Person:
    if kind == "patient":
        return get_object_or_404(Name, pk=record_id, type="PATIENT")
    if kind == "prescriber":
        return get_object_or_404(Clinician, pk=record_id)
    raise Http404


def change(request: PageRequest, kind: str, record_id: str) -> HttpResponse:
    """Show the home store, and give another one."""
    require.central(request, EDIT_CENTRAL_DATA)
    person = _person(kind, record_id)
    form = HomeForm(request, {"home": home_store.home_of(person)})
    if form.is_valid():
        new = form.cleaned_data["store"]
        try:
            home_store.change(connection, request.visit.user, person, new, form.shown)
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect("home-store", kind, record_id)
    home = Store.objects.select_related("name").filter(pk=home_store.home_of(person) or "").first()
    record_screen = screen.of_type(edit.kind_of(type(person)), {"type": "PATIENT"})
    context = {
        "form": form,
        "title": _person_name(person),
        "back": record_screen.page("detail", person.pk),
        "home": home,
        "site": Site.objects.filter(site_id=home.site_id).first() if home else None,
        "log": change_log.entries(person.pk, (ActivityType.HOME_STORE_CHANGED,)),
    }
    return render(request, "administration/home_store.html", context, status=form.status)


def _person_name(person: Person) -> str:
    if isinstance(person, Name):
        return person.name
    return " ".join(filter(None, (person.first_name, person.last_name))) or person.code
