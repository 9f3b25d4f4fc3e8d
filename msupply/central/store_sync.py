"""The Synchronisation tab of a store: what it is on which site, and who changed that (domain.md D.1-D.6).

Kept and changed on the mSupply central server alone, by server administrators who have unlocked it
(see unlock.py). Between other sites the transfer copies follow from visibility (visibility.py);
people choose where the store is active, and which sites have a full copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting, active_site, sync_report, visibility
from msupply.records.activity_types import ActivityType
from msupply.records.sites import Site
from msupply.records.store_moves import OPEN_STATES, StoreMove
from msupply.records.stores import Store, StoreMode
from msupply.records.users import User
from msupply.sync import here as instance
from msupply.sync import placement
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.placement import SyncType


@dataclass(frozen=True)
class SiteSetting:
    """One line of the table of sites.

    - `is_local`: the store is active there.
    - `is_visible`: another store there sees this one.
    - `choices`: the sync types that may be chosen; one alone means that nothing can be chosen.
    """

    site: Site
    sync_type: SyncType
    is_visible: bool
    is_here: bool
    choices: tuple[SyncType, ...]

    @property
    def is_local(self) -> bool:
        """True where the store is active."""
        return self.sync_type is SyncType.ACTIVE


@dataclass(frozen=True)
class StoreSyncSettings:
    """Everything on the Synchronisation tab of a store.

    `sites` are those that have the store or may have it, this server first; `more` counts those
    that were left out. `active_site` is None when the store is active on a site that is not known
    here (its number is `store.site_id`).
    """

    store: Store
    active_site: Site | None
    sites: tuple[SiteSetting, ...]
    more: int
    include_transactions: bool
    may_exclude_transactions: bool
    is_frozen: bool
    move: StoreMove | None


def settings_of(
    connection: BaseDatabaseWrapper, store: Store, *, text: str = "", most: int | None = None
) -> StoreSyncSettings:
    """Return what the Synchronisation tab of a store shows.

    `text` is looked for in names and numbers of sites; `most` is how many lines are wanted.
    """
    alias = connection.alias
    here = instance.load(connection)
    types = placement.of_store(connection, store.pk)
    visible = visibility.visible_on(connection, store.pk)
    exempt = visibility.exempt_sites(connection, here)

    def place(number: int) -> tuple[bool, bool, bool, int]:
        chosen = number in exempt or types.get(number) is SyncType.COLLECTOR
        return number != here.site_id, number != store.site_id, not chosen, number

    numbers = set(types) | visible | set(exempt)
    known = Site.objects.using(alias)
    if text:
        known = known.filter(sync_report.named(text))
    numbers &= set(known.values_list("site_id", flat=True))
    ranked = sorted(numbers, key=place)
    sites = Site.objects.using(alias).in_bulk(ranked[:most], field_name="site_id")
    lines = [
        SiteSetting(
            sites[number],
            types.get(number, SyncType.NONE),
            number in visible,
            number == here.site_id,
            _choices(store, number, visible, exempt),
        )
        for number in ranked[:most]
    ]
    settings = StoreSettings.objects.using(alias).filter(pk=store.pk).first()
    return StoreSyncSettings(
        store,
        Site.objects.using(alias).filter(site_id=store.site_id).first(),
        tuple(lines),
        len(ranked) - len(lines),
        settings is None or settings.include_transactions,
        store.store_mode == StoreMode.DISPENSARY,
        settings is not None and settings.frozen_since is not None,
        StoreMove.objects.using(alias).filter(store_id=store.pk, state__in=OPEN_STATES).first(),
    )


@dataclass(frozen=True)
class Placed:
    """What can be changed of a store on its Synchronisation tab, as it is."""

    site_id: int
    include_transactions: bool
    types: Mapping[int, SyncType]


def placed(connection: BaseDatabaseWrapper, store: Store, *, lock: bool = False) -> Placed:
    """Return what the tab of a store can change.

    With `lock`, inside a transaction, nobody else who comes this way changes it until its end.
    """
    alias = connection.alias
    stores = Store.objects.using(alias).filter(pk=store.pk)
    found = (stores.select_for_update() if lock else stores).first()
    settings = StoreSettings.objects.using(alias).filter(pk=store.pk).first()
    return Placed(
        (found or store).site_id,
        settings is None or settings.include_transactions,
        placement.of_store(connection, store.pk),
    )


def set_sync_type(
    connection: BaseDatabaseWrapper,
    store_id: str,
    site_id: int,
    sync_type: SyncType,
    user: User | None = None,
) -> None:
    """Choose what a store is on a site where it is not active.

    A site that becomes a collector is sent the whole history. Setting what is already set changes
    and logs nothing. Raises ValidationError, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    with transaction.atomic(using=connection.alias):
        store = find_store(connection, store_id)
        site = find_site(connection, site_id)
        old = placement.sync_type(connection, store.pk, site_id)
        if old is sync_type:
            return
        _check_type(connection, store, site, old, sync_type)
        write_sync_type(connection, store.pk, site_id, sync_type)
        kind = ActivityType.STORE_SYNC_TYPE_CHANGED
        before, after = (f"{site.name}: {t.value}" for t in (old, sync_type))
        acting.note(connection, user, kind, store.pk, before, after)
        if sync_type is SyncType.COLLECTOR:
            active_site.send_history(connection, store.pk)


