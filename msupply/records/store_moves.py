"""Stores on their way from one site to another; kept on the mSupply central server."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MoveState(models.TextChoices):
    """How far a move is.

    - WAITING: the store is frozen; the old site must send what it still has.
    - SENDING: the store belongs to the new site, which has not yet received all its records.
    """

    WAITING = "WAITING", _("Waiting for the sites")
    SENDING = "SENDING", _("Sending to the new site")
    DONE = "DONE", _("Done")
    CANCELLED = "CANCELLED", _("Cancelled")


OPEN_STATES = (MoveState.WAITING, MoveState.SENDING)


class StoreMove(models.Model):
    """One move of a store; its row says all that is needed to go on after a crash.

    - `freeze_cursor`: the head of the queue's log when the store was frozen.
    - `told_at`: when the old site has learnt of the freeze. `pushed_at`: when it had then sent
      everything.
    - `learnt_at`: when the old site, having sent everything, had fetched the record that says
      where the store is now. A site that cannot be told of a freeze may send changes until then.
    - `backlog_up_to`: the cursor up to which the new site must acknowledge.
    """

    store_id = models.TextField()
    from_site = models.IntegerField()
    to_site = models.IntegerField()
    keep_collector = models.BooleanField(default=False)
    state = models.TextField(choices=MoveState, default=MoveState.WAITING)
    user_id = models.TextField(null=True)
    started_at = models.DateTimeField()
    freeze_cursor = models.BigIntegerField()
    told_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)
    switched_at = models.DateTimeField(null=True)
    learnt_at = models.DateTimeField(null=True)
    backlog_up_to = models.BigIntegerField(null=True)
    backlog_total = models.IntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "store_move"
        constraints = [
            models.UniqueConstraint(
                fields=("store_id",),
                name="store_move_one_open",
                condition=models.Q(state__in=OPEN_STATES),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """True until the move is done or cancelled."""
        return self.state in OPEN_STATES
