"""Failed log-ins, counted so that guessing passwords becomes slow, and where names come from."""

from django.db import models


class LogInFailure(models.Model):
    """How often one user name was refused in a row from one address. Never travels."""

    # Lower case; what was typed, whether such a user exists or not.
    username = models.TextField()
    address = models.TextField()
    count = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    # When the name was last let in from there, to the day; None when it never was.
    let_in_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "log_in_failure"
        constraints = [
            models.UniqueConstraint(fields=("username", "address"), name="log_in_failure_key")
        ]
        indexes = [models.Index(fields=("address", "last_at"), name="log_in_failure_address")]
