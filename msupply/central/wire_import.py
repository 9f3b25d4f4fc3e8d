"""Taking over records in wire form as the central server's own: how a country moves over.

The file is `{"v5": {table: [record, ...]}, "v6": {table: [record, ...]}}`. It is read piece by piece
and goes through the buffer like everything that arrives, so it may have any size and be imported
while the server runs.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central.integration import integrate_sources
from msupply.records.security_log import SecurityEvent
from msupply.sync import door, quarantine
from msupply.sync import here as instance
from msupply.sync.buffer import Arrived
from msupply.sync.clock import now
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import Wire
from msupply.sync.here import Here
from msupply.sync.models import Quarantined
from msupply.sync.ownership import EditRefused, Refusal
from msupply.wire import security_log
from msupply.wire.taken_apart import end_of, text_at, whole_letters

BATCH = 5_000
# Problems that are listed one by one; all of them are counted.
LISTED = 1_000
# A larger record is no record.
LONGEST_RECORD = 32 * 1024 * 1024
_PIECE = 1024 * 1024


class FileUnreadable(Exception):
    """The file is not in the form that is expected; nothing behind that place was read."""


@dataclass(frozen=True)
class Problem:
    """A record that was not taken; `place` counts the records of its table from 1."""

    wire: str
    table: str
    record_id: str
    reason: str
    place: int | None = None


@dataclass
class Report:
    """What an import did."""

    read: int = 0
    taken: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def refuse(self, problem: Problem) -> None:
        """Note a record that cannot be taken."""
        self.refused += 1
        self.reasons[problem.table, problem.reason] += 1
        if len(self.problems) < LISTED:
            self.problems.append(problem)


Progress = Callable[[int], None]


def import_file(
    connection: BaseDatabaseWrapper,
    path: Path,
    progress: Progress = lambda read: None,
    integrated: Progress = lambda done: None,
) -> Report:
    """Import a file; `progress` is told the records read so far, `integrated` those dealt with.

    Raises EditRefused where there is no central server, FileUnreadable for a broken file (what came
    before the break has been taken), OSError for one that cannot be opened.
    """
    here = instance.load(connection)
    if not here.served:
        raise EditRefused(Refusal(Editor.CENTRAL))
    started = now()
    report = Report()
    try:
        with path.open(encoding="utf-8-sig") as file:
            _buffer_all(connection, here, _Reader(file), report, progress)
    except UnicodeDecodeError:
        raise FileUnreadable(_("The file is not text in UTF-8.")) from None
    finally:
        summary = integrate_sources(connection, here, {here.site_id}, integrated)
        report.taken = summary.taken
        _add_quarantined(connection, here, started, report)
        security_log.note(
            connection,
            SecurityEvent.DATA_IMPORTED,
            file=path.name,
            taken=report.taken,
        )
    return report


def _buffer_all(
    connection: BaseDatabaseWrapper,
    here: Here,
    reader: "_Reader",
    report: Report,
    progress: Progress,
) -> None:
    for wire, table, records in reader.tables():
        refusal = _not_served(here, wire)
        batch: list[Arrived] = []
        try:
            for arrived in _arrived(wire, table, records, report, refusal):
                batch.append(arrived)
                if len(batch) >= BATCH:
                    _store(connection, here, wire, batch)
                    progress(report.read)
        finally:
            # What came before a break in the file counts.
            _store(connection, here, wire, batch)
        progress(report.read)


def _store(connection: BaseDatabaseWrapper, here: Here, wire: Wire, batch: list[Arrived]) -> None:
    with transaction.atomic(using=connection.alias):
        # What the buffer could not hold is kept aside, and told with what integration refuses.
        door.store(connection, here.site_id, wire, door.sort_out(batch))
    batch.clear()


def _wire(name: str) -> Wire:
    try:
        return Wire(name)
    except ValueError:
        text = _("The file has a part “{name}”; there may be “v5” and “v6”.")
        raise FileUnreadable(text.format(name=name)) from None


def _not_served(here: Here, wire: Wire) -> str | None:
    """Return why records of a wire cannot be taken by this server."""
    if wire is Wire.V5 and not here.is_central:
        return _("V5 records belong to the mSupply central server.")
    if wire is Wire.V6 and not here.is_oms_central:
        return _("V6 records belong to the Open mSupply central server.")
    return None


def _arrived(
    wire: Wire, table: str, records: Iterable[tuple[str, Any]], report: Report, refusal: str | None
) -> Iterator[Arrived]:
    for place, (raw, record) in enumerate(records, 1):
        report.read += 1
        record_id = _record_id(record)
        reason = refusal
        if record_id is None:
            reason = _("A record must be an object with an “ID” (V5) or “id” (V6) of text.")
        elif reason is None:
            reason = _fault(raw)
        if reason is not None or record_id is None:
            report.refuse(Problem(wire.value, table, record_id or "", reason or "", place))
        else:
            yield Arrived(table, record_id, "upsert", raw.encode())


def _record_id(record: Any) -> str | None:
    if not isinstance(record, dict):
        return None
    found = record.get("ID") or record.get("id")
    return whole_letters(found) if isinstance(found, str) and found else None


def _fault(raw: str) -> str | None:
    """Return why the stricter reader of the engine does not take a record, None where it does."""
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except RecursionError:
        return _("Its objects and lists are nested too deeply.")
    except (msgspec.DecodeError, UnicodeEncodeError):
        return _("This is no JSON: it has NaN, Infinity or a broken character.")
    return None


def _add_quarantined(
    connection: BaseDatabaseWrapper, here: Here, started: Any, report: Report
) -> None:
    kept = Quarantined.objects.using(connection.alias).filter(
        source_site=here.site_id, received_at__gte=started.replace(microsecond=0)
    )
    columns = ("wire", "table_name", "record_id", "reason", "reason_values")
    for wire, table, record_id, *reason in kept.order_by("id").values_list(*columns).iterator():
        report.refuse(Problem(wire, table, record_id, quarantine.in_words(*reason)))


class _Reader:
    """Reads the file's three levels itself and leaves each record to the JSON decoder."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._passed = 0
        self._ended = False
        # Numbers are only passed over here; Python reads whole ones of 4,300 digits at most.
        self._decoder = json.JSONDecoder(parse_int=float)

    def tables(self) -> Iterator[tuple[Wire, str, Iterator[tuple[str, Any]]]]:
        """Yield wire, table and its records; they must be read before the next table."""
        for name in self._object():
            wire = _wire(name)
            for table in self._object():
                yield wire, table, self._array()
        if self._peek():
            raise self._unreadable(_("there is something behind the end"))

    def _object(self) -> Iterator[str]:
        """Yield the keys of an object; the value must be read before the next key."""
        self._expect("{")
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            key, _raw = self._value()
            if not isinstance(key, str):
                raise self._unreadable(_("a name was expected"))
            self._expect(":")
            yield whole_letters(key)
            if self._expect(",}") == "}":
                return

    def _array(self) -> Iterator[tuple[str, Any]]:
        """Yield the raw text and the value of each element."""
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            value, raw = self._value()
            yield raw, value
            if self._expect(",]") == "]":
                return

    def _value(self) -> tuple[Any, str]:
        self._peek()
        wanted = _PIECE
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                found = self._too_deep()
                if found is not None:
                    return found
                self._refuse_without_end()
            except ValueError:
                self._refuse_without_end()
            else:
                # A number at the end of what was read may go on.
                if end < len(self._text) or self._ended:
                    raw = self._text[self._at : end]
                    self._at = end
                    return value, raw
            # Twice as much each time: a long record is not decoded again for every piece.
            self._more(wanted)
            wanted *= 2

    def _too_deep(self) -> tuple[Any, str] | None:
        """Pass over a value that is nested too deeply; return what can be said of it, and its text.

        None where its end has not been read yet.
        """
        end = end_of(self._text, self._at)
        if end is None:
            return None
        raw = self._text[self._at : end]
        self._at = end
        message = raw.encode("utf-8", "replace")
        return {key: text_at(message, (key,)) for key in ("ID", "id")}, raw

    def _refuse_without_end(self) -> None:
        if self._ended or len(self._text) - self._at > LONGEST_RECORD:
            raise self._unreadable(_("this is no JSON")) from None

    def _expect(self, characters: str) -> str:
        found = self._peek()
        if not found or found not in characters:
            wanted = " or ".join(characters)
            text = _("“{wanted}” was expected").format(wanted=wanted)
            raise self._unreadable(text)
        self._at += 1
        return found

    def _peek(self) -> str:
        """Skip white space and return the next character, empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more(_PIECE)

    def _more(self, size: int) -> None:
        piece = self._file.read(size)
        self._ended = not piece
        self._passed += self._at
        self._text = self._text[self._at :] + piece
        self._at = 0

    def _unreadable(self, text: str) -> FileUnreadable:
        position = self._passed + self._at
        near = self._text[self._at : self._at + 20]
        message = _("The file cannot be read at character {position} (near “{near}”): {text}.")
        return FileUnreadable(message.format(position=position + 1, near=near, text=text))
