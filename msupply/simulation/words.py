"""Words where the program wants something else, in files that people import.

Either the file is refused, or what it says arrives as any other edit does.
"""

import csv
from io import StringIO
from random import Random

from django.core.exceptions import ValidationError
from django.db import models, transaction

from msupply.services.scope import Viewer
from msupply.services.tables import files, importing, writing
from msupply.simulation import edits, tables, values, visible
from msupply.simulation.edits import Edit
from msupply.simulation.fate import pick
from msupply.simulation.machine import Machine
from msupply.sync.declare.registry import RecordType, registry

_ATTEMPTS = 8
_WORDS = (
    "plain words",
    "é “quoted”",
    '{"a": 1',
    "[1,]",
    "NaN",
    '{"a": 1e400}',
    "9" * 5000,
    "[" * 120 + "]" * 120,
    '"\\u0000"',
    '"\\ud800"',
    # These are JSON, though not every reader makes the same of them.
    '{"a": 18446744073709551616, "a": 1.10}',
    '"a sentence"',
    "7",
)


def write(chance: Random, machine: Machine) -> Edit | None:
    """Let somebody import a file with words for one record; None where it was refused."""
    kinds = [kind for kind in registry().synced if kind.name not in edits.NOT_EDITED]
    for _attempt in range(_ATTEMPTS):
        kind = pick(chance, kinds)
        columns = _columns(kind)
        # Where JSON is wanted most can go wrong.
        some = [name for name in columns if values.is_json(kind, name)] or columns
        rows = tables.rows(machine.connection, kind)
        if not some or not rows:
            continue
        record_id = pick(chance, sorted(rows))
        row = rows[record_id]
        if edits.is_allowed(machine, kind, row) and visible.is_known(machine.connection, kind, row):
            name, words = pick(chance, some), pick(chance, _WORDS)
            if _import(machine, kind, [("id", name), (record_id, words)]):
                return Edit("imports words for", kind, record_id)
    return None


def _columns(kind: RecordType) -> list[str]:
    return [
        name
        for name, field in kind.columns.items()
        if isinstance(field, models.TextField) and not field.choices and name != "extra"
    ]


def _import(machine: Machine, kind: RecordType, lines: list[tuple[str, str]]) -> bool:
    """Import a file as the operator of a machine; tell whether it changed anything."""
    file = StringIO()
    csv.writer(file).writerows(lines)
    viewer = Viewer(machine.connection, machine.here)
    try:
        planned = importing.plan(viewer, kind, files.read(file.getvalue().encode()))
        with transaction.atomic(using=machine.alias):
            writing.apply(viewer, planned)
    except ValidationError:
        return False
    return planned.changed > 0
