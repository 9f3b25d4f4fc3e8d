"""The page of a form whose record is no longer there; what was typed into it stays to be read."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from msupply.web.visit import PageRequest


def show(
    request: PageRequest, form: forms.Form, back_url: str, back_text: str | Promise
) -> HttpResponse:
    """Say that the record is gone, and show what was typed, with nothing to save it by.

    Raises Http404 where nothing was typed.
    """
    if request.method != "POST":
        raise Http404
    context = {"form": form, "back_url": back_url, "back_text": back_text}
    return render(request, "gone.html", context, status=404)
