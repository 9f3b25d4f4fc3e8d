"""Finished pushes that wait for integration, or are in it (`SiteState.waiting_since`)."""

from datetime import datetime

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.clock import now
from msupply.sync.models import SiteState


def mark(connection: BaseDatabaseWrapper, site_id: int) -> None:
    """Say that a site's push is complete."""
    states = SiteState.objects.using(connection.alias)
    states.update_or_create(site_id=site_id, defaults={"waiting_since": now()})


def since(connection: BaseDatabaseWrapper, site_id: int) -> datetime | None:
    """Return since when a site waits, None when it doesn't."""
    states = SiteState.objects.using(connection.alias)
    return states.filter(site_id=site_id).values_list("waiting_since", flat=True).first()
