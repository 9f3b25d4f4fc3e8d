"""One synchronisation cycle of a remote site, step by step (sync-v5.md 5, sync-v6.md 12).

The site tells its own changes first, then takes what is new, and integrates it at the end.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply import disk
from msupply.sync import buffer, changelog, cursors, pull, push, wait
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.failure import FailureCode, StillIntegrating, SyncFailure, Unreachable, told
from msupply.sync.here import Here
from msupply.sync.integrate import Origin, integrate
from msupply.sync.log import CycleLog, CycleStatus, StepName, Watcher
from msupply.sync.models import SiteState
from msupply.sync.peer import (
    InitialisationStatus,
    LegacyServer,
    ModernServer,
    Peers,
    ServerStatus,
    SiteInfo,
    network,
)
from msupply.sync.records import WireRecord
from msupply.sync.site_orders import SiteOrders
from msupply.sync.sql import cycle_lock

logger = logging.getLogger(__name__)

# How many changes go up at once to a server that did not say (sync-v5.md 3.7).
USUAL_PUSH = 1024
_MOST_NAMED = 5

T = TypeVar("T")


def run_cycle(
    connection: BaseDatabaseWrapper,
    peers: Peers | None = None,
    patient_id: str | None = None,
    progress: Watcher | None = None,
    give_up: Callable[[], bool] = lambda: False,
) -> CycleStatus:
    """Run one complete cycle and return how it went; a cycle that runs elsewhere is waited for.

    With `patient_id` the V6 pull brings that patient's records alone. `progress` is told of each
    change of the status. Raises CycleRunning when `give_up` ends the wait.
    """
    with cycle_lock.hold(connection, give_up):
        log = CycleLog(connection, progress)
        try:
            _run(connection, peers, log, patient_id)
        except SyncFailure as failure:
            log.fail(failure)
        except Error as error:
            logger.warning("A synchronisation cycle broke off: %s", told(error))
            log.fail(SyncFailure(FailureCode.INTEGRATION_ERROR, told(error)))
        except Exception as error:
            logger.exception("A synchronisation cycle broke off")
            code = FailureCode.INTEGRATION_ERROR if disk.is_full(error) else FailureCode.UNKNOWN
            log.fail(SyncFailure(code, f"{type(error).__name__}: {error}"))
        else:
            log.finish()
        return log.status


def initialise_site(
    connection: BaseDatabaseWrapper, url: str, site_name: str, password: str
) -> None:
    """Check that the central server knows this site, and store how to reach it.

    The password itself is not stored, but its hash. Raises SyncFailure, with nothing stored, when
    the server cannot be used with these settings.
    """
    here = _with_hardware_id(connection)
    settings: dict[str, Any] = {
        "central_url": url.strip(),
        "site_name": site_name.strip(),
        # sync-v5.md 2.2: the wire's own hash of a password.
        "password_hash": hashlib.sha256(password.encode()).hexdigest(),
    }
    asked = replace(here, **settings)
    peers = network().connect(asked)
    try:
        info = peers.legacy.site_info()
    finally:
        peers.close()
    _refuse_other_site(here, info)
    with transaction.atomic(using=connection.alias):
        instance.change(connection, **settings)
        _learn(connection, info)


def _with_hardware_id(connection: BaseDatabaseWrapper) -> Here:
    # Kept whatever happens next: the first request binds the site to it at the server.
    here = instance.load(connection)
    return here if here.hardware_id else instance.change(connection, hardware_id=uuid.uuid4().hex)


def _run(
    connection: BaseDatabaseWrapper, peers: Peers | None, log: CycleLog, patient_id: str | None
) -> None:
    here = instance.load(connection)
    if not here.is_remote:
        raise SyncFailure(FailureCode.UNKNOWN, "this is no remote site: it has no central server")
    own_peers = None if peers else network().connect(here)
    peers = peers or own_peers
    assert peers is not None
    try:
        _Cycle(connection, peers, log, patient_id).run()
    finally:
        if own_peers:
            own_peers.close()


def _refuse_other_site(here: Here, info: SiteInfo) -> None:
    if here.site_uuid and here.site_uuid != info.uuid:
        raise SyncFailure(
            FailureCode.SITE_UUID_IS_BEING_CHANGED,
            f"the server answers as site {info.uuid!r}, the data here are of {here.site_uuid!r}",
        )


def _learn(connection: BaseDatabaseWrapper, info: SiteInfo) -> Here:
    """Remember what site info says of this site and of its servers."""
    here = instance.load(connection)
    _refuse_other_site(here, info)
    learnt = {
        "site_id": info.site_id,
        "site_uuid": info.uuid,
        "is_oms_central": info.is_oms_central,
        "oms_central_url": info.oms_central_url,
        "central_site_id": info.central_site_id,
        "orders": info.orders,
        "clock_ahead": info.clock_ahead,
    }
    news = {key: value for key, value in learnt.items() if getattr(here, key) != value}
    if not news:
        return here
    with transaction.atomic(using=connection.alias):
        _send_what_stayed(connection, here.orders, info.orders)
        if here.oms_central_url and "oms_central_url" in news:
            # Another server has another log, of which nothing is known here.
            cursors.set_to(connection, cursors.PULL_V6, 0)
        return instance.change(connection, **news)


def _send_what_stayed(connection: BaseDatabaseWrapper, old: SiteOrders, new: SiteOrders) -> None:
    """Queue the records that the central server wants from now on (domain.md D.6)."""
    stayed = {*old.kept_home_stores, *old.stores_without_transactions}
    wanted = stayed - {*new.kept_home_stores, *new.stores_without_transactions}
    if wanted:
        changelog.touch_stores(connection, sorted(wanted), (Channel.QUEUE, Channel.MODERN))
    if new.takes_our_tables and not old.takes_our_tables:
        changelog.touch_kinds(connection, registry().own, (Channel.QUEUE,))


class _Cycle:
    """The steps of one cycle."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        peers: Peers,
        log: CycleLog,
        patient_id: str | None,
    ) -> None:
        self.connection, self.peers, self.log = connection, peers, log
        self.patient_id = patient_id
        self.legacy: LegacyServer = peers.legacy
        # What no server takes; it has not held up the rest.
        self.too_large: list[WireRecord] = []

    def run(self) -> None:
        """Run every step in its order; the first failure ends the cycle."""
        info = self.legacy.site_info()
        here = _learn(self.connection, info)
        modern = None if here.is_oms_central else self.peers.modern(here.oms_central_url)
        if not here.prepared:
            self._prepare(info)
        if here.initialised:
            self._integrate_left_over(here)
            self._push(here, modern)
        self._pull(here, modern)
        self._integrate(here)
        if not here.initialised:
            with transaction.atomic(using=self.connection.alias):
                push.skip_everything(self.connection)
                instance.change(self.connection, initialised=True)
        if self.too_large:
            raise SyncFailure(FailureCode.RECORD_TOO_LARGE, _named(self.too_large))

    def _prepare(self, info: SiteInfo) -> None:
        with self.log.step(StepName.PREPARE) as step:
            if info.initialisation_status is InitialisationStatus.STARTED:
                self._wait_for_queue()
            else:
                try:
                    length = self.legacy.initialise()
                    step.report(length, length)
                except Unreachable:
                    # The server may be at it all the same (sync-v5.md 5.2).
                    self._wait_for_queue()
            instance.change(self.connection, prepared=True)

    def _wait_for_queue(self) -> None:
        quick = self.legacy.batch_limit is not None
        wait.until_idle(self.legacy.status, wait.INITIALISATION, quick=quick)

    def _push(self, here: Here, modern: ModernServer | None) -> None:
        if modern:
            with self.log.step(StepName.PUSH_V6) as step:
                self._push_modern(here, modern, step.report)
        with self.log.step(StepName.PUSH) as step:
            head = changelog.head(self.connection, Channel.MODERN)
            self._push_legacy(here, step.report)
            if modern is None:
                # Changes of the Open mSupply central server have nowhere else to go.
                cursors.set_to(self.connection, cursors.PUSH_V6, head)

    def _push_modern(self, here: Here, modern: ModernServer, report: pull.Report) -> None:
        def deliver(batch: push.PushBatch) -> list[WireRecord]:
            refused = _when_idle(
                lambda: modern.push(batch.waiting, batch.end, batch.records, last=batch.is_last),
                modern.status,
            )
            self.too_large += refused
            return refused

        sent = push.send(
            self.connection,
            push.V6,
            here,
            lambda: modern.batch_limit or USUAL_PUSH,
            deliver,
            report,
        )
        # Where nothing was sent, there is hardly anything to wait for.
        quick = modern.batch_limit is not None or not sent
        wait.until_idle(modern.status, wait.AFTER_PUSH, quick=quick)

    def _push_legacy(self, here: Here, report: pull.Report) -> None:
        legacy = self.legacy

        def deliver(batch: push.PushBatch) -> list[WireRecord]:
            refused = _when_idle(lambda: legacy.push(batch.waiting, batch.records), legacy.status)
            self.too_large += refused
            return refused

        for way in push.legacy_ways(here):
            push.send(
                self.connection,
                way,
                here,
                lambda: legacy.batch_limit or USUAL_PUSH,
                deliver,
                report,
            )
        _when_idle(lambda: legacy.end_push(len(self.too_large)), legacy.status)
        quick = legacy.batch_limit is not None
        wait.until_idle(legacy.status, wait.AFTER_PUSH, quick=quick)

    def _pull(self, here: Here, modern: ModernServer | None) -> None:
        with self.log.step(StepName.PULL_CENTRAL) as step:
            pull.central(self.connection, self.legacy, step.report)
        with self.log.step(StepName.PULL_REMOTE) as step:
            pull.queue(self.connection, self.legacy, step.report)
        if modern is None:
            return
        with self.log.step(StepName.PULL_V6) as step:
            if self.patient_id:
                pull.patient(self.connection, modern, step.report, self.patient_id)
            else:
                pull.modern(self.connection, modern, step.report, initialised=here.initialised)

    def _integrate_left_over(self, here: Here) -> None:
        """Integrate what an interrupted cycle has left, before anything is pushed.

        It is older than the changes that were made here since; once those are pushed, they could
        not be told from what may be overwritten.
        """
        if buffer.waiting(self.connection, None):
            self._integrate(here)

    def _integrate(self, here: Here) -> None:
        with self.log.step(StepName.INTEGRATE) as step:
            total = buffer.waiting(self.connection, None)
            origin = Origin(
                site_id=None,
                log_source=here.central_site_id,
                logs=here.served,
                alone=not here.initialised,
            )
            summary = integrate(self.connection, origin, lambda done: step.report(done, total))
            _hand_over(self.connection, summary.requeued)


def _hand_over(connection: BaseDatabaseWrapper, sources: set[int | None]) -> None:
    """Have pushed records integrated that waited for what this cycle brought.

    On an Open mSupply central server other sites' records refer to what comes by V5.
    """
    for site_id in (source for source in sources if source is not None):
        SiteState.objects.using(connection.alias).update_or_create(
            site_id=site_id, defaults={"waiting_since": now()}
        )


def _when_idle(request: Callable[[], T], ask: Callable[[], ServerStatus]) -> T:
    """Make a request; where the server is still busy with an earlier push, wait and repeat it."""
    try:
        return request()
    except StillIntegrating:
        wait.until_idle(ask, wait.AFTER_PUSH)
        return request()


def _named(records: list[WireRecord]) -> str:
    """Name records and their sizes; of very many, some."""
    sizes = ((record, len(bytes(record.data or b""))) for record in records[:_MOST_NAMED])
    named = ", ".join(f"{r.table} {r.record_id} ({size / 1e6:.1f} MB)" for r, size in sizes)
    further = len(records) - _MOST_NAMED
    return f"{named} and {further} more" if further > 0 else named
