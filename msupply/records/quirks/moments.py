"""Moments that the V5 wire splits into a date and a time of day."""

Texts = list[str | None]

MIDNIGHT = "00:00:00"


def join(dates: Texts, times: list[str]) -> Texts:
    """Put dates and times of day together; no date means no moment."""
    return [date and f"{date} {time}" for date, time in zip(dates, times, strict=True)]


def date_parts(moments: Texts) -> Texts:
    """Return the dates of moments."""
    return [moment and moment[:10] for moment in moments]


def time_parts(moments: Texts) -> list[str]:
    """Return the times of day of moments, without fractions; midnight when there is none."""
    return [moment[11:19] if moment else MIDNIGHT for moment in moments]
