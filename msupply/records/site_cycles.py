"""What a central server remembers of the latest cycles of each site."""

from django.db import models

# How many are kept of each site.
KEPT = 20


class SiteCycle(models.Model):
    """One cycle of a site, or a run of cycles in which nothing was exchanged. Never travels.

    `slot` goes round: the oldest row of a site is written over, so the table never grows.
    """

    site_id = models.IntegerField()
    slot = models.SmallIntegerField()
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    connections = models.IntegerField(default=1)
    pushed = models.BigIntegerField(default=0)
    pulled = models.BigIntegerField(default=0)
    # The wire's code of what the site was refused with; blank when it was let in.
    refusal = models.TextField(blank=True, default="")
    # Seconds by which the site's clock is ahead of this server's; None where it does not tell.
    clock_ahead = models.IntegerField(null=True)

    class Meta:
        db_table = "site_cycle"
        constraints = [
            models.UniqueConstraint(fields=("site_id", "slot"), name="site_cycle_slot"),
        ]
