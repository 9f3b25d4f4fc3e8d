"""One edit by somebody somewhere: drawn from the declarations, allowed or refused by the guard."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from django.db import IntegrityError, transaction

from msupply.simulation import tables, told, values, visible
from msupply.simulation.fate import pick
from msupply.simulation.ledger import Key
from msupply.simulation.machine import Machine
from msupply.simulation.places import Country
from msupply.simulation.steps import CENTRAL
from msupply.simulation.tables import Row
from msupply.sync import ownership
from msupply.sync.declare.policy import Editor, SplitBy
from msupply.sync.declare.registry import RecordType, Wire, registry
from msupply.sync.declare.removal import HardDelete, SoftDelete

# How often somebody looks for something to edit before giving up.
_ATTEMPTS = 8
_RECENT_TRIED = 6
_SHARED = (
    Editor.ANYWHERE,
    Editor.OWNER_OR_CENTRAL,
    Editor.HOME,
    Editor.VISIBLE,
    Editor.PARTY,
    Editor.ATTACHED,
)
# Of these depends what goes where at all.
NOT_EDITED = {
    "store",
    "namemerge",
    "itemmerge",
    "prescribermerge",
    "clinicianmerge",
    "unitmerge",
    "locationmerge",
    "patientmerge",
}


@dataclass(frozen=True)
class Edit:
    """What somebody did."""

    verb: str
    kind: RecordType
    record_id: str

    def __str__(self) -> str:
        return f"{self.verb} {self.kind.name} {self.record_id[:8]}"


class GuardWrong(Exception):
    """The edit guard and the rules disagree."""


def in_fashion(chance: Random) -> set[str]:
    """Choose the types that people edit most in a run, so that they meet in the same records."""
    kinds = [kind for kind in registry().synced if kind.name not in NOT_EDITED]
    chosen = chance.sample(kinds, pick(chance, (0, 4, 8)))
    chosen += chance.sample([kind for kind in kinds if _is_shared(kind)], pick(chance, (0, 0, 3)))
    tables = {kind.table for kind in chosen}
    for kind in reversed(registry().types):
        if kind.table in tables:
            tables |= {parent.table for parent in kind.parents}
    return {kind.name for kind in kinds if kind.table in tables}


def anything(
    chance: Random, machine: Machine, fashion: set[str], recent: Sequence[Key]
) -> Edit | None:
    """Let somebody at a machine edit something; None when nothing was found or allowed."""
    arriving = tables.arriving(machine.connection)
    if chance.random() < (0.8 if arriving else 0.4):
        # So do two places meet in one record, before they hear of each other.
        met = arriving or recent
        for name, record_id in chance.sample([*met], min(len(met), _RECENT_TRIED)):
            edit = change_record(chance, machine, registry().by_name[name], record_id)
            if edit is not None:
                return edit
    kinds = [kind for kind in registry().synced if kind.name not in NOT_EDITED]
    weights = [_weight(kind) * (15 if kind.name in fashion else 1) for kind in kinds]
    for _ in range(_ATTEMPTS):
        (kind,) = chance.choices(kinds, weights)
        draw = chance.random()
        attempt = create if draw < 0.5 else change if draw < 0.85 else delete
        edit = attempt(chance, machine, kind)
        if edit is not None:
            return edit
    return None


def contested(chance: Random, machine: Machine, other: Machine) -> Edit | None:
    """Let somebody at a machine change a record that may be edited at the other as well."""
    known = [
        (kind, record_id, row)
        for kind in registry().synced
        if _is_shared(kind) and kind.name not in NOT_EDITED
        for record_id, row in tables.rows(other.connection, kind).items()
    ]
    for kind, record_id, row in chance.sample(known, min(len(known), _ATTEMPTS)):
        if is_allowed(other, kind, row):
            edit = change_record(chance, machine, kind, record_id)
            if edit is not None:
                return edit
    return None


def create(chance: Random, machine: Machine, kind: RecordType) -> Edit | None:
    """Create a record with any values."""
    return add(chance, machine, kind, {})


def add(chance: Random, machine: Machine, kind: RecordType, some: Row) -> Edit | None:
    """Create a record with some values given, and any others."""
    blank = values.default_row(kind) | {"id": f"{chance.getrandbits(128):032x}", "extra": None}
    # Nothing is born deleted.
    given = {"id", "extra", kind.removal.column if isinstance(kind.removal, SoftDelete) else ""}
    columns = [name for name in kind.columns if name not in given]
    row = values.invent(chance, machine.connection, kind, blank, columns)
    if row is None:
        return None
    return _write(machine, kind, None, row | some)


def rewrite(machine: Machine, kind: RecordType, record_id: str, some: Row) -> Edit | None:
    """Give a record these values."""
    before = tables.row(machine.connection, kind, record_id)
    return None if before is None else _write(machine, kind, before, before | some)


def change(chance: Random, machine: Machine, kind: RecordType) -> Edit | None:
    """Change some values of a record, but not whose it is."""
    found = tables.rows(machine.connection, kind)
    if not found:
        return None
    return change_record(chance, machine, kind, pick(chance, sorted(found)))


def change_record(
    chance: Random, machine: Machine, kind: RecordType, record_id: str
) -> Edit | None:
    """Change some values of this record."""
    before = tables.row(machine.connection, kind, record_id)
    if before is None or kind.name in NOT_EDITED:
        return None
    free = [name for name in kind.columns if name not in _fixed(kind)]
    if not free:
        return None
    some = [name for name in free if chance.random() < max(0.2, 1 / len(free))]
    row = values.invent(chance, machine.connection, kind, before, some)
    if row is None:
        return None
    return _write(machine, kind, before, row)


def delete(chance: Random, machine: Machine, kind: RecordType) -> Edit | None:
    """Delete a record that nothing refers to, where the wire has a word for it."""
    found = tables.rows(machine.connection, kind)
    if not found or not _tells_deletes(kind, machine):
        return None
    return remove(machine, kind, pick(chance, sorted(found)))


def remove(machine: Machine, kind: RecordType, record_id: str) -> Edit | None:
    """Delete this record, unless something refers to it."""
    before = tables.row(machine.connection, kind, record_id)
    if before is None or not is_allowed(machine, kind, before):
        return None
    if tables.is_referred_to(machine.connection, kind, before["id"]):
        return None
    if visible.is_needed(machine.connection, kind, before):
        return None
    if isinstance(kind.removal, HardDelete):
        with transaction.atomic(using=machine.alias):
            tables.delete(machine.connection, kind, before["id"])
        return Edit("deletes", kind, before["id"])
    assert isinstance(kind.removal, SoftDelete)
    boolean = kind.columns[kind.removal.column].get_internal_type() == "BooleanField"
    value = 0 if boolean else "2025-03-01 09:00:00"
    row = before | {kind.removal.column: value}
    with transaction.atomic(using=machine.alias):
        tables.update(machine.connection, kind, row)
    return Edit("marks as deleted", kind, before["id"])


def _write(
    machine: Machine,
    kind: RecordType,
    before: Row | None,
    row: Row,
) -> Edit | None:
    after = values.carried(kind, row)
    if after is None or after == before:
        return None
    if before is not None and any(after[name] != before[name] for name in _fixed(kind)):
        return None
    if not all(is_allowed(machine, kind, one) for one in (before, after) if one):
        return None
    if not visible.is_known(machine.connection, kind, after):
        return None
    try:
        with transaction.atomic(using=machine.alias):
            (tables.update if before else tables.insert)(machine.connection, kind, after)
            # Asked now: an id that was merged away has become that of the record kept.
            if tables.has_alike(machine.connection, kind, after["id"]):
                raise IntegrityError
    except IntegrityError:
        return None
    verb = "changes" if before else "creates"
    return Edit(verb, kind, after["id"])


def is_allowed(machine: Machine, kind: RecordType, row: Row) -> bool:
    """Ask the guard of this machine, and compare with what the rules say of it."""
    refused = ownership.refusal(machine.connection, kind, row, machine.here)
    country = Country(machine.connection)
    knows = told.at(machine.connection, machine.site_id)
    may = country.may_edit(kind, row, machine.site_id, knows)
    if may != (refused is None):
        said = "allows" if refused is None else "refuses"
        raise GuardWrong(
            f"{machine.name} {said} the edit of {kind.name} {row['id'][:8]}, against the rules"
        )
    return may


def _fixed(kind: RecordType) -> set[str]:
    """The columns that say whose a record is, and those that are written once."""
    fixed = {"id", "extra", *kind.fixed}
    paths: list[str | None] = []
    for _, policy in kind.branches:
        paths += [policy.store, policy.partner, policy.other_party, policy.visible, policy.home]
    if isinstance(kind.policy, SplitBy):
        paths.append(kind.policy.column)
    if join := kind.model.visibility:
        paths += [join.store, join.subject]
    for path in paths:
        if path:
            fixed.add(path if "." not in path else kind.follow(path)[0])
    if isinstance(kind.removal, SoftDelete):
        fixed.add(kind.removal.column)
    return fixed


def _tells_deletes(kind: RecordType, machine: Machine) -> bool:
    if kind.removal is None:
        return False
    table = kind.wire(Wire.V5 if kind.legacy else Wire.V6)
    assert table is not None
    knows = told.at(machine.connection, machine.site_id)
    if knows.modern if kind.of_oms_central else machine.site_id == CENTRAL or knows.primary:
        # What only a site may delete travels up only where the wire says so.
        return True
    removal = kind.removal
    by_column = isinstance(removal, SoftDelete) and any(
        field.column == removal.column for field in table.fields.values()
    )
    return table.sends_deletes or by_column


def _is_shared(kind: RecordType) -> bool:
    """True when more than one place may edit some of its records."""
    return kind.policies_where(lambda policy: policy.editor in _SHARED)


def _weight(kind: RecordType) -> float:
    if kind.model.visibility or any(policy.visible for _, policy in kind.branches):
        return 4
    return 1 if all(policy.editor is Editor.CENTRAL for _, policy in kind.branches) else 2
