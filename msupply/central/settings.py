"""Decisions for the whole system: primary server, procurement, patients, how people log in.

They are made on the mSupply central server and told to every site at the beginning of its cycles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting, drained, visibility
from msupply.records.activity_types import ActivityType
from msupply.records.security_log import SecurityEvent
from msupply.records.sites import ClientType, InitialisationStatus, Site
from msupply.records.users import User
from msupply.services import instance as own
from msupply.services import meanwhile, permissions
from msupply.sync import changelog, clock
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel, registry
from msupply.wire import security_log

# Minutes; whoever is logged in longer than twelve hours logs in again anyway.
SHORTEST_IDLE, LONGEST_IDLE = 5, 720
# Decisions that are taken or not.
_TICKS = frozenset(
    {"centralised_procurement", "patients_edited_where_visible", "second_factor_required"}
)
# A site that has been silent for longer has not got the latest central data.
_SEEN_WITHIN = timedelta(days=1)
# The logs in which the data of stores stand.
_LOGS = (Channel.QUEUE, Channel.MODERN)


@dataclass(frozen=True)
class CentralSettings:
    """The decisions as they are; `primary` is None while this server is the primary itself."""

    primary: Site | None
    centralised_procurement: bool
    patients_edited_where_visible: bool
    second_factor_required: bool
    idle_minutes: int


def current(connection: BaseDatabaseWrapper) -> CentralSettings:
    """Return the decisions as they are."""
    here = instance.load(connection)
    sites = Site.objects.using(connection.alias).exclude(site_id=here.site_id or 0)
    return CentralSettings(
        sites.filter(site_id=here.primary_site_id).first() if here.primary_site_id else None,
        here.centralised_procurement,
        here.patients_edited_where_visible,
        here.second_factor_required,
        here.idle_minutes,
    )


def change(
    connection: BaseDatabaseWrapper,
    wanted: Mapping[str, Any],
    shown: Mapping[str, Any],
    user: User | None = None,
) -> None:
    """Make the decisions that somebody has changed in what was `shown`, all or none.

    Both are by the names of CentralSettings; the primary server is shown by its record id. Raises
    Conflict for what others have changed meanwhile, and what the single decisions raise.
    """
    with transaction.atomic(using=connection.alias):
        own.locked(connection)
        meanwhile.check(shown, _plain(wanted), _plain(vars(current(connection))))
        if "primary" in wanted:
            set_primary(connection, wanted["primary"], user)
        if "idle_minutes" in wanted:
            set_idle_minutes(connection, wanted["idle_minutes"], user)
        for name in _TICKS & wanted.keys():
            _set(connection, user, name, wanted[name])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v.pk if isinstance(v, Site) else v for n, v in values.items()}


def why_not_primary(connection: BaseDatabaseWrapper, site: Site) -> list[str]:
    """Return why a site cannot be the primary server now, nothing when it can (domain.md D.12)."""
    here = instance.load(connection)
    reasons: list[str] = []
    if site.site_id == here.site_id:
        return reasons
    if site.client_type in (ClientType.MOBILE, ClientType.SINGLE_USER):
        reasons.append(_("A site of this client type cannot be the primary server."))
    if site.initialisation_status != InitialisationStatus.COMPLETED:
        reasons.append(_("The site is not initialised yet."))
        return reasons
    if clock.age(site.last_connection_datetime) > _SEEN_WITHIN:
        reasons.append(_("The site has not synchronised since yesterday."))
    if not drained.has_acknowledged(connection, site.site_id, drained.end_of_log(connection)):
        reasons.append(_("Records wait for the site: synchronise it first."))
    if drained.has_unread(connection, site.site_id):
        reasons.append(_("Records that the site has sent wait for integration."))
    return reasons


def set_primary(
    connection: BaseDatabaseWrapper, site: Site | None, user: User | None = None
) -> None:
    """Name the site where central data are edited from now on; None makes it this server again.

    What the site before has not sent of its edits is refused from then on: synchronise it first.
    Raises ValidationError with every reason on `primary`, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    here = instance.load(connection)
    number = 0 if site is None or site.site_id == here.site_id else site.site_id
    before = current(connection).primary
    if number == (before.site_id if before else 0):
        return
    if site is not None and number:
        reasons = why_not_primary(connection, site)
        if reasons:
            raise ValidationError({"primary": reasons})
    if before is not None and drained.has_unread(connection, before.site_id):
        text = _("Records of the present primary server wait for integration.")
        raise ValidationError({"primary": text})
    with transaction.atomic(using=connection.alias):
        instance.change(connection, primary_site_id=number)
        # The primary server has every store, and edits the central data of each.
        visibility.recompute(connection)
        if number:
            changelog.touch_kinds(connection, registry().central_store, _LOGS)
        old, new = (s.name if s and s.site_id else "" for s in (before, site if number else None))
        _note(connection, user, "primary_site", old, new)