def set_local(
    connection: BaseDatabaseWrapper, store_id: str, site_id: int, user: User | None = None
) -> None:
    """Make a store active on a site at once: the tick "Local", or "set as local store".

    Only possible while nothing can be lost: where the store is now, nobody can have worked with it.
    Otherwise the store is moved (store_move.py), and the ValidationError says so.
    """
    acting.require(connection, user)
    with transaction.atomic(using=connection.alias):
        store = find_store(connection, store_id)
        site = find_site(connection, site_id)
        if store.site_id == site_id:
            return
        active_site.check_room(connection, site)
        if not active_site.is_unused(connection, store.site_id):
            text = _(
                "The store is in use on another site. Move it instead, so that nothing is lost."
            )
            raise ValidationError({"site": text})
        old = store.site_id
        active_site.switch(connection, store, site_id)
        active_site.send_history(connection, store.pk)
        active_site.note(connection, user, store.pk, old, site_id)


def set_include_transactions(
    connection: BaseDatabaseWrapper, store_id: str, include: bool, user: User | None = None
) -> None:
    """Choose whether a dispensary's invoices and stock come to this server (domain.md D.6).

    Switched on again, the site sends what it had kept; switched off, this server keeps what it has.
    Raises ValidationError on `include_transactions`, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    alias = connection.alias
    with transaction.atomic(using=alias):
        store = find_store(connection, store_id)
        if store.store_mode != StoreMode.DISPENSARY and not include:
            text = _("Only dispensaries may leave their transactions out.")
            raise ValidationError({"include_transactions": text})
        settings, _new = StoreSettings.objects.using(alias).get_or_create(store_id=store.pk)
        if settings.include_transactions == include:
            return
        _refuse_while_moving(connection, store.pk)
        settings.include_transactions = include
        settings.save(using=alias, update_fields=["include_transactions"])
        kind = ActivityType.STORE_TRANSACTIONS_IN_SYNC_CHANGED
        acting.note(connection, user, kind, store.pk, not include, include)


def find_store(connection: BaseDatabaseWrapper, store_id: str) -> Store:
    """Return the store with an id, or else with a code. Raises ValidationError."""
    stores = Store.objects.using(connection.alias).select_related("name")
    store = stores.filter(pk=store_id).first()
    store = store or stores.filter(code__iexact=store_id.strip()).first()
    if store is None:
        raise ValidationError({"store": _("There is no store “{id}”.").format(id=store_id)})
    return store


def write_sync_type(
    connection: BaseDatabaseWrapper, store_id: str, site_id: int, sync_type: SyncType
) -> None:
    """Store what a store is on a site where it is not active, without any question."""
    rows = StoreSync.objects.using(connection.alias)
    if sync_type is SyncType.NONE:
        rows.filter(store_id=store_id, site_id=site_id).delete()
    else:
        rows.update_or_create(
            store_id=store_id, site_id=site_id, defaults={"sync_with": sync_type.value}
        )


def find_site(connection: BaseDatabaseWrapper, site_id: int) -> Site:
    """Return the site with a number. Raises ValidationError."""
    site = Site.objects.using(connection.alias).filter(site_id=site_id).first()
    if site is None:
        text = _("There is no site with the number {number}.").format(number=site_id)
        raise ValidationError({"site": text})
    return site


def _choices(
    store: Store, site_id: int, visible: frozenset[int], exempt: dict[int, SyncType]
) -> tuple[SyncType, ...]:
    if store.site_id == site_id:
        return (SyncType.ACTIVE,)
    if site_id in exempt or site_id in visible:
        return (SyncType.TRANSFER, SyncType.COLLECTOR)
    return (SyncType.NONE,)


def _check_type(
    connection: BaseDatabaseWrapper, store: Store, site: Site, old: SyncType, new: SyncType
) -> None:
    """Refuse what would break an invariant (domain.md D.3), or what visibility would undo."""
    _refuse_while_moving(connection, store.pk)
    if old is SyncType.ACTIVE or new is SyncType.ACTIVE:
        text = _("Where a store is active is changed with the tick “Local”, or by moving it.")
        raise ValidationError({"sync_type": text})
    exempt = visibility.exempt_sites(connection, instance.load(connection))
    is_visible = visibility.sees(connection, site.site_id, store.pk)
    visible = frozenset({site.site_id} if is_visible else ())
    if new in _choices(store, site.site_id, visible, exempt):
        return
    if site.site_id in exempt:
        text = _("This site has every store: choose a transfer copy at least.")
    elif new is SyncType.NONE:
        text = _("The store is visible in a store of this site. Take it out of view there first.")
    else:
        text = _("No store of this site sees this store. Make it visible in one of them first.")
    raise ValidationError({"sync_type": text})


def _refuse_while_moving(connection: BaseDatabaseWrapper, store_id: str) -> None:
    moves = StoreMove.objects.using(connection.alias)
    if moves.filter(store_id=store_id, state__in=OPEN_STATES).exists():
        text = _("The store is being moved to another site. Wait until that is done.")
        raise ValidationError({"store": text})
