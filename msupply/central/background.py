"""What a server does by itself, again and again: the worker's one round."""

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.central import (
    integration,
    log_marks,
    new_subjects,
    new_users,
    store_move,
    visibility,
)
from msupply.services import security_log


def work(connection: BaseDatabaseWrapper) -> bool:
    """Integrate what sites have pushed, and do what follows from it; True when there was work.

    Call it from one process at a time. It may die anywhere: the next round goes on.
    """
    integrated = integration.integrate_waiting(connection)
    new_users.take_over(connection)
    visibility.follow(connection)
    new_subjects.follow(connection)
    log_marks.mark(connection)
    security_log.remove_old(connection)
    return store_move.advance(connection) or integrated
