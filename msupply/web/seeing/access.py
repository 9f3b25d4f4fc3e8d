"""Who may see these pages: server administrators, on the mSupply central server."""

from msupply.services.permissions import PermissionMissing
from msupply.web import alerts
from msupply.web.visit import PageRequest


def require_admin(request: PageRequest) -> None:
    """Let server administrators pass; the place counts first. Raises what the alerts show."""
    if not request.visit.here.is_central:
        raise alerts.central_only()
    if not request.visit.may("SERVER_ADMIN"):
        raise PermissionMissing("SERVER_ADMIN")
