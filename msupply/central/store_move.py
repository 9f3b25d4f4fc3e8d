"""Moving a store from one site to another without losing a record (domain.md D.9).

A move is a row in the database (records/store_moves.py), and every step one transaction: whatever
dies, the worker goes on where it was. First the store is frozen, and the old site sends what it
still has; then the store becomes active on the new site, which is sent the whole history; when it
has acknowledged that, the store is free again. See docs/decisions/0013-moving-a-store.md.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import acting, active_site, drained, store_sync, visibility
from msupply.central.drained import Condition
from msupply.records.activity_types import ActivityType
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.store_moves import OPEN_STATES, MoveState, StoreMove
from msupply.records.stores import Store
from msupply.records.users import User
from msupply.sync import changelog, placement
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.declare.registry import Channel
from msupply.sync.models import StoreSettings
from msupply.sync.placement import SyncType


@dataclass(frozen=True)
class MoveCheck:
    """What stands against a move: `problems` must be solved first, `waits` solve themselves.

    `warnings` are what people must see to, because a site cannot be told.
    """

    problems: tuple[str, ...]
    waits: tuple[Condition, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class MoveProgress:
    """How far a move is; while it sends, `left` of `total` records have not arrived yet.

    `needs_initialisation`: the new site gets everything when somebody initialises it.
    """

    move: StoreMove
    store: Store | None
    old_site: str
    new_site: str
    waits: tuple[Condition, ...]
    total: int
    left: int
    needs_initialisation: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def can_cancel(self) -> bool:
        """True until somebody can have worked with the store on the new site."""
        return self.move.state == MoveState.WAITING or self.needs_initialisation


def check(
    connection: BaseDatabaseWrapper, store_id: str, to_site: int, *, keep_collector: bool = False
) -> MoveCheck:
    """Tell what stands against moving a store, before anything is done.

    Raises ValidationError for a store or a site that is not there.
    """
    store = store_sync.find_store(connection, store_id)
    target = store_sync.find_site(connection, to_site)
    move = StoreMove(
        store_id=store.pk,
        from_site=store.site_id,
        to_site=to_site,
        freeze_cursor=changelog.head(connection, Channel.QUEUE),
    )
    problems = _problems(connection, store, target, keep_collector)
    warnings = drained.warnings(connection, move)
    return MoveCheck(tuple(problems), drained.conditions(connection, move), warnings)


def start(
    connection: BaseDatabaseWrapper,
    store_id: str,
    to_site: int,
    *,
    keep_collector: bool = False,
    user: User | None = None,
) -> StoreMove:
    """Freeze a store and begin to move it; `keep_collector` leaves the old site a full copy.

    Raises ValidationError with every problem on `store`, EditRefused or PermissionMissing.
    """
    acting.require(connection, user)
    alias = connection.alias
    with transaction.atomic(using=alias):
        store = store_sync.find_store(connection, store_id)
        target = store_sync.find_site(connection, to_site)
        problems = _problems(connection, store, target, keep_collector)
        if problems:
            raise ValidationError({"store": problems})
        move = StoreMove.objects.using(alias).create(
            store_id=store.pk,
            from_site=store.site_id,
            to_site=to_site,
            keep_collector=keep_collector,
            user_id=None if user is None else user.pk,
            started_at=now(),
            freeze_cursor=changelog.head(connection, Channel.QUEUE),
        )
        _freeze(connection, store.pk)
        _note(connection, user, ActivityType.STORE_MOVE_STARTED, move)
    advance(connection)
    move.refresh_from_db(using=alias)
    return move


def advance(connection: BaseDatabaseWrapper) -> bool:
    """Take every open move as far as it can go now; True when one has gone a step.

    The worker calls it again and again. It may be called anywhere, and die anywhere.
    """
    moves = StoreMove.objects.using(connection.alias)
    if not instance.load(connection).is_central:
        return False
    went = False
    for move in moves.filter(state__in=OPEN_STATES).order_by("pk"):
        while _step(connection, move):
            went = True
            move.refresh_from_db(using=connection.alias)
    return went


def cancel(connection: BaseDatabaseWrapper, move_id: int, user: User | None = None) -> StoreMove:
    """Give up a move; the store is free again where it was.

    That is possible until the store belongs to the new site, and after that while the new site has
    not been initialised: nothing can have been entered there. Raises ValidationError, EditRefused
    or PermissionMissing.
    """
    acting.require(connection, user)
    moves = StoreMove.objects.using(connection.alias)
    with transaction.atomic(using=connection.alias):
        move = moves.select_for_update().filter(pk=move_id, state__in=OPEN_STATES).first()
        if move is None or not _can_cancel(connection, move):
            raise ValidationError(_("This move can no longer be cancelled."))
        still = moves.filter(pk=move_id, state=move.state)
        if not still.update(state=MoveState.CANCELLED, finished_at=now()):
            raise ValidationError(_("This move can no longer be cancelled."))
        if move.state == MoveState.SENDING:
            _give_back(connection, move, user)
        _free(connection, move.store_id)
        _note(connection, user, ActivityType.STORE_MOVE_CANCELLED, move)
    move.refresh_from_db(using=connection.alias)
    return move


def _can_cancel(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    if move.state == MoveState.WAITING:
        return True
    return active_site.is_unused(connection, move.to_site)


def _give_back(connection: BaseDatabaseWrapper, move: StoreMove, user: User | None) -> None:
    store = store_sync.find_store(connection, move.store_id)
    active_site.switch(connection, store, move.from_site)
    active_site.send_history(connection, store.pk)
    active_site.note(connection, user, store.pk, move.to_site, move.from_site)


def open_move(connection: BaseDatabaseWrapper, store_id: str) -> StoreMove | None:
    """Return the move of a store that goes on, None without one."""
    moves = StoreMove.objects.using(connection.alias)
    return moves.filter(store_id=store_id, state__in=OPEN_STATES).first()


def stores_on_their_way(connection: BaseDatabaseWrapper, site_id: int) -> list[str]:
    """Return the ids of the stores that are being moved to a site."""
    moves = StoreMove.objects.using(connection.alias)
    coming = moves.filter(to_site=site_id, state=MoveState.WAITING)
    return list(coming.values_list("store_id", flat=True))


def obstacles(connection: BaseDatabaseWrapper, store: Store) -> list[str]:
    """Return why a store cannot leave the site where it is, wherever it is to go."""
    if open_move(connection, store.pk):
        return [_("The store is being moved already.")]
    if active_site.is_unused(connection, store.site_id):
        return []
    if acting.is_last_administered(connection, store.pk):
        text = _(
            "Nobody could administer this server any more: give somebody the permission"
            " “Administer the server” in another store of it first."
        )
        return [text]
    return _not_all_here(connection, store)


def progress(connection: BaseDatabaseWrapper, move: StoreMove) -> MoveProgress:
    """Tell how far a move is, for people."""
    alias = connection.alias
    sites = Site.objects.using(alias).filter(site_id__in=[move.from_site, move.to_site])
    names = dict(sites.values_list("site_id", "name"))
    left = drained.left(connection, move) if move.state == MoveState.SENDING else 0
    return MoveProgress(
        move,
        Store.objects.using(alias).select_related("name").filter(pk=move.store_id).first(),
        names.get(move.from_site, str(move.from_site)),
        names.get(move.to_site, str(move.to_site)),
        drained.conditions(connection, move) if move.is_open else (),
        max(move.backlog_total or 0, left),
        left,
        move.is_open and active_site.is_unused(connection, move.to_site),
        drained.warnings(connection, move) if move.is_open else (),
    )


def _problems(
    connection: BaseDatabaseWrapper, store: Store, target: Site, keep_collector: bool
) -> list[str]:
    if store.site_id == target.site_id:
        return [_("The store is active on this site already.")]
    problems = obstacles(connection, store)
    ready = (InitialisationStatus.NEW, InitialisationStatus.COMPLETED)
    if target.initialisation_status not in ready:
        problems.append(_("The new site is being initialised: wait until that is done."))
    try:
        active_site.check_room(connection, target)
    except ValidationError as error:
        problems += error.messages
    if keep_collector and not _may_keep(connection, store):
        text = _("The old site cannot keep a full copy: none of its other stores sees this store.")
        problems.append(text)
    return problems


def _not_all_here(connection: BaseDatabaseWrapper, store: Store) -> list[str]:
    """The history goes to the new site from here, so it must be here."""
    own = instance.load(connection).site_id or 0
    if store.site_id == own:
        return []
    problems: list[str] = []
    if placement.sync_type(connection, store.pk, own) is SyncType.TRANSFER:
        text = _(
            "The store's records stay at its site: let this server have a full copy first, and wait"
            " until they have come."
        )
        problems.append(text)
    settings = StoreSettings.objects.using(connection.alias).filter(pk=store.pk).first()
    if settings is not None and not settings.include_transactions:
        text = _(
            "The store's transactions are left out of synchronisation: include them first, and"
            " wait until they have come."
        )
        problems.append(text)
    return problems


def _may_keep(connection: BaseDatabaseWrapper, store: Store) -> bool:
    exempt = visibility.exempt_sites(connection, instance.load(connection))
    return store.site_id in exempt or visibility.sees(connection, store.site_id, store.pk)


def _step(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    if move.state == MoveState.WAITING:
        return drained.is_done(connection, move) and _switch(connection, move)
    if move.state != MoveState.SENDING:
        return False
    if move.backlog_up_to is None:
        return _measure(connection, move)
    is_over = drained.has_received(connection, move) and drained.is_done(connection, move)
    return is_over and _finish(connection, move)


def _switch(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    """Give the store to the new site, with its history: one transaction."""
    alias = connection.alias
    moves = StoreMove.objects.using(alias).filter(pk=move.pk, state=MoveState.WAITING)
    with transaction.atomic(using=alias):
        # First of all: whoever cancels meanwhile comes too late, or this does.
        if not moves.update(state=MoveState.SENDING, switched_at=now()):
            return False
        store = store_sync.find_store(connection, move.store_id)
        active_site.switch(connection, store, move.to_site)
        if drained.may_be_late(connection, move):
            _settings(connection, store.pk, late_site=move.from_site)
        kept = SyncType.COLLECTOR if move.keep_collector else None
        if kept is not None:
            store_sync.write_sync_type(connection, store.pk, move.from_site, kept)
        active_site.send_history(connection, store.pk)
        user = User.objects.using(alias).filter(pk=move.user_id).first()
        active_site.note(connection, user, store.pk, move.from_site, move.to_site)
    return True


def _measure(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    """Remember how far the log reached once the history stood in it."""
    move.backlog_up_to = drained.end_of_log(connection)
    total = drained.left(connection, move)
    StoreMove.objects.using(connection.alias).filter(pk=move.pk).update(
        backlog_up_to=move.backlog_up_to, backlog_total=total
    )
    return True


def _finish(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    alias = connection.alias
    moves = StoreMove.objects.using(alias).filter(pk=move.pk, state=MoveState.SENDING)
    with transaction.atomic(using=alias):
        if not moves.update(state=MoveState.DONE, finished_at=now()):
            return False
        _free(connection, move.store_id)
        user = User.objects.using(alias).filter(pk=move.user_id).first()
        _note(connection, user, ActivityType.STORE_MOVE_FINISHED, move)
    return True


def _freeze(connection: BaseDatabaseWrapper, store_id: str) -> None:
    _settings(connection, store_id, frozen_since=now())


def _free(connection: BaseDatabaseWrapper, store_id: str) -> None:
    _settings(connection, store_id, frozen_since=None, late_site=None)


def _settings(connection: BaseDatabaseWrapper, store_id: str, **values: object) -> None:
    StoreSettings.objects.using(connection.alias).update_or_create(
        store_id=store_id, defaults=values
    )


def _note(
    connection: BaseDatabaseWrapper, user: User | None, kind: ActivityType, move: StoreMove
) -> None:
    sites = Site.objects.using(connection.alias).filter(site_id__in=[move.from_site, move.to_site])
    names = dict(sites.values_list("site_id", "name"))
    before, after = (names.get(n, str(n)) for n in (move.from_site, move.to_site))
    acting.note(connection, user, kind, move.store_id, before, after)
