"""Taking chunks of which something cannot be taken, in ever smaller parts, down to the record.

Most of what is wrong with a record is found before it is written, and kept back with its reason.
This is for what nobody foresaw: such a record harms itself only, and neither those that came with
it nor those that came later.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import msgspec
from django.db import DatabaseError, Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _
from msgspec import Raw

from msupply.sync import buffer, quarantine
from msupply.sync.buffer import Chunk
from msupply.sync.declare.message import Message
from msupply.sync.failure import told
from msupply.sync.models import BufferChunk
from msupply.sync.quarantine import Problem
from msupply.sync.sql import dialect

_log = logging.getLogger(__name__)

# Records that one transaction takes while the culprit is looked for.
STRETCH = 100

# Takes chunks, and yields (records looked at, records kept back) when these are written.
Take = Callable[[Iterable[Chunk]], Iterator[tuple[int, int]]]


def blames_data(connection: BaseDatabaseWrapper, error: Exception) -> bool:
    """Tell whether a failure is that of a record; the server's own trouble is everybody's."""
    if isinstance(error, DatabaseError):
        return dialect(connection).blames_data(error)
    return not isinstance(error, (Error, OSError, MemoryError))


def taken(
    connection: BaseDatabaseWrapper, waiting: Callable[[], Iterator[Chunk]], take: Take
) -> Iterator[tuple[int, int]]:
    """Take chunks all at once, and where that fails for what is in them, part by part.

    `waiting` yields the chunks that are in the buffer. Raises what is no record's fault.
    """
    try:
        yield from take(waiting())
    except Exception as error:
        if not blames_data(connection, error):
            raise
        _log.warning("Looking for the record that is to blame: %s", told(error))
        for chunk in waiting():
            yield from _in_parts(connection, chunk, take)


def _in_parts(
    connection: BaseDatabaseWrapper, chunk: Chunk, take: Take
) -> Iterator[tuple[int, int]]:
    members = buffer.members(chunk)
    for start in range(0, len(members), STRETCH):
        part, left = members[start : start + STRETCH], members[start + STRETCH :]
        try:
            with transaction.atomic(using=connection.alias):
                kept_back = _take_part(connection, _apart(chunk, part), take)
                buffer.leave(connection, buffer.with_members(chunk, left))
        except Exception as error:
            if not blames_data(connection, error):
                raise
            # Some constraints are looked at when a transaction ends: now each record has its own.
            kept_back = _singly(connection, chunk, part, left, take)
        yield len(part), kept_back


def _take_part(connection: BaseDatabaseWrapper, part: Chunk, take: Take) -> int:
    """Take a part or its halves; return how many records were kept back."""
    try:
        with transaction.atomic(using=connection.alias):
            return sum(kept_back for _records, kept_back in take([part]))
    except Exception as error:
        if not blames_data(connection, error):
            raise
        if part.records == 1:
            return keep_all(connection, part, _problem(error))
    members, middle = buffer.members(part), part.records // 2
    halves = (members[:middle], members[middle:])
    return sum(_take_part(connection, _apart(part, half), take) for half in halves)


def _singly(
    connection: BaseDatabaseWrapper, chunk: Chunk, part: list[Raw], left: list[Raw], take: Take
) -> int:
    """Take each record of a part in a transaction; return how many were kept back."""
    kept_back = 0
    for place, member in enumerate(part, 1):
        one, rest = _apart(chunk, [member]), buffer.with_members(chunk, part[place:] + left)
        try:
            with transaction.atomic(using=connection.alias):
                kept = _take_part(connection, one, take)
                buffer.leave(connection, rest)
        except Exception as error:
            if not blames_data(connection, error):
                raise
            with transaction.atomic(using=connection.alias):
                kept = keep_all(connection, one, _problem(error))
                buffer.leave(connection, rest)
        kept_back += kept
    return kept_back


def _apart(chunk: Chunk, members: list[Raw]) -> Chunk:
    """Return records of a chunk as a chunk that is not in the buffer: to drop it drops nothing."""
    return replace(buffer.with_members(chunk, members), id=0)


def _problem(error: Exception) -> Problem:
    if isinstance(error, DatabaseError):
        reason = Message(_("the database refused it: {detail}"), {"detail": told(error)})
        return Problem(quarantine.DATABASE, reason)
    _log.error("A record cannot be taken", exc_info=error)
    reason = Message(
        _("this version of the program fails on it: {detail}"), {"detail": told(error)}
    )
    return Problem(quarantine.DEFECT, reason)


def keep_all(connection: BaseDatabaseWrapper, chunk: Chunk, problem: Problem) -> int:
    """Keep every record of a chunk back for one reason; return how many."""
    if chunk.action == BufferChunk.DELETE:
        ids = msgspec.json.decode(chunk.payload, type=list[str])
        bad = [(record_id, b"null", problem) for record_id in ids]
    else:
        pairs = msgspec.json.decode(chunk.payload, type=list[tuple[str, Raw]])
        bad = [(record_id, bytes(data), problem) for record_id, data in pairs]
    with transaction.atomic(using=connection.alias):
        ids, merges = [i for i, _, _ in bad], chunk.action == BufferChunk.MERGE
        quarantine.forget(connection, chunk.table, ids, chunk.source_site, merges=merges)
        quarantine.keep(connection, chunk, bad)
        buffer.drop(connection, chunk)
    return len(bad)
