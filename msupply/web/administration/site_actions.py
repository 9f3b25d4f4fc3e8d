"""What an administrator does to a site: new password, another device, starting over, deleting."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from msupply.central import resync, sites
from msupply.records.sites import Site
from msupply.web import page, require
from msupply.web.administration.confirm import Question
from msupply.web.page import FormPage, PasswordForm
from msupply.web.password_again import asks_password
from msupply.web.visit import PageRequest


def _site(request: PageRequest, site_id: str) -> Site:
    require.central_admin(request)
    return get_object_or_404(Site, pk=site_id)


def _ask(site: Site, title: str, consequences: list[str], button: str, word: str = "") -> Question:
    back = reverse("site", args=[site.pk])
    return Question(title, consequences, button, back, site.name, word)


@asks_password
def password(request: PageRequest, site_id: str) -> HttpResponse:
    """Give a site another password; the site does not connect until it has it too."""
    site = _site(request, site_id)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sites.set_password(connection, site, form.cleaned_data["password"])
        except ValidationError as error:
            page.add_errors(form, error, {})
        else:
            messages.success(request, _("Saved"))
            return redirect("site", site.pk)
    note = _(
        "The site can connect again when the same password is entered there, under Sync, Settings."
    )
    back = reverse("site", args=[site.pk])
    return page.show(request, FormPage(_("New password"), back, site.name, _("Save"), note), form)


def reset_hardware_id(request: PageRequest, site_id: str) -> HttpResponse:
    """Free a site for another device."""
    site = _site(request, site_id)
    question = _ask(
        site,
        _("Reset hardware id"),
        [
            _("The site “%(name)s” can then be initialised on another device.")
            % {"name": site.name},
            _("The next device that connects has the site: switch off the one that it has now."),
            _("What that device has not sent yet is lost: let it synchronise before."),
        ],
        _("Reset hardware id"),
    )
    if not question.is_confirmed(request):
        return question.ask(request)
    try:
        sites.reset_hardware_id(connection, site.name)
    except ValidationError as error:
        return question.ask(request, " ".join(error.messages))
    text = _("The site “%(name)s” can now be initialised on another device.")
    messages.success(request, text % {"name": site.name})
    return redirect("site", site.pk)


def reset(request: PageRequest, site_id: str) -> HttpResponse:
    """Start a site over, from the beginning."""
    site = _site(request, site_id)
    question = _ask(
        site,
        _("Reset the site"),
        [
            _("The site forgets its device, and any device can be initialised as it."),
            _("Everything that belongs to it is sent from the beginning."),
            _("What the old device has not sent yet is lost: let it synchronise before."),
        ],
        _("Reset the site"),
        site.name,
    )
    if not question.is_confirmed(request):
        return question.ask(request)
    try:
        resync.reset_site(connection, site, request.POST.get("word", ""), request.visit.user)
    except ValidationError as error:
        return question.ask(request, " ".join(error.messages))
    text = _("The site “%(name)s” starts over.")
    messages.success(request, text % {"name": site.name})
    return redirect("site-ready", site.pk)


def delete(request: PageRequest, site_id: str) -> HttpResponse:
    """Delete a site that has no store any more."""
    site = _site(request, site_id)
    reasons = resync.why_not_delete(connection, site)
    question = _ask(
        site,
        _("Delete the site"),
        [
            _("The site “%(name)s” can then no longer connect.") % {"name": site.name},
            _("Its records stay: they belong to stores, and no store is active on it."),
            _("Its number %(number)s is not used again.") % {"number": site.site_id},
        ],
        _("Delete the site"),
        site.name,
    )
    if reasons:
        return question.ask(request, " ".join(reasons))
    if not question.is_confirmed(request):
        return question.ask(request)
    try:
        resync.delete_site(connection, site, request.visit.user)
    except ValidationError as error:
        return question.ask(request, " ".join(error.messages))
    messages.success(request, _("The site “%(name)s” is deleted.") % {"name": site.name})
    return redirect("sites")
