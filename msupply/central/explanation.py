"""Why a record is, or is not, where it should be: the support question of this field."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.files import SyncFileReference
from msupply.records.sites import Site
from msupply.services.edit import rows_of
from msupply.sync import cursors, placement, routing
from msupply.sync import here as instance
from msupply.sync.declare import LocalOnly, SplitBy
from msupply.sync.declare.policy import Policy
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.models import (
    BufferChunk,
    ChangelogCentral,
    ChangelogModern,
    ChangelogQueue,
    ChangelogRow,
    Quarantined,
    SiteState,
)
from msupply.sync.queue import site_state
from msupply.sync.routing import Reader

_LOGS: dict[Channel, type[ChangelogRow]] = {
    Channel.CENTRAL: ChangelogCentral,
    Channel.QUEUE: ChangelogQueue,
    Channel.MODERN: ChangelogModern,
}
_PUSHED_UP_TO = {Channel.QUEUE: cursors.PUSH_V5, Channel.MODERN: cursors.PUSH_V6}


@dataclass(frozen=True)
class LogRow:
    """A record's place in one log."""

    log: str
    cursor: int
    deleted: bool
    store_id: str | None
    partner_id: str | None
    visible_id: str | None
    everywhere: bool
    source_site: int | None
    # On a remote site: whether it still has to go up.
    waits_to_be_pushed: bool | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether one log row goes to one site, and why."""

    site: str
    log: str
    goes: bool
    reason: str


@dataclass(frozen=True)
class Kept:
    """A copy that could not be taken."""

    source_site: int | None
    wire: str
    table: str
    action: str
    code: str
    reason: str
    received_at: str


@dataclass
class Explanation:
    """Everything that is known about one record."""

    type: str
    id: str
    exists: bool
    policy: list[str]
    wires: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    log: list[LogRow] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    quarantine: list[Kept] = field(default_factory=list)
    in_buffer: int = 0
    files: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return it for programs."""
        return asdict(self)


def find_type(name: str) -> RecordType:
    """Return the record type with a name, a table or a wire table. Raises LookupError."""
    known = registry()
    wanted = name.lower().replace("-", "_")
    for kind in known.types:
        names = {kind.name, kind.table, *(t.name for w in Wire if (t := kind.wire(w)))}
        if wanted in {n.lower() for n in names} or wanted.replace("_", "") == kind.name:
            return kind
    near = ", ".join(sorted(kind.table for kind in known.types))
    raise LookupError(
        _("There is no record type “{name}”. There are: {known}.").format(name=name, known=near)
    )


def explain(
    connection: BaseDatabaseWrapper, kind: RecordType, record_id: str, sites: Iterable[Site]
) -> Explanation:
    """Return what is known about a record, with the verdict for each of the sites."""
    alias = connection.alias
    row = rows_of(connection, kind.model).filter(pk=record_id).values().first()
    rows = _log_rows(connection, kind, record_id)
    tables = [table.name for wire in Wire if (table := kind.wire(wire))]
    waiting = BufferChunk.objects.using(alias).filter(table_name__in=tables)
    return Explanation(
        kind.name,
        record_id,
        row is not None,
        _policy_texts(kind),
        _wire_texts(kind),
        {name: _shown(value) for name, value in (row or {}).items() if value is not None},
        rows,
        [_verdict(connection, site, r) for site in sites for r in rows],
        _kept(connection, tables, record_id),
        sum(chunk.records for chunk in waiting.defer("payload")),
        _file_texts(connection, kind, record_id),
    )


