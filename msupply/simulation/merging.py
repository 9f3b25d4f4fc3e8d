"""Merges by people, where they may, and what they leave behind by the rules."""

from collections.abc import Iterator
from random import Random

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.services import merges
from msupply.simulation import edits, tables
from msupply.simulation.edits import Edit
from msupply.simulation.fate import pick
from msupply.simulation.machine import Machine
from msupply.sync.declare.registry import RecordType, registry
from msupply.sync.ownership import EditRefused

_ATTEMPTS = 4


def merge(chance: Random, machine: Machine, hands: dict[str, int]) -> Edit | None:
    """Let somebody merge two records; `hands` says at which site a record was merged before.

    Two sites that merge one record into two others contradict each other: people would ask first.
    """
    for _ in range(_ATTEMPTS):
        what = pick(chance, [*merges.KINDS])
        edit = _merge(chance, machine, hands, what)
        if edit is not None:
            return edit
    return None


def _merge(chance: Random, machine: Machine, hands: dict[str, int], what: str) -> Edit | None:
    kind = registry().by_table[merges.KINDS[what].model._meta.db_table]
    rows = tables.rows(machine.connection, kind)
    free = sorted(i for i in rows if hands.get(i, machine.site_id) == machine.site_id)
    if len(free) < 2:
        return None
    keep, lose = chance.sample(free, 2)
    if not all(edits.is_allowed(machine, kind, rows[one]) for one in (keep, lose)):
        return None
    if _is_anybodys(kind, rows[keep]) or _is_anybodys(kind, rows[lose]):
        return None
    try:
        merges.merge(machine.connection, None, None, what, keep, lose)
    except (ValidationError, EditRefused):
        return None
    hands[keep] = hands[lose] = machine.site_id
    merged = registry().by_table[merges.KINDS[what].merges._meta.db_table]
    return Edit("merges", merged, lose)


def _is_anybodys(kind: RecordType, row: tables.Row) -> bool:
    """True for patients and prescribers without a home store: two sites could merge them."""
    homes = [policy.home for _, policy in kind.branches if policy.home and "." not in policy.home]
    return any(row[home] is None for home in homes) and row.get("type") in (None, "PATIENT")


def kept_by_lost(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return by the id of each record lost the one kept in the end."""
    found: dict[str, str] = {}
    for kind in registry().merges.values():
        for row in tables.rows(connection, kind).values():
            found[row["id"]] = row["kept_id"]
    return {lost: _end(found, kept) for lost, kept in found.items()}


def _end(kept: dict[str, str], record_id: str) -> str:
    while record_id in kept:
        record_id = kept[record_id]
    return record_id


def left_behind(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Yield the rows that still refer to a record that has been lost."""
    for table, merged in registry().merges.items():
        lost = tables.rows(connection, merged)
        if not lost:
            continue
        for kind in registry().types:
            columns = [
                field.column
                for field in kind.columns.values()
                if isinstance(field, models.ForeignKey)
                and field.related_model._meta.db_table == table
            ]
            for row in tables.rows(connection, kind).values() if columns else ():
                for column in columns:
                    if row[column] in lost:
                        yield f"{kind.name} {row['id'][:8]} refers to {table} {row[column][:8]}"


def may_have_gone(kind: RecordType, content: bytes | None, kept: dict[str, str]) -> bool:
    """True for a record that a merge may have removed or changed beyond its references."""
    if not kept or not (kind.model.once or kind.model.keyed_by):
        return False
    ids = {*kept, *kept.values()}
    return content is None or any(one.encode() in content for one in ids)


def repointed(content: bytes | None, kept: dict[str, str]) -> bytes | None:
    """Return what a record says once its references are re-pointed."""
    for lost, keep in kept.items():
        content = content and content.replace(lost.encode(), keep.encode())
    return content
