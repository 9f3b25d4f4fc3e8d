"""Second factors of users of the central server: one-time codes of an app (RFC 6238)."""

from django.db import models


class SecondFactor(models.Model):
    """The app of one user. Never travels, is never shown again and never exported.

    The secret itself is not here: it follows from `nonce` and the instance's secret key.
    """

    # No foreign key: users come and go by sync.
    user_id = models.TextField(primary_key=True)
    nonce = models.TextField()
    # The latest time step of which a code was used: no code is good twice.
    last_step = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "second_factor"


class RecoveryCode(models.Model):
    """A code that is good once instead of the app's, as a hash. Never travels."""

    user_id = models.TextField(db_index=True)
    hashed = models.TextField()

    class Meta:
        db_table = "recovery_code"
