"""Finding the records that rows mean: by their ids, or by what people know them by."""

from collections.abc import Iterable

from django.db.models import QuerySet

from msupply.services.keys import Key
from msupply.sync.declare import Record

BATCH = 500


def by_id(visible: QuerySet[Record], ids: Iterable[str]) -> dict[str, Record]:
    """Return the records with these ids, empty ones left aside."""
    wanted = sorted(set(ids) - {""})
    found: dict[str, Record] = {}
    for start in range(0, len(wanted), BATCH):
        found |= visible.in_bulk(wanted[start : start + BATCH])
    return found


def by_key(
    in_use: QuerySet[Record], key: tuple[str, ...], wanted: set[Key]
) -> dict[Key, list[Record]]:
    """Return the records with these values in the columns of `key`."""
    found: dict[Key, list[Record]] = {}
    if not wanted:
        return found
    # The part that differs most asks for the fewest records.
    parts = [sorted({k[place] for k in wanted}, key=str) for place in range(len(key))]
    full = [place for place, part in enumerate(parts) if None not in part]
    chosen = max(full, key=lambda place: len(parts[place]))
    for start in range(0, len(parts[chosen]), BATCH):
        part = parts[chosen][start : start + BATCH]
        for record in in_use.filter(**{f"{key[chosen]}__in": part}):
            of_record = tuple(getattr(record, name) for name in key)
            if of_record in wanted:
                found.setdefault(of_record, []).append(record)
    return found
