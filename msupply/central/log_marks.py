"""When the logs were where, so that "how far behind" can be said in days."""

from datetime import datetime, timedelta

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from msupply.records.log_marks import LogMark
from msupply.sync import changelog, clock
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.declare.registry import Channel

MARK_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=400)

_COLUMNS = {
    Channel.CENTRAL: "central_cursor",
    Channel.QUEUE: "queue_cursor",
    Channel.MODERN: "modern_cursor",
}


def mark(connection: BaseDatabaseWrapper) -> None:
    """Note where the log is, unless it was noted lately or has not moved since."""
    moment = now()
    latest = _marks(connection).filter(at__lte=clock.horizon()).order_by("-at").first()
    if latest is not None and clock.age(latest.at) < MARK_EVERY:
        return
    if not instance.load(connection).is_central:
        return
    heads = {_COLUMNS[channel]: changelog.head(connection, channel) for channel in Channel}
    if latest is not None and all(getattr(latest, c) == head for c, head in heads.items()):
        return
    _marks(connection).update_or_create(at=moment, defaults=heads)
    # Those of a clock that was ahead would tell a later time than it was.
    wrong = Q(at__lt=moment - KEPT) | Q(at__gt=clock.horizon())
    _marks(connection).filter(wrong).delete()


def changed_before(
    connection: BaseDatabaseWrapper, channel: Channel, cursor: int
) -> datetime | None:
    """Return the first known moment at which a row of a log was there, None when it is newer."""
    column = _COLUMNS[channel]
    true = _marks(connection).filter(at__lte=clock.horizon())
    later = true.filter(**{f"{column}__gte": cursor}).order_by(column, "at")
    return later.values_list("at", flat=True).first()


def _marks(connection: BaseDatabaseWrapper) -> "QuerySet[LogMark]":
    return LogMark.objects.using(connection.alias)
