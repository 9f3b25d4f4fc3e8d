"""The time, as this program keeps it: naive UTC."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the moment, naive UTC, to the microsecond."""
    return datetime.now(UTC).replace(tzinfo=None)


def now_text() -> str:
    """Return the moment as a column's text, to the second."""
    return now().isoformat(" ", "seconds")
