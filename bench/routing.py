"""What routing costs in a country: `python -m bench.routing SITES STORES LOG_ROWS` prints JSON.

Run in the environment of a fresh central server (see `processes.Instance.python`). Stores are
spread evenly over the sites; each sees the ten that follow it. The log is filled with changes of
all stores; the last site gets a copy of every store, as a primary server has.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import django
import msgspec

django.setup()

from django.db import connection, transaction

from bench import dataset
from msupply.central import visibility
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.sync import buffer, changelog, queue, routing
from msupply.sync import here as instance
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Channel, Wire
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import SiteState, StoreSync

FIRST_SITE = 2
NEIGHBOURS = 10
BATCH = 1_000
SITES_ASKED = 200
ROUNDS = 10


def fill(sites: int, stores: int, log_rows: int) -> None:
    """Make the country and its log."""
    with transaction.atomic():
        Site.objects.bulk_create(
            Site(site_id=number, name=f"site {number}")
            for number in range(FIRST_SITE + 1, primary(sites) + 1)
        )
        Name.objects.bulk_create(
            Name(id=f"name-{n}", name=f"Store {n}", code=f"S{n}", type="STORE")
            for n in range(stores)
        )
        Store.objects.bulk_create(
            Store(
                id=f"store-{n}", code=f"S{n}", name_id=f"name-{n}", site_id=FIRST_SITE + n % sites
            )
            for n in range(stores)
        )
        NameStoreJoin.objects.bulk_create(
            NameStoreJoin(
                id=f"join-{n}-{k}", store_id=f"store-{n}", name_id=f"name-{(n + k) % stores}"
            )
            for n in range(stores)
            for k in range(1, NEIGHBOURS + 1)
        )
        visibility.follow(connection)
        StoreSync.objects.filter(site_id=primary(sites)).delete()
        StoreSync.objects.bulk_create(
            StoreSync(store_id=f"store-{n}", site_id=primary(sites), sync_with="COLLECTOR")
            for n in range(stores)
        )
    fill_log(stores, log_rows)
    _work_of_one_store()


def primary(sites: int) -> int:
    """Return the number of the site with a copy of everything."""
    return FIRST_SITE + sites


def fill_log(stores: int, rows: int) -> None:
    """Log `rows` changes of records of all stores in turn."""
    if connection.vendor == "sqlite":
        numbers = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            " SELECT i FROM n"
        )
    else:
        numbers = "SELECT generate_series(1, %s) AS i"
    with connection.cursor() as cursor:
        # One in ten concerns a second store.
        cursor.execute(
            "INSERT INTO changelog_queue"
            " (record_type, record_id, deleted, store_id, partner_id, everywhere)"
            f" SELECT 91, 'filler-' || i, FALSE, 'store-' || (i %% {stores}),"
            f" CASE WHEN i %% 10 = 0 THEN 'store-' || ((i + 1) %% {stores}) END, FALSE"
            f" FROM ({numbers}) numbers",
            [rows],
        )


def _work_of_one_store() -> None:
    """Put the lines of one batch at the head of the log, for the first site."""
    warehouse = dataset.Warehouse(4 * BATCH, FIRST_SITE)
    dataset.STORE, dataset.STORE_NAME = "store-0", "name-0"
    for group in (warehouse.central(), warehouse.records()):
        for table, records in group:
            if table == "store":
                continue
            arrived = [Arrived(table, r["ID"], "update", msgspec.json.encode(r)) for r in records]
            buffer.store(connection, None, Wire.V5, arrived)
    here = instance.load(connection)
    integrate(connection, Origin(None, None, here.served, trusted=True))


def measure(sites: int) -> dict[str, float]:
    """Return milliseconds by what was done."""
    head = changelog.head(connection, Channel.QUEUE)
    ordinary = range(FIRST_SITE + 1, FIRST_SITE + min(sites, SITES_ASKED))
    for site in (*ordinary, primary(sites)):
        SiteState.objects.update_or_create(site_id=site, defaults={"queue_cursor": head})
    behind = head - 3 * BATCH
    return {
        "idle_poll": statistics.median(_timed(partial(poll, site)) for site in ordinary),
        "idle_poll_of_the_primary": _median(lambda: poll(primary(sites))),
        "pull_1000": _median(lambda: _pull(FIRST_SITE, behind)),
        "pull_1000_of_the_primary": _median(lambda: _pull(primary(sites), behind)),
        "visibility_change": _median(_change_visibility),
        "visibility_of_everything": _timed(lambda: visibility.recompute(connection, None)),
    }


def poll(site: int) -> None:
    """Ask all logs what is new for a site that has everything."""
    here = instance.load(connection)
    reader = routing.reader_for(connection, here, site)
    for channel in (Channel.CENTRAL, Channel.MODERN):
        head = changelog.head(connection, channel)
        routing.read(connection, channel, reader, head, head, BATCH)
    batch = queue.first(connection, site, BATCH)
    assert not batch.records


def _pull(site: int, behind: int) -> None:
    SiteState.objects.update_or_create(site_id=site, defaults={"queue_cursor": behind})
    batch = queue.first(connection, site, BATCH)
    assert len(batch.records) == BATCH


_changes = iter(range(10_000))


def _change_visibility() -> None:
    number = next(_changes)
    NameStoreJoin.objects.create(
        id=f"new-{number}", store_id=f"store-{number}", name_id=f"name-{number + 50}"
    )
    visibility.follow(connection)


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_timed(work) for _ in range(ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round((time.perf_counter() - started) * 1000, 2)


if __name__ == "__main__":
    sites, stores, log_rows = map(int, sys.argv[1:])
    fill(sites, stores, log_rows)
    print(json.dumps(measure(sites)))
