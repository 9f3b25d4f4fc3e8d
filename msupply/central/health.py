"""Whether everything is in order in this instance's database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from msupply.central import clock_words, failing
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.services import leaving
from msupply.services.edit import rows_of
from msupply.sync import changelog, cursors, log, quarantine, triggers
from msupply.sync import here as instance
from msupply.sync.declare import Form
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.failure import FailureCode
from msupply.sync.models import BufferChunk, Cursor, Quarantined, SiteState
from msupply.sync.records import columns_of
from msupply.wire import file_transfer

# Of each record type so many that cannot leave are named; all are counted.
_NAMED = 20
_AT_ONCE = 5_000

# A cursor of this name may not be beyond the head of this log.
_CURSOR_LOGS = {cursors.PUSH_V5: Channel.QUEUE, cursors.PUSH_V6: Channel.MODERN}


# Findings of one kind that are told one by one.
SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `wrong` ones need somebody's attention."""

    subject: str
    text: str
    wrong: bool = False


def examine(connection: BaseDatabaseWrapper) -> list[Finding]:
    """Look at everything; return what was found, wrong or not."""
    findings = list(_migrations(connection))
    if any(finding.wrong for finding in findings):
        # Nothing else can be asked of tables that are not there.
        return findings
    looks = (
        *(_triggers, _role, _cursors, _orphans, _leaving, _quarantine, _integration, _buffer),
        *(_clock, _files),
    )
    for look in looks:
        findings += look(connection)
    return findings


