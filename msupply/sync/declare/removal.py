"""What a delete that arrives does to the row."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SoftDelete:
    """A delete that arrives marks the row: `column` is set to False, or to the time of arrival."""

    column: str


@dataclass(frozen=True)
class HardDelete:
    """A delete that arrives removes the row."""
