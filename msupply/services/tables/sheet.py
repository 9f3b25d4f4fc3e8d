"""What a file is made of, before it is CSV or a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sheet:
    """One sheet; `choices` are lists of allowed values by the number of their column, from 0."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Any]]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
