"""What some legacy records say only by way of others, asked for a whole batch at once."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps

# Below the number of parameters that one statement may have on either database.
_AT_ONCE = 10_000


def values(model: str, key: str, ids: Iterable[str | None], column: str) -> dict[str, Any]:
    """Return {key: column} of the rows of a model whose `key` is one of `ids`."""
    rows = apps.get_model("records", model)._base_manager  # noqa: SLF001 - a public name of Django
    return {
        found: value
        for some in _parts(sorted({i for i in ids if i}))
        for found, value in rows.filter(**{f"{key}__in": some}).values_list(key, column)
    }


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
