"""Failed log-ins, counted so that guessing passwords becomes slow."""

from django.db import models


class LogInFailure(models.Model):
    """How often one user name was refused in a row from one address. Never travels."""

    # Lower case; what was typed, whether such a user exists or not.
    username = models.TextField()
    address = models.TextField()
    count = models.IntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        db_table = "log_in_failure"
        constraints = [
            models.UniqueConstraint(fields=("username", "address"), name="log_in_failure_key")
        ]
