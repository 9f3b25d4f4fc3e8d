"""Waiting for a server: as long as it gets on, and for the documented time where it does not tell."""

from collections.abc import Callable
from dataclasses import dataclass

from msupply.sync import clock
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.peer import ServerStatus

# A server of our own sets its status before it answers, so the first question may come at once.
_QUICK_SECONDS = 0.05


@dataclass(frozen=True)
class Patience:
    """How often a server is asked, and after how many seconds without progress we give up."""

    every: float
    limit: float
    code: FailureCode
    meaning: str


AFTER_PUSH = Patience(
    1, 30, FailureCode.INTEGRATION_TIMEOUT_REACHED, "the server is still integrating what was sent"
)
INITIALISATION = Patience(
    15, 30 * 60, FailureCode.UNKNOWN, "the server is still preparing the records of this site"
)


def until_idle(ask: Callable[[], ServerStatus], patience: Patience, *, quick: bool = False) -> None:
    """Ask until the server is idle. `quick` is for servers that may be asked right away."""
    deadline = clock.monotonic() + patience.limit
    pause = min(_QUICK_SECONDS, patience.every) if quick else patience.every
    remaining: int | None = None
    while True:
        clock.sleep(pause)
        status = ask()
        if status.idle:
            return
        if status.remaining is not None and (remaining is None or status.remaining < remaining):
            remaining = status.remaining
            deadline = clock.monotonic() + patience.limit
        if clock.monotonic() >= deadline:
            text = f"{patience.meaning} after {patience.limit:g} seconds without progress"
            raise SyncFailure(patience.code, text)
        pause = min(2 * pause, patience.every)