def _shown(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else str(value)


def _policy_texts(kind: RecordType) -> list[str]:
    policy = kind.policy
    if isinstance(policy, LocalOnly):
        return [_("It never travels: {reason}").format(reason=policy.reason)]
    if isinstance(policy, SplitBy):
        test = f"{policy.column} = {policy.value}"
        return [
            f"{test}: {_policy_text(policy.match)}",
            _("otherwise: {text}").format(text=_policy_text(policy.other)),
        ]
    return [_policy_text(policy)]


def _policy_text(policy: Policy) -> str:
    goes = []
    if policy.everywhere:
        goes.append(_("every site"))
    if policy.store and policy.goes_down:
        goes.append(_("the site where the store ({column}) is active").format(column=policy.store))
    if policy.partner:
        goes.append(_("the site of the partner ({column})").format(column=policy.partner))
    if policy.visible:
        goes.append(_("sites where {column} is visible").format(column=policy.visible))
    if policy.everywhere_without_store:
        goes.append(_("every site when it has no store"))
    if policy.goes_up:
        goes.append(_("the central server"))
    text = _("edited at: {editor}; travels to: {goes}")
    return text.format(editor=_(policy.editor.value), goes=", ".join(goes) or _("nowhere"))


def _wire_texts(kind: RecordType) -> list[str]:
    return [
        f"{wire.value.upper()} {table.name}: {_(table.direction.value)}"
        for wire in Wire
        if (table := kind.wire(wire))
    ]


def _log_rows(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> list[LogRow]:
    here = instance.load(connection)
    found = []
    for channel, model in _LOGS.items():
        rows = rows_of(connection, model)
        row = rows.filter(record_type=kind.number, record_id=record_id).first()
        if row is None:
            continue
        waits = None
        if here.is_remote and channel in _PUSHED_UP_TO:
            waits = row.cursor > cursors.get(connection, _PUSHED_UP_TO[channel])
        found.append(
            LogRow(
                channel.value,
                row.cursor,
                row.deleted,
                row.store_id,
                row.partner_id,
                row.visible_id,
                row.everywhere,
                row.source_site,
                waits,
            )
        )
    return found


def _verdict(connection: BaseDatabaseWrapper, site: Site, row: LogRow) -> Verdict:
    channel = Channel(row.log)
    stores = placement.active_stores(connection, site.site_id)
    state = site_state(connection, site.site_id)
    # An initialising site gets its own records back; ask for that case first.
    whole = Reader(site.site_id, stores, row.cursor)
    if not routing.read(connection, channel, whole, row.cursor - 1, row.cursor, 1):
        return Verdict(site.name, row.log, False, _no_route(row, len(stores)))
    resend = state.resend_up_to if channel is Channel.QUEUE else 0
    now = Reader(site.site_id, stores, resend)
    if not routing.read(connection, channel, now, row.cursor - 1, row.cursor, 1):
        reason = _("it came from this site; only a new initialisation sends it back")
        return Verdict(site.name, row.log, False, reason)
    return Verdict(site.name, row.log, True, _progress(channel, state, row))


def _no_route(row: LogRow, stores: int) -> str:
    if not stores and not row.everywhere:
        return _("no store is active on this site")
    if row.visible_id is not None:
        return _("{id} is visible in none of the site's stores").format(id=row.visible_id)
    if row.store_id is None:
        return _("it has no store, and does not go to every site")
    return _("its store {store} is not active on this site").format(store=row.store_id)


def _progress(channel: Channel, state: SiteState, row: LogRow) -> str:
    if channel is not Channel.QUEUE:
        return _("the site fetches it when it reads past cursor {cursor}").format(cursor=row.cursor)
    ahead = msgspec.json.decode(state.acknowledged_ahead, type=list[int])
    if row.cursor <= state.queue_cursor or row.cursor in ahead:
        return _("the site has acknowledged it")
    return _("it waits in the site's queue")


def _kept(connection: BaseDatabaseWrapper, tables: list[str], record_id: str) -> list[Kept]:
    rows = Quarantined.objects.using(connection.alias).filter(
        table_name__in=tables, record_id=record_id
    )
    return [
        Kept(
            r.source_site,
            r.wire,
            r.table_name,
            r.action,
            r.code,
            r.reason,
            r.received_at.isoformat(),
        )
        for r in rows.order_by("id")
    ]


def _file_texts(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> list[str]:
    files = SyncFileReference.objects.using(connection.alias)
    if kind.model is SyncFileReference:
        wanted = files.filter(pk=record_id)
    else:
        wanted = files.filter(table_name=kind.table, record_id=record_id)
    return [
        f"{f.file_name} ({f.id}): {f.direction} {f.status},"
        + _(" {done} / {total} bytes").format(
            done=max(f.uploaded_bytes, f.downloaded_bytes), total=f.total_bytes
        )
        + (f", {f.error}" if f.error else "")
        for f in wanted.order_by("created_datetime")
    ]
