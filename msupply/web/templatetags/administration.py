"""What administrators may do with a record besides editing it, as buttons of its page."""

from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from msupply.records.clinicians import Clinician
from msupply.records.names import Name, NameType
from msupply.records.stores import Store
from msupply.services.merges import KINDS
from msupply.sync.declare import Record
from msupply.web.visit import Visit

register = template.Library()


@dataclass(frozen=True)
class Action:
    """A button that leads to a page."""

    label: str
    icon: str
    url: str


@register.simple_tag(takes_context=True)
def record_actions(context: Context, record: Record) -> list[Action]:
    """Return what this visitor may do with a record."""
    visit: Visit = context["visit"]
    actions = []
    if visit.here.is_central and visit.may("EDIT_CENTRAL_DATA"):
        if isinstance(record, Store):
            actions.append(
                Action(_("Synchronisation"), "refresh", reverse("store-sync", args=[record.pk]))
            )
        person = _person(record)
        if person:
            url = reverse("home-store", args=[person, record.pk])
            actions.append(Action(_("Home store"), "home", url))
    elif visit.here.is_primary and isinstance(record, Store) and visit.may("EDIT_CENTRAL_DATA"):
        url = reverse("store-visibility", args=[record.pk])
        actions.append(Action(_("Visibility"), "eye", url))
    if visit.here.is_central and visit.may("SERVER_ADMIN"):
        where = reverse("where-is", args=[record._meta.model_name, record.pk])
        actions.append(Action(_("Where is it?"), "map-pin", where))
    kind = _mergeable(visit, record)
    if kind:
        url = f"{reverse('merge', args=[kind])}?{urlencode({'keep': record.pk})}"
        actions.append(Action(_("Merge"), "git-merge", url))
    return actions


def _person(record: Record) -> str:
    if isinstance(record, Clinician):
        return "prescriber"
    return "patient" if isinstance(record, Name) and record.type == NameType.PATIENT else ""


def _mergeable(visit: Visit, record: Record) -> str:
    for name, kind in KINDS.items():
        if isinstance(record, kind.model) and kind.belongs(record) and visit.may(kind.permission):
            return name
    return ""
