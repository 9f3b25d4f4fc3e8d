"""Why a record is, or is not, where it should be: the support question of this field."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Sum
from django.utils.translation import gettext as _

from msupply.central.whereabouts import Judge, Verdict, at_the_central_server
from msupply.records.files import SyncFileReference
from msupply.records.sites import Site
from msupply.services.edit import rows_of
from msupply.sync import cursors, left_out, quarantine
from msupply.sync import here as instance
from msupply.sync.changelog import LOGS
from msupply.sync.declare import LocalOnly, SplitBy
from msupply.sync.declare.policy import Editor, Policy
from msupply.sync.declare.registry import Channel, RecordType, Wire, registry
from msupply.sync.here import Here
from msupply.sync.models import (
    BufferChunk,
    ChangelogRow,
    Quarantined,
)

_SECRET = frozenset({"password"})
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
    # What is true of the record whatever the site.
    notes: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    quarantine: list[Kept] = field(default_factory=list)
    in_buffer: int = 0
    files: list[str] = field(default_factory=list)
    merged_into: str | None = None

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
    tables = sorted(kind.table for kind in known.types)
    near = ", ".join(get_close_matches(wanted, tables, 6, 0.5) or tables[:6])
    raise LookupError(
        _("There is no record type “{name}”. Some that there are: {known}.").format(
            name=name, known=near
        )
    )


def explain(
    connection: BaseDatabaseWrapper, kind: RecordType, record_id: str, sites: Iterable[Site]
) -> Explanation:
    """Return what is known about a record, with the verdict for each of the sites."""
    here = instance.load(connection)
    row = rows_of(connection, kind.model).filter(pk=record_id).values().first()
    logged = _logged(connection, kind, record_id)
    tables = [table.name for wire in Wire if (table := kind.wire(wire))]
    found = Explanation(
        kind.name,
        record_id,
        row is not None,
        _policy_texts(kind),
        _wire_texts(kind),
        {
            name: _shown(value)
            for name, value in (row or {}).items()
            if value is not None and name not in _SECRET
        },
        _log_rows(connection, here, logged),
        quarantine=_kept(connection, tables, record_id),
        in_buffer=_in_buffer(connection, tables),
        files=_file_texts(connection, kind, record_id),
        merged_into=_merged_into(connection, kind, record_id),
    )
    found.verdicts = _verdicts(connection, here, kind, logged, sites)
    found.notes = _notes(here, kind, found) + _left_out(connection, kind, record_id)
    return found


def concerned(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> set[int]:
    """Return the numbers of the sites that have to do with a record, but for all of them."""
    return Judge(connection, kind, _logged(connection, kind, record_id)).concerned()


def _verdicts(
    connection: BaseDatabaseWrapper,
    here: Here,
    kind: RecordType,
    logged: list[tuple[Channel, ChangelogRow]],
    sites: Iterable[Site],
) -> list[Verdict]:
    if here.is_remote:
        verdict = at_the_central_server(connection, here, kind, logged)
        return [verdict] if verdict else []
    judge = Judge(connection, kind, logged)
    return [verdict for site in sites if (verdict := judge.verdict(site))]


def _notes(here: Here, kind: RecordType, found: Explanation) -> list[str]:
    """Say what holds whatever the site: above all, why nothing can be said of sites."""
    notes = []
    if found.quarantine:
        notes.append(_("A copy of it could not be taken here: see the reason below."))
    if found.merged_into is not None:
        text = _("It was merged into {id}: what referred to it refers to that record now.")
        notes.append(text.format(id=found.merged_into))
    if not kind.syncs:
        assert isinstance(kind.policy, LocalOnly)
        notes.append(_("It never travels: {reason}").format(reason=kind.policy.reason))
    elif found.log:
        if any(row.deleted for row in found.log):
            notes.append(_("It was deleted; the sites that had it are told so."))
    elif found.exists:
        notes.append(
            _("Nothing is logged of it: it has not changed since this server keeps logs.")
            if not here.is_remote
            else _("It came from the central server, and has not been changed here.")
        )
    elif found.merged_into is None and not found.quarantine:
        notes += _never_seen(kind, found)
    return notes


def _left_out(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> list[str]:
    rows = left_out.noted(connection).filter(record_type=kind.number, record_id=record_id)
    text = _("It cannot be sent as it is, and is left out until it is changed: {reason}")
    reasons = {quarantine.in_words(row.reason, row.reason_values) for row in rows}
    return [text.format(reason=reason) for reason in sorted(reasons)]


def _never_seen(kind: RecordType, found: Explanation) -> list[str]:
    notes = [_("It is not here, and never was: the site that made it may not have sent it yet.")]
    if found.in_buffer:
        text = _("{n} records of this type have arrived and wait to be integrated: it may be one.")
        notes.append(text.format(n=found.in_buffer))
    if kind.policies_where(lambda policy: policy.suppressible):
        text = _(
            "Records of this type stay at the site of a dispensary whose transactions are not"
            " included in synchronisation."
        )
        notes.append(text)
    return notes


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
        goes.append(
            _("every site with an active dispensary store")
            if policy.dispensary_only
            else _("every site")
        )
    if policy.store and policy.goes_down:
        goes.append(_("the site where the store ({column}) is active").format(column=policy.store))
    if policy.store and policy.goes_down and policy.editor is not Editor.CENTRAL:
        goes.append(_("the sites that have a copy of the store"))
    if policy.partner:
        goes.append(_("the site of the partner ({column})").format(column=policy.partner))
    if policy.other_party:
        text = _("the site of the other party's store ({column})")
        goes.append(text.format(column=policy.other_party))
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


def _logged(
    connection: BaseDatabaseWrapper, kind: RecordType, record_id: str
) -> list[tuple[Channel, ChangelogRow]]:
    found = []
    for channel, model in LOGS.items():
        rows = rows_of(connection, model)
        row = rows.filter(record_type=kind.number, record_id=record_id).first()
        if row is not None:
            found.append((channel, row))
    return found


def _log_rows(
    connection: BaseDatabaseWrapper, here: Here, logged: list[tuple[Channel, ChangelogRow]]
) -> list[LogRow]:
    found = []
    for channel, row in logged:
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


def _merged_into(connection: BaseDatabaseWrapper, kind: RecordType, record_id: str) -> str | None:
    merge = registry().merges.get(kind.table)
    if merge is None:
        return None
    row: Any = rows_of(connection, merge.model).filter(pk=record_id).first()
    return row.kept_id if row else None


def _in_buffer(connection: BaseDatabaseWrapper, tables: list[str]) -> int:
    chunks = BufferChunk.objects.using(connection.alias).filter(table_name__in=tables)
    return int(chunks.aggregate(n=Sum("records"))["n"] or 0)


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
            quarantine.in_words(r.reason, r.reason_values),
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
