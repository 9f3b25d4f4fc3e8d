"""Lists and pickers as a store sees them: its own names and items, not the whole country's."""

from django.db import connection
from django.db.models import Q

from msupply.records.names import Name, NameType
from msupply.services import patients, scope, visibility
from msupply.web.screens import screen as screens
from msupply.web.screens.query import Records
from msupply.web.screens.screen import Screen
from msupply.web.visit import Visit

# Lists that users know as those of their store; the same records stand whole under "All records".
OF_NAMES = frozenset({"customers", "suppliers"})
OF_ITEMS = frozenset({"items"})
OF_CLINICIANS = frozenset({"clinicians"})
# What a form may ask for that fills in no column of a list: patients stand among the names.
KINDS_OF_NAMES = {
    "patients": Q(type=NameType.PATIENT),
    "parties": ~Q(type=NameType.PATIENT),
}


def in_list(visit: Visit, screen: Screen, found: Records) -> Records:
    """Return what a list shows of the records that were found."""
    if visit.sees_all_stores:
        return found
    if screen.slug in OF_NAMES:
        return found.filter(pk__in=visibility.names(connection, visit.store_id).values("pk"))
    if screen.slug in OF_ITEMS:
        return found.filter(pk__in=visibility.items(connection, visit.store_id).values("pk"))
    if screen.slug in OF_CLINICIANS:
        return found.filter(pk__in=visibility.clinicians(connection, visit.store_id).values("pk"))
    return found


def in_picker(visit: Visit, asking: str, found: Records) -> Records:
    """Return what may be chosen; `asking` is the list and the column that a form fills in.

    Or it is one of `KINDS_OF_NAMES`.
    """
    if asking in KINDS_OF_NAMES and issubclass(found.model, Name):
        return found.filter(KINDS_OF_NAMES[asking])
    slug, _dot, column = asking.partition(".")
    screen = screens.find(slug)
    if screen is None:
        return found
    name = found.model._meta.model_name
    if name == "name":
        found = _patients_or_not(screen, column, found)
    if visit.sees_all_stores or scope.store_path(screen.kind) is None:
        return found
    if name == "item":
        return found.filter(pk__in=visibility.items(connection, visit.store_id).values("pk"))
    if name == "clinician":
        return found.filter(pk__in=visibility.clinicians(connection, visit.store_id).values("pk"))
    return _other_parties(visit, screen, column, found) if name == "name" else found


def _patients_or_not(screen: Screen, column: str, found: Records) -> Records:
    for field in screen.kind.model._meta.concrete_fields:
        wanted = patients.named_by(screen.kind, field) if field.name == column else None
        if wanted is not None:
            return found.filter(KINDS_OF_NAMES["patients" if wanted else "parties"])
    return found


def _other_parties(visit: Visit, screen: Screen, column: str, found: Records) -> Records:
    for party in visibility.PARTIES.get(screen.kind.name, ()):
        if party.field == column:
            role = party.roles.get(str(screen.only.get("type", "")), party.every)
            if role:
                seen = visibility.names(connection, visit.store_id).filter(**{role: True})
                return found.filter(pk__in=seen.values("pk"))
    return found