def set_centralised_procurement(
    connection: BaseDatabaseWrapper, on: bool, user: User | None = None
) -> None:
    """Let purchase orders of all stores be entered on the primary server alone (domain.md C.5)."""
    _set(connection, user, "centralised_procurement", on)


def set_patients_edited_where_visible(
    connection: BaseDatabaseWrapper, on: bool, user: User | None = None
) -> None:
    """Let patients be edited at every site where they are visible, not at their home store alone."""
    _set(connection, user, "patients_edited_where_visible", on)


def set_second_factor_required(
    connection: BaseDatabaseWrapper, on: bool, user: User | None = None
) -> None:
    """Let administrators of this server set up a second factor before they go on."""
    _set(connection, user, "second_factor_required", on)


def set_idle_minutes(
    connection: BaseDatabaseWrapper, minutes: int, user: User | None = None
) -> None:
    """Log people out who have done nothing for so long, here and at every site.

    Raises ValidationError on `idle_minutes` outside SHORTEST_IDLE and LONGEST_IDLE.
    """
    if not SHORTEST_IDLE <= minutes <= LONGEST_IDLE:
        text = _("Choose between {least} and {most} minutes.")
        raise ValidationError({"idle_minutes": text.format(least=SHORTEST_IDLE, most=LONGEST_IDLE)})
    _set(connection, user, "idle_minutes", minutes)


def set_local_procurement(connection: BaseDatabaseWrapper, on: bool, user: User) -> str:
    """On a remote site, enter purchase orders here although procurement is centralised.

    Return the warning that goes with it, empty without one. Raises PermissionMissing, or
    ValidationError on the central server.
    """
    permissions.require(user, None, permissions.SERVER_ADMIN)
    here = instance.load(connection)
    if not here.is_remote:
        raise ValidationError(_("This is a setting of a remote site."))
    with transaction.atomic(using=connection.alias):
        instance.change(connection, local_procurement=on)
        security_log.note(
            connection, SecurityEvent.SETTING_CHANGED, setting="local_procurement", after=str(on)
        )
    if not (on and here.orders.centralised_procurement):
        return ""
    return _(
        "Both this site and the primary server could edit these purchase orders now: have the"
        " permissions for purchase orders of this site's stores removed on the primary server."
    )


def _set(connection: BaseDatabaseWrapper, user: User | None, name: str, value: bool | int) -> None:
    acting.require(connection, user)
    old = getattr(instance.load(connection), name)
    if old == value:
        return
    with transaction.atomic(using=connection.alias):
        instance.change(connection, **{name: value})
        _note(connection, user, name, old, value)


def _note(
    connection: BaseDatabaseWrapper, user: User | None, name: str, old: object, new: object
) -> None:
    kind = ActivityType.CENTRAL_SETTING_CHANGED
    acting.note(connection, user, kind, name, f"{name}: {old}", f"{name}: {new}")
