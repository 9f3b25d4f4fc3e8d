"""Whether a record reaches a site, and why, in plain words: one line per site.

What goes is asked of the routing itself; the words are found beside it, from the same facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import log_marks
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.services.edit import rows_of
from msupply.sync import clock, cursors, placement, routing
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.declare.wire import Direction
from msupply.sync.here import Here
from msupply.sync.models import ChangelogRow, SiteState
from msupply.sync.placement import SyncType
from msupply.sync.queue import site_state
from msupply.sync.routing import Reader

_PUSHED_UP_TO = {
    Channel.CENTRAL: cursors.PUSH_V5_CENTRAL,
    Channel.QUEUE: cursors.PUSH_V5,
    Channel.MODERN: cursors.PUSH_V6,
}


class Answer(StrEnum):
    """Whether a record is on a site; a site that goes on asking gets what is `NOT_YET` there."""

    YES = "yes"
    NOT_YET = "not_yet"
    NO = "no"


@dataclass(frozen=True)
class Verdict:
    """Whether a record goes to one site, and why. `goes` is what the routing says."""

    site: str
    number: int | None
    answer: Answer
    goes: bool
    reason: str
    log: str = ""


class Judge:
    """Judges one record for any number of sites, on the mSupply central server."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        kind: RecordType,
        rows: Iterable[tuple[Channel, ChangelogRow]],
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._rows = list(rows)
        self._here = instance.load(connection)
        self._changed: dict[tuple[Channel, int], datetime | None] = {}
        self._store_names = _store_names(
            connection, {s for _, row in self._rows for s in (row.store_id, row.partner_id) if s}
        )

    def concerned(self) -> set[int]:
        """Return the numbers of the sites that have to do with the record, but for all of them."""
        found: set[int] = set()
        for _channel, row in self._rows:
            if row.source_site is not None:
                found.add(row.source_site)
            for store in {row.store_id, row.partner_id} - {None}:
                assert store is not None
                found |= set(placement.of_store(self._connection, store))
            if row.visible_id is not None:
                found |= self._where_visible(row.visible_id)
        return found

    def verdict(self, site: Site) -> Verdict | None:
        """Return the verdict for a site, None when nothing is logged of the record."""
        found = [self._of_row(site, channel, row) for channel, row in self._rows]
        order = [Answer.YES, Answer.NOT_YET, Answer.NO]
        return min(found, key=lambda verdict: order.index(verdict.answer), default=None)

    def _of_row(self, site: Site, channel: Channel, row: ChangelogRow) -> Verdict:
        def say(answer: Answer, goes: bool, reason: str) -> Verdict:
            return Verdict(site.name, site.site_id, answer, goes, reason, channel.value)

        if row.source_site == site.site_id and not self._sent_back(channel, row, site):
            return say(Answer.YES, False, _("it came from this site"))
        table = self._kind.wire(Wire.V6 if channel is Channel.MODERN else Wire.V5)
        if table is None or table.direction is Direction.UP:
            text = _("records of this type travel to the central server only")
            return say(Answer.NO, False, text)
        # The source gets it back when it initialises: that was looked at above.
        reader = routing.reader_for(self._connection, self._here, site.site_id, row.cursor)
        if not self._routes(channel, reader, row):
            return say(Answer.NO, False, self._why_not(reader, row))
        why = self._why(reader, row)
        if site.initialisation_status == InitialisationStatus.NEW and not site.hardware_id:
            text = _("{why}; the site has not been initialised yet")
            return say(Answer.NOT_YET, True, text.format(why=why))
        answer, progress = self._progress(channel, site, row)
        return say(answer, True, _("{why}; {progress}").format(why=why, progress=progress))

    def _sent_back(self, channel: Channel, row: ChangelogRow, site: Site) -> bool:
        if channel is not Channel.QUEUE:
            return False
        return row.cursor <= site_state(self._connection, site.site_id).resend_up_to

    def _routes(self, channel: Channel, reader: Reader, row: ChangelogRow) -> bool:
        after = row.cursor - 1
        return bool(routing.read(self._connection, channel, reader, after, row.cursor, 1))

    def _why(self, reader: Reader, row: ChangelogRow) -> str:
        if row.everywhere:
            return _("records of this type go to every site")
        if row.store_id in reader.stores:
            return _("its store {store} is active there").format(store=self._name(row.store_id))
        if row.partner_id in reader.stores:
            text = _("it is a transfer: the other store, {store}, is active there")
            return text.format(store=self._name(row.partner_id))
        if row.store_id in reader.collected:
            text = _("the site has a copy of its store {store} (collector)")
            return text.format(store=self._name(row.store_id))
        if row.partner_id in reader.collected:
            text = _(
                "it is a transfer: the site has a copy of the other store, {store} (collector)"
            )
            return text.format(store=self._name(row.partner_id))
        return _("the patient or clinician is visible in a store of the site")

    def _why_not(self, reader: Reader, row: ChangelogRow) -> str:
        if row.everywhere:
            return _("only sites with an active dispensary store get records of this type")
        if not reader.stores and not reader.collected:
            return _("no store is active on this site")
        if row.store_id in reader.collected and self._kind in registry().central_store:
            text = _(
                "the site has a copy of its store {store}; records of this type go only where the"
                " store is active"
            )
            return text.format(store=self._name(row.store_id))
        if row.visible_id is not None:
            return _("the patient or clinician is not visible in any store of the site")
        if row.store_id is None:
            return _("it has no store, and does not go to every site")
        return self._elsewhere(row.store_id, reader.site_id)

    def _elsewhere(self, store: str, site_id: int) -> str:
        placed = placement.of_store(self._connection, store)
        if placed.get(site_id) is SyncType.TRANSFER:
            text = _(
                "the site has its store {store} for transfers only, and this is no transfer with"
                " one of the site's stores"
            )
            return text.format(store=self._name(store))
        active = next((n for n, kind in placed.items() if kind is SyncType.ACTIVE), None)
        where = Site.objects.using(self._connection.alias).filter(site_id=active or 0)
        name = where.values_list("name", flat=True).first()
        if name is None:
            text = _("its store {store} is not active on this site")
            return text.format(store=self._name(store))
        text = _(
            "its store {store} is active on the site “{site}”, and this site has no copy of it"
        )
        return text.format(store=self._name(store), site=name)

    def _progress(self, channel: Channel, site: Site, row: ChangelogRow) -> tuple[Answer, str]:
        if channel is Channel.QUEUE:
            state = site_state(self._connection, site.site_id)
            if _acknowledged(state, row.cursor):
                return Answer.YES, _("the site has acknowledged it")
            return Answer.NOT_YET, _("it waits in the site's queue")
        last = site.last_connection_datetime
        if last is None:
            return Answer.NOT_YET, _("the site has never connected")
        # A site remembers by itself how far it has read these logs.
        changed = self._changed_before(channel, row.cursor)
        in_future = clock.age(last) == clock.LONG_AGO
        if changed is None or in_future or last <= changed:
            return Answer.NOT_YET, _("the site fetches it with its next synchronisation")
        return Answer.YES, _("the site has synchronised since")

    def _changed_before(self, channel: Channel, cursor: int) -> datetime | None:
        key = channel, cursor
        if key not in self._changed:
            self._changed[key] = log_marks.changed_before(self._connection, channel, cursor)
        return self._changed[key]

    def _where_visible(self, subject: str) -> set[int]:
        stores: set[str] = set()
        for kind in registry().visibility:
            join = kind.model.visibility
            assert join is not None
            seen = rows_of(self._connection, kind.model).filter(**{join.subject: subject})
            stores |= set(seen.values_list(join.store, flat=True)[:1000])
        found: set[int] = set()
        sites = Store.objects.using(self._connection.alias).filter(pk__in=stores)
        found |= set(sites.values_list("site_id", flat=True))
        return found

    def _name(self, store: str | None) -> str:
        return self._store_names.get(store or "", store or "")


