"""Finished pushes that wait for integration, or are in it (`SiteState.waiting_since`)."""

from datetime import datetime

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import buffer, clock
from msupply.sync.clock import now
from msupply.sync.models import SiteState
from msupply.wire.errors import Code, WireError

_LOOK_SECONDS = 0.2
# Less than a caller waits for a byte (sync-v5.md 2.5).
_PATIENCE_SECONDS = 240


def mark(connection: BaseDatabaseWrapper, site_id: int) -> None:
    """Say that a site's push is complete."""
    states = SiteState.objects.using(connection.alias)
    states.update_or_create(site_id=site_id, defaults={"waiting_since": now()})


def since(connection: BaseDatabaseWrapper, site_id: int) -> datetime | None:
    """Return since when a site waits, None when it doesn't."""
    states = SiteState.objects.using(connection.alias)
    return states.filter(site_id=site_id).values_list("waiting_since", flat=True).first()


def finish_leftovers(connection: BaseDatabaseWrapper, site_id: int) -> None:
    """Have the records integrated that a site pushed before it broke off; wait for that.

    A site that starts anew must get them with everything else: later they would count as its own,
    which it has, and never reach it. Raises WireError when it takes too long.
    """
    if not buffer.waiting(connection, site_id):
        return
    mark(connection, site_id)
    until = clock.monotonic() + _PATIENCE_SECONDS
    while since(connection, site_id) is not None:
        if clock.monotonic() > until:
            text = "what this site pushed before is still being integrated: try again"
            raise WireError(Code.SERVER_BUSY, text)
        clock.sleep(_LOOK_SECONDS)
