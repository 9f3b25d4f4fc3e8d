"""When the logs were where: a log itself knows the order of changes, not their time."""

from django.db import models


class LogMark(models.Model):
    """How far the logs were at a moment. Never travels."""

    at = models.DateTimeField(primary_key=True)
    central_cursor = models.BigIntegerField(db_index=True)
    queue_cursor = models.BigIntegerField(db_index=True)
    modern_cursor = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "log_mark"
