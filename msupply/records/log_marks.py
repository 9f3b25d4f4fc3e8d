"""When the logs were where: a log itself knows the order of changes, not their time."""

from django.db import models


class LogMark(models.Model):
    """How far the V5 queue's log was at a moment. Never travels."""

    at = models.DateTimeField(primary_key=True)
    queue_cursor = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "log_mark"
