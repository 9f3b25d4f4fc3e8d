"""What every template knows: the visitor, the menu, how synchronisation is doing."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_bidi

from msupply.web import navigation, sync_state
from msupply.web.visit import Visit


def page(request: HttpRequest) -> dict[str, Any]:
    """Return what the layout needs; nothing is read for a template that does not ask."""
    visit: Visit | None = getattr(request, "visit", None)
    if visit is None:
        return {"right_to_left": get_language_bidi()}
    return {
        "visit": visit,
        "here": visit.here,
        "store": visit.store,
        "right_to_left": get_language_bidi(),
        "navigation": SimpleLazyObject(lambda: navigation.menu(visit)),
        "sync_badge": SimpleLazyObject(lambda: sync_state.badge(visit.here)),
    }
