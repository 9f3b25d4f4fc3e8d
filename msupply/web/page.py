"""The page that every form of its own uses."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from msupply.services.meanwhile import Conflict
from msupply.web.edit_form import EditForm
from msupply.web.visit import PageRequest


class Ticks(forms.CheckboxSelectMultiple):
    """Tick boxes in the look of all others."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-check-input"})


class PasswordForm(forms.Form):
    """A new password, of a user or a site."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


@dataclass(frozen=True)
class FormPage:
    """How a form is framed: its title, the page it belongs to, and the word on its button."""

    title: str
    back_url: str
    back_text: str
    button: str
    note: str = ""


def show(request: PageRequest, page: FormPage, form: forms.Form) -> HttpResponse:
    """Show a form, with what is wrong in it if it was sent."""
    context = {"page": page, "form": form}
    return render(request, "form_page.html", context, status=422 if form.errors else 200)


def add_errors(form: forms.Form, error: ValidationError, names: dict[str, str]) -> None:
    """Show what a service refused at the form's field; `names` maps its names to the form's."""
    if isinstance(form, EditForm) and isinstance(error, Conflict):
        form.tell(error)
        return
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, texts in error.message_dict.items():
        field = names.get(name, name)
        form.add_error(field if field in form.fields else None, list(texts))


def address_here(wanted: str, otherwise: str) -> str:
    """Return an address that a request has asked to go on to; one of another server never."""
    is_here = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_here else otherwise
