"""One cycle and one background worker at a time, whatever the number of processes.

On PostgreSQL a session's advisory lock, on SQLite a lock on a file beside the database: both are
let go by the operating system when their process ends, however it ends.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

# Below every changelog lock (see postgres.LOCK_BASE).
_ADVISORY_KEYS = {"cycle": 7_021_975, "worker": 7_021_976}
_RETRY_SECONDS = 0.1
# A database in memory belongs to one process; so do its locks.
_in_memory = {name: threading.Lock() for name in _ADVISORY_KEYS}


class CycleRunning(Exception):
    """Another process held the lock for as long as the caller was willing to wait."""


@contextmanager
def hold(
    connection: BaseDatabaseWrapper,
    give_up: Callable[[], bool] = lambda: False,
    name: str = "cycle",
) -> Iterator[None]:
    """Hold a lock of this instance; wait for it until `give_up`, then raise CycleRunning."""
    if connection.vendor == "postgresql":
        with _advisory(connection, give_up, _ADVISORY_KEYS[name]):
            yield
    elif _is_in_memory(connection):
        lock = _in_memory[name]
        _wait(lambda: lock.acquire(blocking=False), give_up)
        try:
            yield
        finally:
            lock.release()
    else:
        with _file(connection, give_up, name):
            yield


def _is_in_memory(connection: BaseDatabaseWrapper) -> bool:
    name = str(connection.settings_dict["NAME"])
    return name == ":memory:" or "mode=memory" in name


@contextmanager
def _advisory(
    connection: BaseDatabaseWrapper, give_up: Callable[[], bool], key: int
) -> Iterator[None]:
    def attempt() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
            return bool(cursor.fetchone()[0])

    _wait(attempt, give_up)
    try:
        yield
    finally:
        # A connection that broke has let the lock go already.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _file(
    connection: BaseDatabaseWrapper, give_up: Callable[[], bool], name: str
) -> Iterator[None]:
    with Path(f"{connection.settings_dict['NAME']}.{name}").open("ab") as file:
        _wait(lambda: _lock_file(file.fileno()), give_up)
        yield


def _lock_file(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _wait(attempt: Callable[[], bool], give_up: Callable[[], bool]) -> None:
    while not attempt():
        if give_up():
            raise CycleRunning
        time.sleep(_RETRY_SECONDS)
