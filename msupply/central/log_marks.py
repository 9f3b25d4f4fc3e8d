"""When the V5 queue's log was where, so that "how far behind" can be said in days."""

from datetime import datetime, timedelta

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from msupply.records.log_marks import LogMark
from msupply.sync import changelog
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.declare.registry import Channel

MARK_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=400)


def mark(connection: BaseDatabaseWrapper) -> None:
    """Note where the log is, unless it was noted lately or has not moved since."""
    moment = now()
    latest = _marks(connection).order_by("-at").first()
    if latest is not None and moment - latest.at < MARK_EVERY:
        return
    if not instance.load(connection).is_central:
        return
    head = changelog.head(connection, Channel.QUEUE)
    if latest is not None and latest.queue_cursor == head:
        return
    _marks(connection).update_or_create(at=moment, defaults={"queue_cursor": head})
    _marks(connection).filter(at__lt=moment - KEPT).delete()


def changed_before(connection: BaseDatabaseWrapper, cursor: int) -> datetime | None:
    """Return the first known moment at which a row of the log was there, None when it is newer."""
    later = _marks(connection).filter(queue_cursor__gte=cursor).order_by("queue_cursor", "at")
    return later.values_list("at", flat=True).first()


def _marks(connection: BaseDatabaseWrapper) -> "QuerySet[LogMark]":
    return LogMark.objects.using(connection.alias)