def _migrations(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{m.app_label}.{m.name}" for m, _backwards in plan[:5])
        text = _("{n} are missing ({names}): run `msupply serve`, which brings them in.")
        yield Finding("migrations", text.format(n=len(plan), names=names), True)
    else:
        yield Finding("migrations", _("The tables are those of this version."))


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    missing = triggers.missing(connection)
    if missing:
        text = _(
            "{n} are missing: changes of people and tools are not logged. Run `msupply serve`."
        )
        yield Finding("triggers", text.format(n=len(missing)), True)
    else:
        yield Finding("triggers", _("Every change is logged."))


def _role(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    here = instance.load(connection)
    if not here.is_set_up:
        text = _("This is no site yet: open it in the browser, or use `msupply init`.")
        yield Finding("role", text, True)
    if not here.is_central:
        return
    numbers = set(Site.objects.using(connection.alias).values_list("site_id", flat=True))
    stores = Store.objects.using(connection.alias).exclude(site_id__in=numbers)
    codes = list(stores.order_by("code").values_list("code", flat=True))
    if codes:
        text = _("{n} stores are active on no site: {codes}. Give them to a site.")
        yield Finding("stores", text.format(n=len(codes), codes=", ".join(codes[:10])))
    if not here.oms_central_url:
        text = _("The Open mSupply central server has no address: sites cannot synchronise.")
        yield Finding("role", text, True)


def _cursors(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    heads = {channel: changelog.head(connection, channel) for channel in Channel}
    wrong = False
    for row in Cursor.objects.using(connection.alias).all():
        log = _CURSOR_LOGS.get(row.name)
        if row.value < 0 or (log is not None and row.value > heads[log]):
            text = _("{name} is at {value}, beyond the end of its log.")
            yield Finding("cursors", text.format(name=row.name, value=row.value), True)
            wrong = True
    for state in SiteState.objects.using(connection.alias).filter(
        queue_cursor__gt=heads[Channel.QUEUE]
    ):
        text = _("Site {site} is beyond the end of its queue.")
        yield Finding("cursors", text.format(site=state.site_id), True)
        wrong = True
    for channel, head in heads.items():
        if head >= 2**31 * 0.9:
            text = _("{log} is at {head}; sites hold cursors below 2147483648.")
            yield Finding("cursors", text.format(log=channel.value, head=head), True)
            wrong = True
    if not wrong:
        yield Finding("cursors", _("All are within their logs."))


def _orphans(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    wrong = False
    for kind in registry().types:
        must_exist = {parent.column for parent in kind.parents}
        for column, f in kind.columns.items():
            if not isinstance(f, models.ForeignKey):
                continue
            missing = _count_missing(connection, kind.model, f)
            if not missing:
                continue
            text = _("{n} of {table}.{column} name a record that is not here.")
            text = text.format(n=missing, table=kind.table, column=column)
            hard = column in must_exist
            wrong = wrong or hard
            yield Finding("references" if hard else "loose references", text, hard)
    if not wrong:
        yield Finding("references", _("Every reference that must exist does."))


def _count_missing(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    reference: "models.ForeignKey[Any, Any]",
) -> int:
    assert not isinstance(reference.related_model, str)
    targets = rows_of(connection, reference.related_model).filter(pk=OuterRef(reference.attname))
    rows = rows_of(connection, model).filter(**{f"{reference.name}__isnull": False})
    return rows.filter(~Exists(targets)).count()


def _leaving(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """Write every record as it would travel from here: what cannot be written, no site ever gets."""
    here = instance.load(connection)
    forms = {
        *((Form.TO_SITE,) if here.is_central else ()),
        *((Form.TO_CENTRAL,) if here.is_remote else ()),
        Form.MODERN,
    }
    wrong = False
    for kind in registry().synced:
        stuck: dict[str, Message] = {}
        for ids in _all_ids(connection, kind):
            columns = columns_of(connection, kind, ids)
            for _table, place, reason in leaving.unsendable(kind, columns, forms):
                stuck.setdefault(columns["id"][place], reason)
        for record_id, reason in list(stuck.items())[:_NAMED]:
            text = _("{type} {id} cannot be sent: {reason}").format(
                type=kind.name,
                id=record_id,
                reason=quarantine.in_words(*quarantine.as_columns(reason)),
            )
            yield Finding("leaving", text, True)
        if len(stuck) > _NAMED:
            text = _("{n} more of {type} cannot be sent.")
            yield Finding("leaving", text.format(n=len(stuck) - _NAMED, type=kind.name), True)
        wrong = wrong or bool(stuck)
    if not wrong:
        yield Finding("leaving", _("Every record can be sent."))


def _all_ids(connection: BaseDatabaseWrapper, kind: RecordType) -> Iterator[list[str]]:
    """Yield the ids of a type, some at a time."""
    last, every = "", rows_of(connection, kind.model).order_by("pk")
    while ids := list(every.filter(pk__gt=last).values_list("pk", flat=True)[:_AT_ONCE]):
        yield ids
        last = ids[-1]


def _quarantine(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    rows = Quarantined.objects.using(connection.alias)
    counts = rows.values("table_name", "code").annotate(n=Count("id")).order_by("-n")
    for row in counts[:SHOWN]:
        example = rows.filter(table_name=row["table_name"], code=row["code"]).first()
        assert example is not None
        text = _("{n} records of {table} could not be taken ({code}), for instance {id}: {reason}")
        text = text.format(
            n=row["n"],
            table=row["table_name"],
            code=row["code"],
            id=example.record_id,
            reason=quarantine.in_words(example.reason, example.reason_values),
        )
        yield Finding("quarantine", text, True)
    if not counts:
        yield Finding("quarantine", _("No record was kept back."))
    elif more := sum(row["n"] for row in counts[SHOWN:]):
        text = _("{n} further records of other tables, or for other reasons.")
        yield Finding("quarantine", text.format(n=more), True)


def _integration(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    failing_sites = list(failing.of(connection).values())
    for trouble in failing_sites[:SHOWN]:
        text = _(
            "Records of site {site} cannot be taken in since {since} (UTC): {failure}. They are kept,"
            " and tried again by themselves."
        )
        since = trouble.since.isoformat(" ", "minutes")
        text = text.format(site=trouble.site_id, since=since, failure=trouble.failure)
        yield Finding("integration", text, True)
    if more := len(failing_sites[SHOWN:]):
        yield Finding("integration", _("The same is so of {n} more sites.").format(n=more), True)
    last = log.latest(connection)
    if last and last.error and last.error[0] is FailureCode.INTEGRATION_ERROR:
        text = _("The last synchronisation could not save what it received: {detail}")
        yield Finding("integration", text.format(detail=last.error[1]), True)
    elif not failing_sites:
        yield Finding("integration", _("Everything that arrives can be taken in."))


def _buffer(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    waiting = sum(BufferChunk.objects.using(connection.alias).values_list("records", flat=True), 0)
    if waiting:
        text = _("{n} records have arrived and wait for the end of their push, or for integration.")
        yield Finding("buffer", text.format(n=waiting))


def _clock(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    here = instance.load(connection)
    if not here.is_remote:
        return
    difference = clock_words.of_here(here)
    if difference:
        yield Finding("clock", f"{difference} {clock_words.advice()}", True)
    else:
        yield Finding("clock", _("It agreed with the central server's in the last cycle."))


def _files(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    found = file_transfer.waiting(connection)
    if found.waiting:
        text = _("{n} wait to be uploaded to the Open mSupply central server.")
        yield Finding("files", text.format(n=found.waiting))
    if found.refused:
        text = _(
            "{n} were refused by the Open mSupply central server. Sync → “Try the files again” sends"
            " them once more."
        )
        yield Finding("files", text.format(n=found.refused), True)
