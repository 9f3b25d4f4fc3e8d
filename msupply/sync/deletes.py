"""Integrating deletes: rows go, or are marked, and leave tombstones in the logs."""

from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from msupply.sync import acceptance, buffer, changelog, quarantine
from msupply.sync import here as instance
from msupply.sync.buffer import Chunk
from msupply.sync.clock import now_text
from msupply.sync.declare.message import Message
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.declare.removal import HardDelete, SoftDelete
from msupply.sync.origin import Origin
from msupply.sync.quarantine import Problem
from msupply.sync.sql import dialect


def integrate_deletes(
    connection: BaseDatabaseWrapper, kind: RecordType, chunk: Chunk, origin: Origin
) -> int:
    """Integrate one chunk of deletes; return how many were kept back."""
    ids = list(dict.fromkeys(msgspec.json.decode(chunk.payload, type=list[str])))
    problems: dict[str, Problem] = {}
    if kind.removal is None:
        reason = Message(_("{type}: such records cannot be deleted"), {"type": kind.name})
        problem = Problem(quarantine.UNSUPPORTED, reason)
        problems = dict.fromkeys(ids, problem)
    elif origin.is_site:
        sender = acceptance.sender(connection, instance.load(connection), origin.site_id)
        problems = acceptance.not_owned(connection, kind, ids, sender)
    with transaction.atomic(using=connection.alias):
        if isinstance(kind.removal, HardDelete):
            problems = _still_referred_to(connection, kind, ids) | problems
        delete(connection, kind, [i for i in ids if i not in problems], origin)
        quarantine.forget(connection, chunk.table, ids, chunk.source_site)
        if origin.is_site:
            # The site has deleted what stays here: it gets it back.
            changelog.touch_records(
                connection, kind, list(problems), origin.logs - {Channel.CENTRAL}
            )
        bad = [(record_id, b"null", problem) for record_id, problem in problems.items()]
        quarantine.keep(connection, chunk, bad)
        buffer.drop(connection, chunk)
    return len(problems)


def delete(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str], origin: Origin
) -> None:
    """Delete or mark rows as their type says, and log it."""
    speak = dialect(connection)
    rows = changelog.by_ids(connection, ids)
    condition, parameter = speak.in_ids("id"), speak.ids_parameter(ids)
    speak.begin_bulk(connection)
    with connection.cursor() as cursor:
        if isinstance(kind.removal, HardDelete):
            changelog.log_deletes(connection, kind, rows, origin.log_source, origin.logs)
            cursor.execute(f'DELETE FROM "{kind.table}" WHERE {condition}', [parameter])
        elif isinstance(kind.removal, SoftDelete):
            column = kind.removal.column
            boolean = kind.columns[column].get_internal_type() == "BooleanField"
            # A delete that comes again does not change when the row was deleted.
            value = "FALSE" if boolean else f'COALESCE("{column}", %s)'
            cursor.execute(
                f'UPDATE "{kind.table}" SET "{column}" = {value} WHERE {condition}',
                [parameter] if boolean else [now_text(), parameter],
            )
            changelog.log_upserts(connection, kind, rows, origin.log_source, origin.logs)
    speak.end_bulk(connection)


def _still_referred_to(
    connection: BaseDatabaseWrapper, kind: RecordType, ids: Sequence[str]
) -> dict[str, Problem]:
    """Find rows with children left: constraints are deferred, the commit would be too late."""
    speak = dialect(connection)
    refused = {}
    for child in registry().types:
        for parent in child.parents:
            if parent.table != kind.table:
                continue
            values = {"type": child.name}
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT DISTINCT "{parent.column}" FROM "{child.table}"'
                    f" WHERE {speak.in_ids(parent.column)}",
                    [speak.ids_parameter(ids)],
                )
                for (record_id,) in cursor.fetchall():
                    reason = Message(_("{type}: such records still refer to it"), values)
                    refused[record_id] = Problem(quarantine.DATABASE, reason)
    return refused
