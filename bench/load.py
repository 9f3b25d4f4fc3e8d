"""Fill an instance's own database: `python -m bench.load {central,touch,filler,slow-lines} N`.

Run in the instance's environment (see `processes.Instance.python`).
"""

import sys
from collections.abc import Iterator
from itertools import islice

import django
import msgspec

django.setup()

from django.db import connection, transaction

from bench.dataset import Record, Warehouse
from msupply.records.items import Item
from msupply.sync import buffer, collector
from msupply.sync import here as instance
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.integrate import Origin, integrate

SITE = 2


def central(size: int) -> None:
    """Give a central server a warehouse of `size` records, active on the site."""
    warehouse = Warehouse(size, SITE)
    for group in (warehouse.central(), warehouse.records()):
        for table, records in group:
            _store(table, records)
    _integrate()


def touch(size: int) -> None:
    """Change `size` invoice lines, as one statement of an administrator would."""
    table = registry().by_name["invoiceline"].table
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET note = %s WHERE id IN (SELECT id FROM "{table}" LIMIT %s)',
            ["changed", size],
        )


def filler(size: int) -> None:
    """Make a central server's logs long with rows of other sites: `size` in all."""
    if connection.vendor == "sqlite":
        numbers = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            " SELECT i FROM n"
        )
    else:
        numbers = "SELECT generate_series(1, %s) AS i"
    # Most changes are of stock and documents, which the V5 queue carries.
    for log, part in (("changelog_queue", size - size // 10), ("changelog_modern", size // 10)):
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {log} (record_type, record_id, deleted, store_id, everywhere)"
                f" SELECT 91, 'filler-' || i, FALSE, 'store-' || (i %% 5000), FALSE"
                f" FROM ({numbers}) numbers",
                [part],
            )


def items(size: int) -> None:
    """Give a central server `size` items with long names."""
    rows = (Item(id=f"I{n}", code=f"C{n}", name=f"{n} " + "long " * 80) for n in range(size))
    Item.objects.bulk_create(rows, batch_size=5_000)


def _store(table: str, records: Iterator[Record]) -> None:
    while part := list(islice(records, buffer.CHUNK_RECORDS)):
        arrived = [Arrived(table, r["ID"], "update", msgspec.json.encode(r)) for r in part]
        with transaction.atomic():
            buffer.store(connection, None, Wire.V5, arrived)


def _integrate() -> None:
    here = instance.load(connection)
    summary = integrate(connection, Origin(None, None, here.served, trusted=True))
    if summary.kept_back:
        raise SystemExit(f"{summary.kept_back} records of the benchmark were kept back")


if __name__ == "__main__":
    collector.tune()
    loads = {"central": central, "touch": touch, "filler": filler, "slow-lines": items}
    loads[sys.argv[1]](int(sys.argv[2]))