def _acknowledged(state: SiteState, cursor: int) -> bool:
    ahead = msgspec.json.decode(state.acknowledged_ahead, type=list[int])
    return cursor <= state.queue_cursor or cursor in ahead


def _store_names(connection: BaseDatabaseWrapper, ids: set[str]) -> dict[str, str]:
    rows = Store.objects.using(connection.alias).filter(pk__in=ids)
    return dict(rows.values_list("pk", "name__name"))


def at_the_central_server(
    connection: BaseDatabaseWrapper,
    here: Here,
    kind: RecordType,
    rows: Iterable[tuple[Channel, ChangelogRow]],
) -> Verdict | None:
    """Return, on a remote site, whether a record of it has reached the central server."""
    found = [_upwards(connection, here, kind, channel, row) for channel, row in rows]
    order = [Answer.NOT_YET, Answer.YES, Answer.NO]
    return min(found, key=lambda verdict: order.index(verdict.answer), default=None)


def _upwards(
    connection: BaseDatabaseWrapper,
    here: Here,
    kind: RecordType,
    channel: Channel,
    row: ChangelogRow,
) -> Verdict:
    def say(answer: Answer, goes: bool, reason: str) -> Verdict:
        return Verdict(
            _("central server"), here.central_site_id, answer, goes, reason, channel.value
        )

    if row.source_site is not None:
        return say(Answer.YES, False, _("it came from there"))
    orders = here.orders
    if row.store_id in orders.kept_home_stores and row.partner_id is None:
        text = _("the central server has its store for transfers only: its records stay here")
        return say(Answer.NO, False, text)
    left_out = kind in registry().suppressible and row.partner_id is None
    if left_out and row.store_id in orders.stores_without_transactions:
        text = _("transactions of its store are not included in synchronisation: it stays here")
        return say(Answer.NO, False, text)
    own = placement.active_stores(connection, here.site_id)
    owner = {row.store_id, row.partner_id} & set(own)
    if row.store_id is not None and not owner and not here.is_primary:
        return say(Answer.NO, False, _("its store is not active on this site"))
    if row.cursor > cursors.get(connection, _PUSHED_UP_TO[channel]):
        return say(Answer.NOT_YET, True, _("it waits to be pushed with the next synchronisation"))
    return say(Answer.YES, True, _("it has been pushed"))
