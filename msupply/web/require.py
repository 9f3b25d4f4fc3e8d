"""What pages ask of who opens them, where no record type says it; the place counts before the right.

All raise what the alerts show.
"""

from msupply.services.permissions import EDIT_CENTRAL_DATA, SERVER_ADMIN, PermissionMissing
from msupply.web import alerts
from msupply.web.visit import PageRequest


def permission(request: PageRequest, wanted: str) -> None:
    """Let pass who has a permission in the store where they work."""
    if not request.visit.may(wanted):
        raise PermissionMissing(wanted)


def central(request: PageRequest, wanted: str | None = None) -> None:
    """Let pass who is on the mSupply central server, with a permission if one is wanted."""
    if not request.visit.here.is_central:
        raise alerts.central_only()
    if wanted is not None:
        permission(request, wanted)


def central_admin(request: PageRequest) -> None:
    """Let server administrators of the mSupply central server pass."""
    central(request, SERVER_ADMIN)


def central_data(request: PageRequest, *, to_edit: bool = False) -> None:
    """Let pass who is where stores are known, or in a mirrored system where they are edited."""
    if request.visit.here.is_remote and request.visit.here.is_primary:
        permission(request, EDIT_CENTRAL_DATA)
    else:
        central(request, EDIT_CENTRAL_DATA if to_edit else None)
