"""What people read when something cannot be done here; the one place for these words."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.services.guard import ByProgramOnly
from msupply.services.permissions import PermissionMissing
from msupply.sync.declare.policy import Editor
from msupply.sync.here import Here
from msupply.sync.ownership import EditRefused, Refusal


@dataclass(frozen=True)
class Alert:
    """A title that says what is the matter, and what to do about it."""

    title: str
    text: str
    address: str = ""


def of_refusal(refusal: Refusal, here: Here | None = None) -> Alert:
    """Say where an edit may be made, and by whom."""
    if refusal.editor is Editor.CENTRAL:
        return _on_central(here)
    if refusal.editor is Editor.PRIMARY:
        return _on_primary(here)
    if refusal.editor is Editor.MODERN:
        return Alert(
            _("This can only be done on the Open mSupply central server"),
            _("Such records reach other places from there alone, and do not come to this server."),
            here.oms_central_url if here else "",
        )
    place = _place(refusal.store)
    if refusal.editor is Editor.HOME:
        return Alert(
            _("This can only be done at the home store"),
            _("The home store is %(place)s. Its users can make the change there.")
            % {"place": place}
            if place
            else _("The record has its home store at another site."),
        )
    if refusal.editor in _OF_NO_PLACE:
        return _of_no_place(refusal.editor)
    if refusal.editor is Editor.OWNER_OR_CENTRAL:
        title = _("This can only be done at the store's own site or on the central server")
    else:
        title = _("This can only be done at the site where the store is active")
    if place:
        text = _("This is a copy. It is edited at %(place)s, by its users.") % {"place": place}
    else:
        text = _("The record belongs to a store of another site. Its users can change it there.")
    return Alert(title, text)


_OF_NO_PLACE = (
    Editor.NOWHERE_YET,
    Editor.VISIBLE,
    Editor.PARTY,
    Editor.ATTACHED,
    Editor.NOWHERE,
)


def _of_no_place(editor: Editor) -> Alert:
    """Say where a record is edited of which no one place can be named."""
    if editor is Editor.NOWHERE_YET:
        return Alert(
            _("This store is being moved to another site"),
            _(
                "Until that is done its records can be edited nowhere, so that nothing is lost on"
                " the way. Administrators see on the central server how far it is."
            ),
        )
    if editor is Editor.VISIBLE:
        return Alert(
            _("This can only be done where the patient is visible"),
            _("Find the patient by the search for patients first: that makes them visible here."),
        )
    if editor is Editor.PARTY:
        return Alert(
            _("This can only be done by one of the two stores"),
            _("Neither the store that sends it nor the one that gets it is active here."),
        )
    if editor is Editor.ATTACHED:
        return Alert(
            _("This can only be done where the record with the file is edited"),
            _("A file belongs to the record that it is attached to."),
        )
    return Alert(
        _("This does not change any more"),
        _("What has been written here stays as it is. If it is wrong, create a new record."),
    )


def database_away() -> Alert:
    """Say that nothing can be read or saved just now, whatever a user does."""
    return Alert(
        _("The database cannot be used just now"),
        _(
            "Nothing of this was saved. The disk of this server is full, or its database is busy"
            " or has stopped. Please try again in a moment; if it lasts, tell your support."
        ),
    )


def disk_full() -> Alert:
    """Say that nothing more can be kept here, whatever a user does."""
    return Alert(
        _("The disk of this server is full"),
        _("Nothing of this was saved. Tell your support: room must be made on this server."),
    )


def _on_central(here: Here | None) -> Alert:
    address = (here.oms_central_url or here.central_url) if here and here.is_remote else ""
    return Alert(
        _("This can only be done on the central server"),
        _(
            "A user with the permission “%(permission)s” can do it there. The change then comes"
            " to this site with the next synchronisation."
        )
        % {"permission": PermissionMissing("EDIT_CENTRAL_DATA").label},
        address,
    )


def _on_primary(here: Here | None) -> Alert:
    told = here.orders.primary_name if here else ""
    return Alert(
        _("This can only be done on the primary server"),
        _(
            "The central data of this system are edited on the site %(site)s, by users with the"
            " permission “%(permission)s”. The change then comes here by synchronisation."
        )
        % {
            "site": told or _site(here.primary_site_id if here else 0),
            "permission": PermissionMissing("EDIT_CENTRAL_DATA").label,
        },
    )


def _place(store_id: str | None) -> str:
    """Return the name of a store and of its site; nothing for a store that is not known here."""
    store = Store.objects.select_related("name").filter(pk=store_id or "").first()
    if store is None:
        return ""
    words = {"store": store.name.name, "site": _site(store.site_id)}
    return _("the store “%(store)s”, site %(site)s") % words


def _site(number: int) -> str:
    """Return a site's name and number; remote sites do not know the names of others."""
    name = Site.objects.filter(site_id=number).values_list("name", flat=True).first()
    return f"{name} (#{number})" if name else f"#{number}"


def of_permission(permission: str) -> Alert:
    """Name the permission that is missing."""
    return Alert(
        _("Permission denied"),
        _(
            "You need the permission “%(permission)s” in this store. An administrator can give it"
            " to you on the central server."
        )
        % {"permission": PermissionMissing(permission).label},
    )


def central_only() -> EditRefused:
    """Return what a page raises that exists on the central server only."""
    return EditRefused(Refusal(Editor.CENTRAL))


def of_exception(error: Exception, here: Here | None = None) -> Alert | None:
    """Return the alert of an exception that stands for one, None for any other."""
    if isinstance(error, EditRefused):
        return of_refusal(error.refusal, here)
    if isinstance(error, PermissionMissing):
        return of_permission(error.permission)
    if isinstance(error, ByProgramOnly):
        return Alert(
            _("These records cannot be edited"),
            _("They are written by the program alone, so that they say what has happened."),
        )
    if isinstance(error, PermissionDenied):
        return Alert(_("Permission denied"), str(error) or _("You may not open this page."))
    return None


def response(request: HttpRequest, alert: Alert, status: int = 403) -> HttpResponse:
    """Show an alert: as a page, or for HTMX on top of the page that asked."""
    if getattr(request, "htmx", False):
        return on_top(render(request, "parts/alert.html", {"alert": alert}, status=status))
    return render(request, "alert_page.html", {"alert": alert}, status=status)


def on_top(response: HttpResponse) -> HttpResponse:
    """Let HTMX put an answer where alerts stand."""
    response["HX-Retarget"] = "#alerts"
    response["HX-Reswap"] = "innerHTML"
    return response
