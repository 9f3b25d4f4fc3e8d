"""Two central servers in memory, scripted to fail, to lose answers and to repeat themselves."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.failure import FailureCode, SyncFailure, Unreachable
from msupply.sync.peer import (
    CentralBatch,
    InitialisationStatus,
    ModernBatch,
    QueuedBatch,
    ServerStatus,
    SiteInfo,
)
from tests.examples import Example, all_examples

CENTRAL_TABLES = {
    "currency", "unit", "item_category", "item", "name", "store", "pref", "options", "name_tag",
    "Location_type", "user", "periodSchedule", "period", "list_master", "list_master_line",
}  # fmt: skip


def refuse(code: FailureCode) -> SyncFailure:
    return SyncFailure(code, f"scripted: {code.value}")


LOST = Unreachable(FailureCode.CONNECTION_ERROR, "scripted: the answer got lost")


@dataclass
class Script:
    """What happens instead of a call, or after it; each entry is used up by one call."""

    calls: list[str] = field(default_factory=list)
    before: dict[str, list[Exception | None]] = field(default_factory=lambda: defaultdict(list))
    after: dict[str, list[Exception | None]] = field(default_factory=lambda: defaultdict(list))

    def run(self, verb: str, work: Callable[[], object]) -> object:
        self.calls.append(verb)
        _raise(self.before[verb])
        answer = work()
        _raise(self.after[verb])
        return answer


def _raise(planned: list[Exception | None]) -> None:
    error = planned.pop(0) if planned else None
    if error:
        raise error


def arrived(example: Example, action: str = "update") -> Arrived:
    return Arrived(example.table, example.record_id, action, msgspec.json.encode(example.record))


class Legacy:
    """A mSupply central server that holds the example country."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.batch_limit: int | None = 10
        self.info = SiteInfo(
            "uuid-2", 2, InitialisationStatus.NEW, False, "http://oms.example.org", 1
        )
        examples = [e for e in all_examples() if e.wire is Wire.V5]
        self.central = [arrived(e) for e in examples if e.table in CENTRAL_TABLES]
        self.everything = [arrived(e) for e in examples if e.table not in CENTRAL_TABLES]
        self.queue: dict[str, Arrived] = {}
        self.pushed: list[tuple[str, str]] = []
        self.too_large: set[str] = set()
        self.push_lengths: list[int] = []
        self.unsent: list[int] = []
        self.statuses: list[ServerStatus] = []

    def site_info(self):
        return self.script.run("site", lambda: self.info)

    def status(self):
        ready = ServerStatus(idle=True)
        return self.script.run("status", lambda: self.statuses.pop(0) if self.statuses else ready)

    def initialise(self):
        def work():
            self.queue = {str(n): record for n, record in enumerate(self.everything)}
            return len(self.queue)

        return self.script.run("initialise", work)

    def central_records(self, after, limit):
        rows = list(enumerate(self.central, start=1))[after : after + limit]
        last = rows[-1][0] if rows else None
        batch = CentralBatch([r for _, r in rows], last, max(len(self.central), after))
        return self.script.run("central", lambda: batch)

    def queued_records(self, limit, after=None):
        ids = list(self.queue)
        # An entry that is acknowledged already is not there any more.
        ids = [i for i in ids if after is None or int(i) > int(after)][:limit]
        batch = QueuedBatch([self.queue[i] for i in ids], ids, len(self.queue))
        return self.script.run("queue", lambda: batch)

    def acknowledge(self, ids):
        self.script.run("acknowledge", lambda: [self.queue.pop(i, None) for i in ids])

    def push(self, waiting, records):
        def work():
            self.push_lengths.append(waiting)
            refused = [r for r in records if r.record_id in self.too_large]
            self.pushed += [(r.table, r.record_id) for r in records if r not in refused]
            return refused

        return self.script.run("push", work)

    def end_push(self, unsent):
        self.script.run("end_push", lambda: self.unsent.append(unsent))


class Modern:
    """An Open mSupply central server that holds the example country."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.batch_limit: int | None = 10
        self.log = [arrived(e, "Update") for e in all_examples() if e.wire is Wire.V6]
        self.pushed: list[tuple[str, str]] = []
        self.too_large: set[str] = set()
        self.last_flags: list[bool] = []
        self.statuses: list[ServerStatus] = []
        self.initialised: list[bool] = []
        self.patients: list[str] = []

    def status(self):
        ready = ServerStatus(idle=True)
        return self.script.run(
            "status_v6", lambda: self.statuses.pop(0) if self.statuses else ready
        )

    def push(self, waiting, end, records, *, last):
        def work():
            refused = [r for r in records if r.record_id in self.too_large]
            self.pushed += [(r.table, r.record_id) for r in records if r not in refused]
            self.last_flags.append(last)
            return refused

        return self.script.run("push_v6", work)

    def pull(self, cursor, limit, *, initialised):
        self.initialised.append(initialised)
        rows = list(enumerate(self.log, start=1))[max(cursor - 1, 0) :]
        part = rows[:limit]
        end = part[-1][0] if part else len(self.log)
        batch = ModernBatch([r for _, r in part], end, len(rows), len(rows) <= limit)
        return self.script.run("pull_v6", lambda: batch)

    def pull_patient(self, cursor, limit, patient_id):
        self.patients.append(patient_id)
        return self.script.run("pull_patient", lambda: ModernBatch([], 0, 0, is_last=True))


class Servers:
    """Both, as a cycle gets them."""

    def __init__(self) -> None:
        self.script = Script()
        self.legacy = Legacy(self.script)
        self.oms = Modern(self.script)
        self.asked_urls: list[str] = []

    def modern(self, url):
        self.asked_urls.append(url)
        return self.oms

    def close(self):
        pass

    @property
    def calls(self):
        return self.script.calls
