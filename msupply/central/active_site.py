"""The one site where a store is active, and changing it: for the modules that may do that.

People change it with the tick "Local" (store_sync.py), by a move (store_move.py) or with a new site
(site_wizard.py).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from msupply.central import acting, visibility
from msupply.records.activity_types import ActivityType
from msupply.records.clinicians import ClinicianStoreJoin
from msupply.records.names import NameStoreJoin
from msupply.records.sites import ClientType, InitialisationStatus, Site
from msupply.records.store_moves import OPEN_STATES, StoreMove
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.sync import changelog
from msupply.sync.declare.registry import Channel
from msupply.sync.models import StoreSync

# The logs in which a store's records stand.
_LOGS = (Channel.QUEUE, Channel.MODERN)
_SUBJECTS_AT_ONCE = 5_000


def is_unused(connection: BaseDatabaseWrapper, site_id: int) -> bool:
    """True for a site on which nobody can have worked: not known here, or not initialised yet."""
    site = Site.objects.using(connection.alias).filter(site_id=site_id).first()
    return site is None or site.initialisation_status == InitialisationStatus.NEW


def check_room(connection: BaseDatabaseWrapper, site: Site, more: int = 1) -> None:
    """Raise ValidationError when a mobile site would have more than one store."""
    if site.client_type != ClientType.MOBILE:
        return
    alias = connection.alias
    held = Store.objects.using(alias).filter(site_id=site.site_id).count()
    coming = StoreMove.objects.using(alias).filter(to_site=site.site_id, state=OPEN_STATES[0])
    if held + coming.count() + more > 1:
        text = _("A mobile site has one store at most.")
        raise ValidationError({"site": text})


def switch(connection: BaseDatabaseWrapper, store: Store, site_id: int) -> None:
    """Make a store active on another site, and bring the copies elsewhere up to date.

    What the old site keeps is up to the caller. Call it within a transaction.
    """
    alias = connection.alias
    old = store.site_id
    store.site_id = site_id
    store.save(using=alias, update_fields=["site_id"])
    StoreSync.objects.using(alias).filter(store_id=store.pk, site_id=site_id).delete()
    concerned = {store.pk, *visibility.seen_in(connection, [store.pk])}
    visibility.recompute(connection, concerned, {old, site_id})


def send_history(connection: BaseDatabaseWrapper, store_id: str) -> None:
    """Move a store's records to the head of the logs.

    With them what others have written to it, and what is about the patients it sees.
    """
    changelog.touch_stores(connection, [store_id], _LOGS)
    changelog.touch_partners(connection, [store_id], _LOGS)
    send_subjects(connection, store_id, ClinicianStoreJoin, "clinician_id")
    send_subjects(connection, store_id, NameStoreJoin, "name_id")


def send_subjects(
    connection: BaseDatabaseWrapper,
    store_id: str,
    join: type[NameStoreJoin] | type[ClinicianStoreJoin],
    column: str,
) -> int:
    """Move the records about everybody that a join makes visible in a store; return how many."""
    rows: QuerySet[Any] = QuerySet(join, using=connection.alias).filter(store_id=store_id)
    subjects = list(rows.values_list(column, flat=True))
    for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
        part = subjects[start : start + _SUBJECTS_AT_ONCE]
        changelog.touch_visible(connection, part, _LOGS, None)
    return len(subjects)


def note(
    connection: BaseDatabaseWrapper, user: User | None, store_id: str, old: int, new: int
) -> None:
    """Write down that a store is active on another site."""
    sites = Site.objects.using(connection.alias).filter(site_id__in=[old, new])
    names = dict(sites.values_list("site_id", "name"))
    kind = ActivityType.STORE_ACTIVE_SITE_CHANGED
    before, after = (names.get(number, str(number)) for number in (old, new))
    acting.note(connection, user, kind, store_id, before, after)
