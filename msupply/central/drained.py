"""Whether the two sites of a move have sent and received what they must, and what is missing.

Nothing here writes.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import active_site
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.store_moves import MoveState, StoreMove
from msupply.sync import buffer, quarantine, queue, routing
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel
from msupply.sync.models import ChangelogQueue, Quarantined, SiteState


@dataclass(frozen=True)
class Condition:
    """Something that must be so before the store changes hands."""

    text: str
    is_met: bool


def conditions(connection: BaseDatabaseWrapper, move: StoreMove) -> tuple[Condition, ...]:
    """Return what a move waits for; nothing of a site on which nobody has worked."""
    if move.state == MoveState.SENDING:
        return _after_the_switch(connection, move)
    own = instance.load(connection).site_id
    found: list[Condition] = []
    if _works_elsewhere(connection, move.from_site):
        told = _("The old site has learnt that the store is frozen.")
        if not takes_orders(connection, move.from_site):
            told = _("The old site has connected since.")
        found += [
            Condition(told, bool(move.told_at)),
            Condition(_("The old site has sent everything since."), bool(move.pushed_at)),
            _is_integrated(connection, move),
            Condition(
                _("No record of the old site is kept back for a mistake."),
                not kept_back(connection, move.from_site),
            ),
            Condition(
                _("The old site has received everything."),
                has_acknowledged(connection, move.from_site, move.freeze_cursor),
            ),
        ]
    if move.to_site != own and _is_initialised(connection, move.to_site):
        found.append(
            Condition(
                _("The new site has received everything until now."),
                has_acknowledged(connection, move.to_site, move.freeze_cursor),
            )
        )
    return tuple(found)


def _after_the_switch(connection: BaseDatabaseWrapper, move: StoreMove) -> tuple[Condition, ...]:
    if not may_be_late(connection, move):
        return ()
    return (
        Condition(_("The old site has learnt that the store has left."), bool(move.learnt_at)),
        _is_integrated(connection, move),
    )


def _is_integrated(connection: BaseDatabaseWrapper, move: StoreMove) -> Condition:
    unread = has_unread(connection, move.from_site)
    return Condition(_("What the old site has sent is integrated."), not unread)


def warnings(connection: BaseDatabaseWrapper, move: StoreMove) -> tuple[str, ...]:
    """Return what people must see to, because a site cannot be told that the store is frozen."""
    found: list[str] = []
    if may_be_late(connection, move):
        found.append(
            _(
                "The old site runs another program, which cannot be told that the store is frozen."
                " Have its users log out now. What they enter all the same is taken until that"
                " site has learnt that the store has left; what they enter later never leaves it."
            )
        )
    elsewhere = move.to_site != instance.load(connection).site_id
    if elsewhere and not takes_orders(connection, move.to_site):
        found.append(
            _(
                "The new site runs another program, which cannot be told that the store is frozen."
                " Its users must wait until the move is done, although they see the store before."
            )
        )
    return tuple(found)


def takes_orders(connection: BaseDatabaseWrapper, site_id: int) -> bool:
    """True for a site that can be told of a freeze; false for those of another make."""
    return queue.site_state(connection, site_id).takes_orders


def may_be_late(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    """True when people may go on working at the old site until it knows that the store has left."""
    works = _works_elsewhere(connection, move.from_site)
    return works and not takes_orders(connection, move.from_site)


def _works_elsewhere(connection: BaseDatabaseWrapper, site_id: int) -> bool:
    own = instance.load(connection).site_id
    return site_id != own and not active_site.is_unused(connection, site_id)


def is_done(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    """True when a move has nothing to wait for any more before its next step."""
    return all(condition.is_met for condition in conditions(connection, move))


def kept_back(connection: BaseDatabaseWrapper, site_id: int) -> int:
    """Count the records of a site that are kept back and could still come in.

    Those that the site doesn't own are not among them: they never could.
    """
    kept = Quarantined.objects.using(connection.alias).filter(source_site=site_id)
    return kept.exclude(code=quarantine.NOT_OWNER).count()


def end_of_log(connection: BaseDatabaseWrapper) -> int:
    """Return the highest cursor of the queue's log, committed rows alone."""
    rows = ChangelogQueue.objects.using(connection.alias).order_by("-cursor")
    return rows.values_list("cursor", flat=True).first() or 0


def has_received(connection: BaseDatabaseWrapper, move: StoreMove) -> bool:
    """True when the new site has acknowledged the store's history."""
    if move.to_site == instance.load(connection).site_id:
        return True
    return _is_initialised(connection, move.to_site) and has_acknowledged(
        connection, move.to_site, move.backlog_up_to or 0
    )


def left(connection: BaseDatabaseWrapper, move: StoreMove) -> int:
    """Count the records of the backlog that the new site has not acknowledged yet."""
    here = instance.load(connection)
    if move.to_site == here.site_id or move.backlog_up_to is None:
        return 0
    state = queue.site_state(connection, move.to_site)
    reader = routing.reader_for(connection, here, move.to_site, state.resend_up_to)
    return routing.count(
        connection,
        Channel.QUEUE,
        reader,
        state.queue_cursor,
        move.backlog_up_to,
        queue.COUNT_WINDOW,
    )


def _is_initialised(connection: BaseDatabaseWrapper, site_id: int) -> bool:
    sites = Site.objects.using(connection.alias).filter(site_id=site_id)
    return sites.filter(initialisation_status=InitialisationStatus.COMPLETED).exists()


def has_unread(connection: BaseDatabaseWrapper, site_id: int) -> bool:
    """True while something that a site has sent is not integrated."""
    states = SiteState.objects.using(connection.alias)
    waits = states.filter(site_id=site_id, waiting_since__isnull=False).exists()
    return waits or buffer.waiting(connection, site_id) > 0


def has_acknowledged(connection: BaseDatabaseWrapper, site_id: int, up_to: int) -> bool:
    """True when a site has taken everything for it up to a cursor of the queue's log."""
    # Not a count of log rows: some of them say nothing to the site, and are never acknowledged.
    waiting = queue.first(connection, site_id, 1).records
    return not waiting or waiting[0].cursor > up_to
