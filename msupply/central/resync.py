"""Sending again, starting a site over, and deleting a site: repairs by people who know why."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting, active_site, drained, sites, store_sync
from msupply.records.activity_types import ActivityType
from msupply.records.clinicians import ClinicianStoreJoin
from msupply.records.names import NameStoreJoin
from msupply.records.site_cycles import SiteCycle
from msupply.records.sites import InitialisationStatus, Site, SiteKind
from msupply.records.store_moves import OPEN_STATES, StoreMove
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.sync import buffer, changelog
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.models import SiteState, StoreSync


@dataclass(frozen=True)
class Resent:
    """What was put into the queues again."""

    prescribers: int = 0
    patients: int = 0


def resync_store(connection: BaseDatabaseWrapper, store_id: str, user: User | None = None) -> None:
    """Send all records of a store again to every site that has it; repeating it does no harm.

    Raises ValidationError, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    with transaction.atomic(using=connection.alias):
        store = store_sync.find_store(connection, store_id)
        active_site.send_history(connection, store.pk)
        acting.note(connection, user, ActivityType.STORE_RESYNCED, store.pk)


def resync_patients(
    connection: BaseDatabaseWrapper, store_id: str, user: User | None = None
) -> Resent:
    """Send again what a dispensary needs for its patients, in the order of dependency.

    Prescribers first, then the central data of dispensaries, then the patients that the store sees
    with everything about them (domain.md D.7). Once: nothing stays switched on.
    Raises ValidationError, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    with transaction.atomic(using=connection.alias):
        store = store_sync.find_store(connection, store_id)
        prescribers = active_site.send_subjects(
            connection, store.pk, ClinicianStoreJoin, "clinician_id"
        )
        changelog.touch_kinds(connection, registry().dispensary_only, tuple(Channel))
        changelog.touch_stores(
            connection, [store.pk], (Channel.QUEUE, Channel.MODERN), registry().visibility
        )
        patients = active_site.send_subjects(connection, store.pk, NameStoreJoin, "name_id")
        kind = ActivityType.STORE_PATIENTS_RESYNCED
        acting.note(connection, user, kind, store.pk, None, patients)
    return Resent(prescribers, patients)


def reset_site(
    connection: BaseDatabaseWrapper, site: Site, confirmation: str, user: User | None = None
) -> Site:
    """Start a site over: any device may initialise as it, and is sent everything from the beginning.

    What the old device had not sent yet stays there, so the site's name must be given as
    `confirmation`. Raises ValidationError, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    if confirmation.strip() != site.name:
        text = _("Type the name of the site, “{name}”, to confirm.").format(name=site.name)
        raise ValidationError({"confirmation": text})
    if site.kind == SiteKind.CENTRAL:
        raise ValidationError({"name": _("This is the central server itself.")})
    with transaction.atomic(using=connection.alias):
        old = site.hardware_id
        site.hardware_id = None
        site.initialisation_status = InitialisationStatus.NEW
        site.save(using=connection.alias, update_fields=["hardware_id", "initialisation_status"])
        SiteState.objects.using(connection.alias).filter(site_id=site.site_id).update(
            queue_cursor=0, acknowledged_ahead="[]"
        )
        acting.note(connection, user, ActivityType.SITE_RESET, site.pk, old)
    return site


def why_not_delete(connection: BaseDatabaseWrapper, site: Site) -> list[str]:
    """Return why a site cannot be deleted, nothing when it can."""
    alias = connection.alias
    here = instance.load(connection)
    if site.site_id == here.site_id:
        return [_("This is the central server itself.")]
    reasons: list[str] = []
    active = Store.objects.using(alias).filter(site_id=site.site_id).count()
    if active:
        text = _("Stores are active on it: {count}. Move them to another site first.")
        reasons.append(text.format(count=active))
    if site.is_oms_central:
        reasons.append(_("It is the Open mSupply central server."))
    if here.primary_site_id == site.site_id:
        reasons.append(_("It is the primary server."))
    moves = StoreMove.objects.using(alias).filter(state__in=OPEN_STATES)
    if (moves.filter(from_site=site.site_id) | moves.filter(to_site=site.site_id)).exists():
        reasons.append(_("A store is being moved from it or to it."))
    if buffer.waiting(connection, site.site_id):
        reasons.append(_("Records that it has sent wait for integration."))
    kept = drained.kept_back(connection, site.site_id)
    if kept:
        text = _("Records that it has sent are kept back for a mistake: {count}.")
        reasons.append(text.format(count=kept))
    return reasons


def delete_site(connection: BaseDatabaseWrapper, site: Site, user: User | None = None) -> None:
    """Delete a site that has no store and of which nothing waits; its number is not used again.

    Raises ValidationError with every reason against it, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    alias, number = connection.alias, site.site_id
    with transaction.atomic(using=alias):
        reasons = why_not_delete(connection, site)
        if reasons:
            raise ValidationError({"site": reasons})
        sites.retire_number(connection, number)
        StoreSync.objects.using(alias).filter(site_id=number).delete()
        SiteState.objects.using(alias).filter(site_id=number).delete()
        SiteCycle.objects.using(alias).filter(site_id=number).delete()
        acting.note(connection, user, ActivityType.SITE_DELETED, site.pk, site.name)
        site.delete(using=alias)
