"""What people at a site wrote and the central server has not got: no arriving copy may change it."""

from collections import defaultdict
from collections.abc import Iterator

from msupply.simulation import merging, tables, values
from msupply.simulation.ledger import Key
from msupply.simulation.machine import Machine
from msupply.sync.declare.registry import RecordType, registry

# The logs that a site pushes from, with the names of their cursors.
_LOGS = (
    ("changelog_queue", "push_v5"),
    ("changelog_modern", "push_v6"),
    ("changelog_central", "push_v5_central"),
)


class Unpushed:
    """The last word of each site about each record, until it has been pushed."""

    def __init__(self) -> None:
        self._words: dict[int, dict[Key, bytes | None]] = defaultdict(dict)

    def edited(self, site: int, key: Key, content: bytes | None) -> None:
        """Note how somebody at a site has just left a record."""
        self._words[site][key] = content

    def disk_lost(self, site: int) -> None:
        """Forget what was on a site's disk alone."""
        self._words[site].clear()

    def overwritten(self, machine: Machine) -> Iterator[str]:
        """Yield the records that wait to be pushed, and are not as somebody here left them."""
        words = self._words[machine.site_id]
        waiting = _waiting(machine) if words else set()
        for key in [key for key in words if key not in waiting]:
            del words[key]
        kept = merging.kept_by_lost(machine.connection) if words else {}
        for (name, record_id), content in words.items():
            kind = registry().by_name[name]
            now = _content(machine, kind, record_id)
            told = merging.repointed(content, kept)
            if now == told or record_id in kept or merging.may_have_gone(kind, content, kept):
                continue
            yield (
                f"at {machine.name} a change of {name} {record_id[:8]} was overwritten"
                f" before it was pushed\n    it is {now!r}\n    somebody wrote {told!r}"
            )


def _content(machine: Machine, kind: RecordType, record_id: str) -> bytes | None:
    row = tables.row(machine.connection, kind, record_id)
    return None if row is None else values.seen_on_wire(kind, row)


def _waiting(machine: Machine) -> set[Key]:
    found = set()
    with machine.connection.cursor() as cursor:
        for log, name in _LOGS:
            cursor.execute(
                f"SELECT record_type, record_id FROM {log} WHERE source_site IS NULL AND cursor >"
                " COALESCE((SELECT value FROM sync_cursor WHERE name = %s), 0)",
                [name],
            )
            for number, record_id in cursor.fetchall():
                kind = registry().by_number[number]
                found.add((kind.name, record_id))
    return found
