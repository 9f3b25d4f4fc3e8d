"""Time a site's idle polls of its central server: `python -m bench.poll` prints the median in s."""

import statistics
import time

import django

django.setup()

from django.db import connection

from msupply.sync import cursors
from msupply.sync import here as instance
from msupply.sync.peer import network

ROUNDS = 40


def poll() -> list[float]:
    """Ask for what is new, on both wires, as an idle cycle does; return the seconds of each."""
    here = instance.load(connection)
    peers = network().connect(here)
    try:
        peers.legacy.site_info()
        modern = peers.modern(here.oms_central_url)
        central = cursors.get(connection, cursors.PULL_CENTRAL)
        position = cursors.get(connection, cursors.PULL_V6)
        seconds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            peers.legacy.central_records(central, 500)
            peers.legacy.queued_records(500)
            modern.pull(position, 500, initialised=True)
            seconds.append(time.perf_counter() - started)
        return seconds
    finally:
        peers.close()


if __name__ == "__main__":
    print(statistics.median(poll()))
