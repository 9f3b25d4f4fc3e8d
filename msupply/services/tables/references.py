"""Finding the records that cells name: by id, code, name, or as an export names them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from msupply.services import labels, scope
from msupply.services.scope import Viewer
from msupply.sync.declare.registry import registry

# So few are read whole, and then capitals do not matter.
FEW = 5000
CHUNK = 400


@dataclass
class Found:
    """Records by how a cell may name them; the first level that has one decides."""

    ids: dict[str, str] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def candidates(self, text: str) -> set[str]:
        """Return the ids of the records that a text may stand for."""
        if text in self.ids:
            return {text}
        for level in (self.codes, self.names):
            found = level.get(text) or level.get(text.casefold())
            if found:
                # What was deleted gives way to what is in use.
                return found - self.gone or found
        return set()

    def add(self, level: dict[str, set[str]], text: Any, record_id: str) -> None:
        """Let a text stand for a record."""
        if text not in (None, ""):
            for form in {str(text).strip(), str(text).strip().casefold()}:
                level.setdefault(form, set()).add(record_id)


def find(viewer: Viewer, target: type[models.Model], texts: Iterable[str]) -> Found:
    """Return the records of a type that texts may stand for, with a few queries for all."""
    kind = registry().by_table[target._meta.db_table]
    found = Found()
    wanted = sorted(set(texts))
    if not wanted or not viewer.may_view(kind):
        return found
    every = scope.records(viewer, kind, with_deleted=True)
    columns = labels.columns_of(target)
    paths = labels.search_paths(target)
    has_code = "code" in kind.columns and "code" not in paths
    read = ["pk", *(["code"] if has_code else []), *paths]
    gone = set()
    if "deleted_datetime" in kind.columns:
        read.append("deleted_datetime")
    for row in _rows(every, target, wanted, paths, read):
        values = dict(zip(read, row, strict=True))
        record_id = values["pk"]
        found.ids[record_id] = record_id
        found.add(found.codes, values.get("code"), record_id)
        named = [values[path] for path in paths]
        for value in named:
            found.add(found.names, value, record_id)
        found.add(found.names, labels.joined(target, columns, named), record_id)
        if values.get("deleted_datetime"):
            gone.add(record_id)
    found.gone = frozenset(gone)
    return found


def _rows(
    every: "QuerySet[Any]",
    target: type[models.Model],
    wanted: Sequence[str],
    paths: Sequence[str],
    read: Sequence[str],
) -> Iterator[tuple[Any, ...]]:
    if len(every.values_list("pk")[: FEW + 1]) <= FEW:
        yield from every.values_list(*read)
        return
    texts = [path for path in paths if not _is_number(target, path)]
    texts += ["code"] if "code" in read and "code" not in texts else []
    numbers = [path for path in paths if _is_number(target, path)]
    for chunk in _chunks(sorted({part for text in wanted for part in _parts(text)})):
        conditions = [Q(pk__in=chunk), *(Q(**{f"{path}__in": chunk}) for path in texts)]
        digits = [int(text) for text in chunk if text.isdecimal() and len(text) < 10]
        conditions += [Q(**{f"{path}__in": digits}) for path in numbers if digits]
        yield from every.filter(reduce(or_, conditions)).values_list(*read)


def _is_number(target: type[models.Model], path: str) -> bool:
    return "__" not in path and isinstance(target._meta.get_field(path), models.IntegerField)


def _parts(text: str) -> Iterator[str]:
    """Yield a text and what it may be put together from (see `labels.joined`)."""
    yield text
    if " · " in text:
        yield text.split(" · ", maxsplit=1)[0].removeprefix("#")
    elif " " in text:
        words = text.split(" ")
        yield from (" ".join(words[:n]) for n in range(1, min(len(words), 4)))


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
