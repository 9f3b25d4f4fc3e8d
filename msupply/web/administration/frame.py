"""What the pages of one store have in common: title, tabs, and the banner while it is moved."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.services.permissions import EDIT_CENTRAL_DATA, PermissionMissing
from msupply.sync.models import StoreSettings
from msupply.web.administration.unlock import is_open
from msupply.web.visit import PageRequest

TABS: tuple[tuple[str, str | Promise], ...] = (
    ("store", gettext_lazy("General")),
    ("store-sync", gettext_lazy("Synchronisation")),
    ("store-visibility", gettext_lazy("Visibility")),
    ("store-users", gettext_lazy("Users")),
    ("store-move", gettext_lazy("Move")),
)
# On a primary server, which does not decide about sites and users.
CENTRAL_DATA_TABS = frozenset({"store-visibility"})


@dataclass(frozen=True)
class Tab:
    """One of a store's pages."""

    label: str | Promise
    url: str
    is_current: bool


def of_store(request: PageRequest, store: Store, current: str) -> dict[str, Any]:
    """Return what the frame of a store's page shows; `current` is the URL name of the page.

    Raises PermissionMissing for who may look at the own store alone.
    """
    if request.visit.here.is_central and not request.visit.sees_all_stores:
        raise PermissionMissing(EDIT_CENTRAL_DATA)
    return {
        "shown_store": store,
        "active_site": Site.objects.filter(site_id=store.site_id).first(),
        "is_frozen": StoreSettings.objects.filter(
            store_id=store.pk, frozen_since__isnull=False
        ).exists(),
        "tabs": [
            Tab(label, reverse(name, args=[store.pk]), name == current)
            for name, label in TABS
            if request.visit.here.is_central or name in CENTRAL_DATA_TABS
        ],
        "list_of_stores": list_of_stores(request),
        "unlocked": is_open(request),
    }


def list_of_stores(request: PageRequest) -> str:
    """Return where all stores are listed: a primary server has no list of its own for that."""
    is_central = request.visit.here.is_central
    return reverse("stores") if is_central else reverse("list", args=["store"])
