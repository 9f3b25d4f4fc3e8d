"""The menu: groups and entries as users of Open mSupply know them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msupply.services import merges
from msupply.web.screens import screen
from msupply.web.visit import Visit

Text = str | Promise


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: Text
    url: str
    icon: str = ""


@dataclass(frozen=True)
class Group:
    """A part of the menu that opens and closes."""

    label: Text
    icon: str
    entries: tuple[Entry, ...]


# Each entry is the slug of a screen (screens/presets.py) or a page of its own by URL name.
GROUPS: tuple[tuple[Text, str, tuple[str, ...]], ...] = (
    (
        _("Distribution"),
        "truck-delivery",
        ("outbound-shipments", "customer-returns", "requisitions", "customers"),
    ),
    (
        _("Replenishment"),
        "truck",
        ("inbound-shipments", "supplier-returns", "internal-orders", "suppliers"),
    ),
    (_("Catalogue"), "list-details", ("items", "master-lists", "page:asset-catalogue")),
    (
        _("Inventory"),
        "package",
        ("stock", "stocktakes", "locations"),
    ),
    (_("Dispensary"), "pill", ("prescriptions", "patients", "clinicians")),
    (_("Cold chain"), "snowflake", ("page:equipment",)),
    (
        _("Manage"),
        "settings",
        (
            "central:sites",
            "central:stores",
            "central:sync-report",
            "central:country-map",
            "central:system-settings",
            "page:security-log",
            "users",
            "assetlogreason",
            "page:merges",
            "page:all-records",
        ),
    ),
)

PAGES: dict[str, Text] = {
    "asset-catalogue": _("Asset catalogue"),
    "equipment": _("Equipment"),
    "sites": _("Sites"),
    "stores": _("Stores"),
    "sync-report": _("Sync report"),
    "country-map": _("Map"),
    "system-settings": _("System settings"),
    "security-log": _("Security log"),
    "merges": _("Merge records"),
    "all-records": _("All records"),
}
# The others are for everybody on the mSupply central server.
FOR_ADMINISTRATORS = frozenset({"sites", "system-settings", "sync-report", "country-map"})


def menu(visit: Visit) -> list[Group]:
    """Return the groups that hold something for this visitor."""
    if visit.store is None:
        return []
    groups = []
    for label, icon, names in GROUPS:
        entries = tuple(_entries(visit, names))
        if entries:
            groups.append(Group(label, icon, entries))
    return groups


def _entries(visit: Visit, names: tuple[str, ...]) -> Iterator[Entry]:
    for name in names:
        where, _colon, page = name.rpartition(":")
        if not where:
            shown = screen.find(name)
            if shown is not None and shown.may_view(visit):
                yield Entry(shown.title, shown.url)
        elif _may_open(visit, where, page):
            yield Entry(PAGES[page], reverse(page))


def _may_open(visit: Visit, where: str, page: str) -> bool:
    if page == "merges":
        return any(visit.may(kind.permission) for kind in merges.KINDS.values())
    if page == "security-log":
        return visit.may("SERVER_ADMIN")
    return where == "page" or _is_central_page(visit, page)


def _is_central_page(visit: Visit, page: str) -> bool:
    return visit.here.is_central and (page not in FOR_ADMINISTRATORS or visit.may("SERVER_ADMIN"))
