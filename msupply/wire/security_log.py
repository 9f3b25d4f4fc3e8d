"""Writing the security log: one row and one line of the process log for each event.

Everything that decides calls `note`: machines' log-ins stand in this layer, so the log does too.
Who acts, and from where, is not handed down from function to function: the outermost one says it
once (`acting`), as a page, a request of a site or a command. It is the same for all that follows.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.records.security_log import Outcome, SecurityEvent, SecurityNote
from msupply.sync import clock
from msupply.sync.clock import now
from msupply.sync.failure import told

logger = logging.getLogger("msupply.security")

# Of each outcome, so that guessing neither fills the disk nor drives out what was done.
MOST_ROWS = 100_000
_MAKE_ROOM_EVERY = 500
_THROTTLED_EVERY = timedelta(minutes=10)
LONGEST_NAME, LONGEST_VALUE, MOST_VALUES = 60, 200, 200

# One value, or several of a kind.
Value = str | int | bool | list[str] | None


@dataclass(frozen=True)
class Actor:
    """Who does what is done now; the address is blank where there is none."""

    who: str
    address: str = ""


PROGRAM = Actor("the program")
_actor: ContextVar[Actor] = ContextVar("actor", default=PROGRAM)


@contextmanager
def acting(who: str, address: str) -> Iterator[None]:
    """Let everything that is noted be done by somebody, from an address."""
    before = _actor.set(Actor(who, address))
    try:
        yield
    finally:
        _actor.reset(before)


def at_the_command_line(os_user: str) -> None:
    """Let everything that this process does be done by somebody at the command line."""
    _actor.set(Actor(f"command line ({os_user})"))


def note(
    connection: BaseDatabaseWrapper,
    event: SecurityEvent,
    *,
    refused: bool = False,
    who: str | None = None,
    at_most_every: timedelta | None = None,
    **what: Value,
) -> None:
    """Write down an event: with the transaction that it belongs to, or not at all.

    `who` is given where the one who acts is only known now, or is not let in. With `at_most_every`
    nothing is written when the same has been noted that lately. `what` must hold no secret. Never
    raises: what people do must not fail because it cannot be noted; the process log tells of it.
    """
    actor = _actor.get()
    row = SecurityNote(
        at=now(),
        event=event.value,
        outcome=(Outcome.REFUSED if refused else Outcome.DONE).value,
        who=_short(actor.who if who is None else who, LONGEST_NAME),
        address=_short(actor.address, LONGEST_NAME),
        what=_as_json(what),
    )
    try:
        with transaction.atomic(using=connection.alias):
            if at_most_every is not None and _is_noted(connection, row, at_most_every):
                return
            row.save(using=connection.alias)
            if row.pk % _MAKE_ROOM_EVERY == 0:
                _make_room(connection, row.outcome)
    except DatabaseError as error:
        logger.error("Not written to the security log: %s: %s", _line(row), told(error))
        return
    # What is undone with its transaction has not happened.
    transaction.on_commit(partial(_tell, row), using=connection.alias)


def throttled(connection: BaseDatabaseWrapper, who: str) -> None:
    """Note that somebody has to wait before the next attempt; a loop that goes on says it once."""
    note(
        connection,
        SecurityEvent.THROTTLED,
        refused=True,
        who=who,
        at_most_every=_THROTTLED_EVERY,
    )


def _tell(row: SecurityNote) -> None:
    level = logging.WARNING if row.outcome == Outcome.REFUSED else logging.INFO
    logger.log(level, "%s", _line(row))


def _line(row: SecurityNote) -> str:
    """Return one line, whatever was typed: JSON in ASCII has neither breaks nor colours."""
    told = {"who": row.who, "address": row.address} | json.loads(row.what)
    return f"{row.event} {row.outcome} {json.dumps(told).replace(chr(127), '')}"


def _is_noted(connection: BaseDatabaseWrapper, row: SecurityNote, within: timedelta) -> bool:
    same = _notes(connection).filter(
        who=row.who, event=row.event, outcome=row.outcome, address=row.address, what=row.what
    )
    return same.filter(at__gt=row.at - within, at__lte=clock.horizon()).exists()


def _make_room(connection: BaseDatabaseWrapper, outcome: str) -> None:
    rows = _notes(connection).filter(outcome=outcome).order_by("-pk")
    too_old = list(rows.values_list("pk", flat=True)[MOST_ROWS : MOST_ROWS + 1])
    if too_old:
        rows.filter(pk__lte=too_old[0]).delete()


def _as_json(what: Mapping[str, Value]) -> str:
    return json.dumps({name: _value(value) for name, value in what.items() if value is not None})


def _value(value: Value) -> Value:
    if isinstance(value, list):
        return [_short(text, LONGEST_VALUE) for text in value[:MOST_VALUES]]
    return _short(value, LONGEST_VALUE) if isinstance(value, str) else value


def _short(text: str, longest: int) -> str:
    """Shorten a text, and leave out what a database cannot hold."""
    storable = text.replace("\0", "").encode("utf-8", "replace").decode()
    return storable if len(storable) <= longest else f"{storable[: longest - 1]}…"


def _notes(connection: BaseDatabaseWrapper) -> "QuerySet[SecurityNote]":
    return SecurityNote.objects.using(connection.alias)
