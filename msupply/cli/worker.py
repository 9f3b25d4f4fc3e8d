"""The background worker of a server: synchronises a site, integrates what sites have pushed.

`msupply serve` starts it as a process of its own; it ends with its parent, however that ends.
"""

import logging
import os
import signal
import sys
import threading
import time

from django.db.backends.base.base import BaseDatabaseWrapper

_log = logging.getLogger(__name__)

# How soon a finished push is seen.
LOOK_SECONDS = 0.2
AFTER_ERROR_SECONDS = 5
# Sessions that are over are removed at start, and then so often.
TIDY_SECONDS = 24 * 3600
# Whatever it is at then may be killed: everything can be taken up again.
STOP_SECONDS = 10


def run(stop: threading.Event) -> None:
    """Work until `stop`; where another worker of this instance is at it, wait for its end."""
    from django.db import Error, connections

    from msupply.sync.failure import told
    from msupply.sync.sql import cycle_lock, dialect

    connection = connections["default"]
    while not stop.is_set():
        try:
            with cycle_lock.hold(connection, stop.is_set, "worker"):
                _work(connection, stop)
        except cycle_lock.CycleRunning:
            break
        except Exception as error:
            if isinstance(error, Error) and dialect(connection).is_away(error):
                # Of two that wait for each other one is chosen; a disk is full; a server is gone.
                _log.warning("The database failed, work goes on soon: %s", told(error))
            else:
                _log.exception("The background worker goes on after an error")
            _rest(connection, stop)


def _rest(connection: BaseDatabaseWrapper, stop: threading.Event) -> None:
    connection.close()
    stop.wait(AFTER_ERROR_SECONDS)


def _work(connection: BaseDatabaseWrapper, stop: threading.Event) -> None:
    from msupply.central import background
    from msupply.services import sessions
    from msupply.services.instance import seed_equipment
    from msupply.sync import here

    if here.load(connection).is_oms_central:
        # It may have become that since it was set up.
        seed_equipment(connection)
    stop_driver = threading.Event()
    driver = threading.Thread(target=_drive, args=[stop_driver], name="driver", daemon=True)
    driver.start()
    tidy_at = time.monotonic()
    try:
        while not stop.is_set():
            if time.monotonic() >= tidy_at:
                sessions.remove_expired(connection)
                tidy_at = time.monotonic() + TIDY_SECONDS
            if not background.work(connection):
                stop.wait(LOOK_SECONDS)
    finally:
        stop_driver.set()
        driver.join(STOP_SECONDS / 2)


def _drive(stop: threading.Event) -> None:
    from django.db import connections

    from msupply.sync import driver

    connection = connections["default"]
    try:
        driver.run(connection, stop)
    finally:
        connection.close()


def _end_with_parent(stop: threading.Event) -> None:
    """The parent holds the other end of standard input; when it is gone, this process ends."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
    # A thread that does not end in time must not keep an orphan alive.
    threading.Timer(STOP_SECONDS, os._exit, [0]).start()


def main() -> None:
    """Run until a signal comes or the parent is gone."""
    import django

    from msupply.sync import collector

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    django.setup()
    collector.tune()
    threading.Thread(target=_end_with_parent, args=[stop], daemon=True).start()
    from msupply.wire import file_store

    file_store.remove_leftovers()
    run(stop)


if __name__ == "__main__":
    main()
