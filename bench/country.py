"""A whole country on one central server, and what its administrators wait for.

`python -m bench.country SITES STORES LOG_ROWS` fills a fresh central server (in its environment, see
`processes.Instance.python`) and prints a line of JSON for each page and operation.

Every site has as many stores. One store supplies the regions, these the districts, these the
facilities; whoever supplies another and whoever is supplied see each other, and all see the first.
"""

import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import django

django.setup()

from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import routing
from bench.processes import PASSWORD
from msupply.central import background, store_move, store_sync, visibility
from msupply.records.items import Item, Unit
from msupply.records.master_lists import (
    MasterList,
    MasterListLine,
    MasterListNameJoin,
)
from msupply.records.names import Name, NameStoreJoin
from msupply.records.properties import NameOmsFields
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.records.users import User, UserStore
from msupply.sync import changelog, queue
from msupply.sync.clock import now
from msupply.sync.declare.registry import Channel
from msupply.sync.models import SiteState
from msupply.sync.placement import SyncType

FIRST_SITE = 3
REGIONS, DISTRICTS, ITEMS, USERS = 20, 1_000, 2_000, 20_000
ROWS_AT_ONCE = 5_000
NATIONAL = "store-0"

Row = TypeVar("Row", bound=Model)


def fill(sites: int, stores: int, log_rows: int) -> None:
    """Make the country, and the changes of its stores."""
    admin = User.objects.get(username="admin")
    with transaction.atomic():
        _make(Site, (_site(n) for n in range(FIRST_SITE, FIRST_SITE + sites)))
        _make(Name, (_name(n) for n in range(stores)))
        _make(Store, (_store(n, sites) for n in range(stores)))
        _make(NameOmsFields, (_place(n) for n in range(stores)))
        _make(NameStoreJoin, _joins(stores))
        _make_items(stores)
        _make(User, (User(id=f"user-{n}", username=f"user{n}") for n in range(USERS)))
        _make(UserStore, (_user_store(n, stores) for n in range(USERS)))
        # Who runs the country may look at every store.
        _make(UserStore, (UserStore(user=admin, store_id=f"store-{n}") for n in range(stores)))
        routing.fill_log(stores, log_rows)
    visibility.follow(connection)
    if connection.vendor == "postgresql":
        # As a server that did not get all of it a minute ago.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    head = changelog.head(connection, Channel.QUEUE)
    # A tenth of the country has not been heard of for long.
    _make(
        SiteState,
        (
            SiteState(site_id=n, queue_cursor=head if n % 10 else head - log_rows // 2)
            for n in range(FIRST_SITE, FIRST_SITE + sites)
        ),
    )


def _make(model: type[Row], rows: Iterable[Row]) -> None:
    left = iter(rows)
    while part := list(islice(left, ROWS_AT_ONCE)):
        model._default_manager.bulk_create(part)  # noqa: SLF001 - Django documents it


def _site(number: int) -> Site:
    age = timedelta(days=60 if number % 10 == 0 else number % 7)
    return Site(
        site_id=number,
        code=f"site{number}",
        name=f"Site {number}",
        hardware_id=f"device-{number}",
        initialisation_status=InitialisationStatus.COMPLETED,
        last_connection_datetime=now() - age,
        app_version="2.9.0",
        app_name="Open mSupply",
    )


def _name(number: int) -> Name:
    return Name(
        id=f"name-{number}",
        name=f"{_kind(number)} {number}",
        code=f"S{number}",
        type="STORE",
        is_customer=True,
        is_supplier=number < DISTRICTS,
        supplying_store_id=_supplier(number),
    )


def _kind(number: int) -> str:
    if number == 0:
        return "National store"
    return "Regional store" if number <= REGIONS else (
        "District store" if number <= REGIONS + DISTRICTS else "Health centre"
    )  # fmt: skip


def _supplier(number: int) -> str | None:
    if number == 0:
        return None
    if number <= REGIONS:
        return NATIONAL
    if number <= REGIONS + DISTRICTS:
        return f"store-{1 + number % REGIONS}"
    return f"store-{REGIONS + 1 + number % DISTRICTS}"


def _store(number: int, sites: int) -> Store:
    return Store(
        id=f"store-{number}",
        code=f"S{number}",
        name_id=f"name-{number}",
        site_id=FIRST_SITE + number % sites,
        store_mode="DISPENSARY" if number % 2 else "STORE",
    )


def _place(number: int) -> NameOmsFields:
    chance = random.Random(number)
    said: dict[str, float | str] = {
        "latitude": chance.uniform(-12, -2),
        "longitude": chance.uniform(12, 30),
    }
    if number:
        said["region"] = f"Region {number % REGIONS}"
    return NameOmsFields(id=f"name-{number}", properties=json.dumps(said))


def _joins(stores: int) -> Iterator[NameStoreJoin]:
    for number in range(1, stores):
        above = (_supplier(number) or "").removeprefix("store-")
        pairs = {(str(number), above), (above, str(number)), (str(number), "0")}
        for store, name in pairs:
            yield NameStoreJoin(
                id=f"join-{store}-{name}", store_id=f"store-{store}", name_id=f"name-{name}"
            )


def _make_items(stores: int) -> None:
    unit = Unit.objects.first()
    _make(Item, (Item(id=f"item-{n}", name=f"Item {n}", code=f"i{n}", unit=unit, type="STOCK")
                 for n in range(ITEMS)))  # fmt: skip
    MasterList.objects.create(id="list", name="National list", code="NL")
    _make(MasterListLine, (MasterListLine(id=f"line-{n}", master_list_id="list", item_id=f"item-{n}")
                           for n in range(ITEMS)))  # fmt: skip
    _make(
        MasterListNameJoin,
        (
            MasterListNameJoin(id=f"given-{n}", master_list_id="list", name_id=f"name-{n}")
            for n in range(stores)
        ),
    )


def _user_store(number: int, stores: int) -> UserStore:
    return UserStore(user_id=f"user-{number}", store_id=f"store-{number % stores}")


PAGES = {
    "home": "/",
    "sites": "/sites",
    "sites, searched": "/sites?q=1234",
    "site, edited": "/sites/show/{site_key}",
    "site": "/sites/1234/",
    "site of the national store": f"/sites/{FIRST_SITE}/",
    "silent site": "/sites/20/",
    "stores": "/stores",
    "stores, searched": "/stores?q=centre+1234",
    "stores, last page": "/stores?page=100000",
    "stores of one site": "/stores?site=1234",
    "matrix": "/stores/matrix",
    "new store": "/stores/new",
    "store": "/stores/show/store-1234",
    "synchronisation of a store": "/stores/synchronisation/store-1234",
    "synchronisation of the national store": f"/stores/synchronisation/{NATIONAL}",
    "visibility of a store": "/stores/visibility/store-1234",
    "visibility of the national store": f"/stores/visibility/{NATIONAL}",
    "move of a store": "/stores/move/store-1234",
    "move of the national store": f"/stores/move/{NATIONAL}",
    "sync report, sites": "/sync-report/",
    "sync report, stores": "/sync-report/?of=stores",
    "sync report, searched": "/sync-report/?q=centre+1234",
    "sync report of sites, CSV": "/sync-report/export.csv",
    "sync report of stores, CSV": "/sync-report/export.csv?of=stores",
    "sync report of stores, Excel": "/sync-report/export.xlsx?of=stores",
    "map": "/map/",
    "map by sites": "/map/?by=sites",
    "map by stores": "/map/?by=stores",
    "map of a region": "/map/?region=Region+7",
    "map, searched": "/map/?q=centre+1234",
    "wizard": "/sites/new/kind",
    "users": "/list/users/",
    "users, searched": "/list/users/?q=user1234",
    "rights of a user": "/users/rights/user-1234",
    "rights of who may enter every store": "/users/rights/{admin}",
    "customers": "/list/customers/",
    "customers, searched": "/list/customers/?q=centre+1234",
    "items": "/list/items/",
    "item": "/list/items/show/item-7",
    "master list that all stores have": "/list/master-lists/show/list",
    "choosing a store": "/choose/store?q=1234",
    "where an item is": "/where-is/item/item-7",
    "where a store is": "/where-is/store/store-1234",
    "merging names": "/merge/name",
    "system settings": "/system-settings",
    "all records": "/all-records",
    "names, CSV": "/list/name/export.csv",
    "choosing where to work": "/store",
    "synchronisation": "/synchronisation",
}


def measure() -> Iterator[dict[str, Any]]:
    """Yield what each page and operation costs."""
    browser = Client(SERVER_NAME="localhost")
    yield _timed("log-in", lambda: _log_in(browser))
    keys = {
        "site_key": Site.objects.get(site_id=1_234).pk,
        "admin": User.objects.get(username="admin").pk,
    }
    for what, address in PAGES.items():
        yield _timed(what, partial(_get, browser, address.format(**keys)))
    for what, work in OPERATIONS.items():
        yield _timed(what, work)


def _log_in(browser: Client) -> int:
    browser.post("/log-in", {"username": "admin", "password": PASSWORD})
    home = UserStore.objects.get(user__username="admin", is_default=True)
    return len(browser.post("/store", {"store": home.store_id}, follow=True).content)


def _get(browser: Client, address: str) -> int:
    answer = browser.get(address, follow=True)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return len(answer.getvalue() if answer.streaming else answer.content)


def _change_visibility() -> None:
    NameStoreJoin.objects.create(store_id="store-2000", name_id="name-3000")
    visibility.follow(connection)


def _show_list_to_all() -> None:
    """As an administrator who gives every store a list of items: `background.work` follows."""
    MasterList.objects.create(id="list-2", name="Second list", code="L2")
    names = Store.objects.values_list("name_id", flat=True)
    with transaction.atomic():
        _make(
            MasterListNameJoin,
            (MasterListNameJoin(id=f"2-{n}", master_list_id="list-2", name_id=n) for n in names),
        )


def _change_sync_type() -> None:
    store_sync.set_sync_type(connection, NATIONAL, 1_234, SyncType.COLLECTOR)


def _move() -> None:
    store_move.start(connection, "store-1234", 321)


def _poll() -> None:
    routing.poll(1_234)


def _poll_everybody() -> None:
    for site in range(FIRST_SITE, FIRST_SITE + 100):
        queue.length(connection, site)


OPERATIONS: dict[str, Callable[[], object]] = {
    "a name made visible in a store, until sync types have followed": _change_visibility,
    "sync type of the national store chosen": _change_sync_type,
    "move of a store started": _move,
    "moves taken on": lambda: store_move.advance(connection),
    "round of the worker after these": lambda: background.work(connection),
    "idle round of the worker": lambda: background.work(connection),
    "idle poll of a site": _poll,
    "lengths of 100 queues": _poll_everybody,
    "a list of items given to all stores": _show_list_to_all,
    "round of the worker after it": lambda: background.work(connection),
    "all sync types worked out anew": lambda: visibility.recompute(connection, None),
}


def _timed(what: str, work: Callable[[], object]) -> dict[str, Any]:
    before = _peak_mb()
    with CaptureQueriesContext(connection) as queries:
        started, on_cpu = time.perf_counter(), time.process_time()
        size = work()
        seconds, cpu = time.perf_counter() - started, time.process_time() - on_cpu
    return {
        "what": what,
        "milliseconds": round(seconds * 1000, 1),
        "cpu_ms": round(cpu * 1000, 1),
        "statements": len(queries),
        "kilobytes": round(size / 1024) if isinstance(size, int) else None,
        # What this needed beyond all before it, and all of it.
        "grew_mb": round(_peak_mb() - before, 1),
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sites, stores, log_rows = map(int, sys.argv[1:])
    fill(sites, stores, log_rows)
    for line in measure():
        print(json.dumps(line), flush=True)
