"""Which changes go to a site: one SQL condition over a log (domain.md D.5).

Each branch of the condition reads its own index from the cursor on, so that a read costs what it
returns, whatever the length of the log. A site with more stores than a statement has room for, a
primary server with a copy of all, reads the log itself from the cursor on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import placement
from msupply.sync.declare.registry import Channel, RecordType, registry
from msupply.sync.here import Here
from msupply.sync.sql import dialect
from msupply.sync.sql.routing_columns import condition

# SQLite joins at most 500 SELECTs in one statement; a store takes two.
MOST_STORES_BY_INDEX = 100


class Change(NamedTuple):
    """One row of a log."""

    cursor: int
    record_type: int
    record_id: str
    deleted: bool


@dataclass(frozen=True)
class Reader:
    """A site that reads a log.

    - `stores`: active there. `collected`: copied there.
    - `dispensary`: it has an active dispensary store.
    - `central_store_data`: it gets the central-store data of every store (a primary server).
    - `resend_up_to`: rows up to this cursor go to the site even when the site was their source
      (it initialises); above it a site never gets its own changes back.
    """

    site_id: int
    stores: tuple[str, ...]
    collected: tuple[str, ...] = ()
    dispensary: bool = True
    central_store_data: bool = False
    resend_up_to: int = 0


def reader_for(
    connection: BaseDatabaseWrapper, here: Here, site_id: int, resend_up_to: int = 0
) -> Reader:
    """Return a site as a reader of this server's logs."""
    stores = placement.of_site(connection, site_id)
    is_primary = here.primary_site_id == site_id
    return Reader(
        site_id,
        stores.active,
        stores.collected,
        is_primary or placement.has_active_dispensary(connection, site_id),
        is_primary,
        resend_up_to,
    )


def read(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    reader: Reader,
    after: int,
    up_to: int,
    limit: int,
) -> list[Change]:
    """Return the changes for a site with `after` < cursor <= `up_to`, in order, at most `limit`."""
    sql, parameters = _routed(connection, channel, reader, after, up_to, limit)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY cursor LIMIT %s", [*parameters, limit])
        return list(map(Change._make, cursor.fetchall()))


def count(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    reader: Reader,
    after: int,
    up_to: int,
    window: int,
) -> int:
    """Count the changes waiting for a site: exact up to `window`, beyond it an upper estimate."""
    sql, parameters = _routed(connection, channel, reader, after, up_to, window)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) r LIMIT %s) c", [*parameters, window]
        )
        (found,) = cursor.fetchone()
    return found if found < window else max(window, up_to - after)


def about_patient(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    reader: Reader,
    patient: str,
    after: int,
    up_to: int,
    limit: int,
) -> list[Change]:
    """Return the changes about one patient, none unless the patient is visible to the site."""
    stores = (*reader.stores, *reader.collected)
    subjects, parameters = _visible_subjects(connection, stores)
    if not subjects:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT cursor, record_type, record_id, deleted FROM {channel.value}"
            f" WHERE visible_id = %s AND visible_id IN ({subjects})"
            f" AND cursor > %s AND cursor <= %s ORDER BY cursor LIMIT %s",
            [patient, *parameters, after, up_to, limit],
        )
        return list(map(Change._make, cursor.fetchall()))


_Branch = tuple[str, list[Any]]


def _routed(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    reader: Reader,
    after: int,
    up_to: int,
    limit: int,
) -> _Branch:
    parts: list[str] = []
    all_parameters: list[Any] = []
    for test, parameters in _branches(connection, channel, reader):
        parts.append(
            f"SELECT * FROM (SELECT cursor, record_type, record_id, deleted FROM {channel.value}"
            f" WHERE {test} AND cursor > %s AND cursor <= %s"
            f" AND (source_site IS NULL OR source_site <> %s OR cursor <= %s)"
            f" ORDER BY cursor LIMIT %s) b"
        )
        all_parameters += [*parameters, after, up_to, reader.site_id, reader.resend_up_to, limit]
    return " UNION ".join(parts), all_parameters


def _branches(connection: BaseDatabaseWrapper, channel: Channel, reader: Reader) -> list[_Branch]:
    """Return the conditions of which one must hold for a change to go to a site."""
    left_out = "" if reader.dispensary else _other_than(registry().dispensary_only)
    branches: list[_Branch] = [(f"everywhere{left_out}", [])]
    if channel is Channel.CENTRAL:
        return branches
    of_copies = "" if reader.central_store_data else _without_central_store(channel)
    branches += _of_stores(connection, reader.stores, "")
    branches += _of_stores(connection, reader.collected, of_copies)
    if reader.central_store_data:
        branches.append((_central_store(channel), []))
    subjects, parameters = _visible_subjects(connection, (*reader.stores, *reader.collected))
    if subjects:
        test = f"visible_id IS NOT NULL AND visible_id IN ({subjects})"
        branches.append((test, parameters))
    return branches


def _of_stores(
    connection: BaseDatabaseWrapper, stores: Sequence[str], left_out: str
) -> list[_Branch]:
    """Return the conditions that a row belongs to one of some stores, or concerns it."""
    if len(stores) <= MOST_STORES_BY_INDEX:
        tests = [(f"store_id = %s{left_out}", [store]) for store in stores]
        return tests + [("partner_id = %s", [store]) for store in stores]
    speak = dialect(connection)
    among = speak.ids_parameter(stores)
    # No index fits so many stores: an expression keeps the planner from trying.
    own, partners = speak.in_ids("(store_id || '')"), speak.in_ids("(partner_id || '')")
    return [(f"{own}{left_out}", [among]), (partners, [among])]


def _other_than(kinds: Iterable[RecordType]) -> str:
    numbers = ", ".join(str(kind.number) for kind in kinds)
    return f" AND record_type NOT IN ({numbers})" if numbers else ""


def _without_central_store(channel: Channel) -> str:
    """Leave out what a store's active site alone gets: data of the store that are edited centrally.

    Of a table that holds others as well each row is looked at; one that has gone can do no harm.
    """
    whole, parts = _central_store_kinds()
    return _other_than(whole) + "".join(
        f" AND (record_type <> {kind.number} OR deleted OR NOT {_is_so(channel, kind, test)})"
        for kind, test in parts
    )


def _central_store(channel: Channel) -> str:
    """Return the condition for the same data, of every store: a primary server edits them."""
    whole, parts = _central_store_kinds()
    numbers = ", ".join(str(kind.number) for kind in whole)
    tests = [f"record_type IN ({numbers})"] if numbers else []
    tests += [
        f"(record_type = {kind.number} AND (deleted OR {_is_so(channel, kind, test)}))"
        for kind, test in parts
    ]
    return f"({' OR '.join(tests) or '1 = 0'})"


def _central_store_kinds() -> tuple[list[RecordType], list[tuple[RecordType, str]]]:
    """Return the types that are central-store data as a whole, and in part: where a test is met."""
    tests = [
        (kind, test)
        for kind in registry().central_store
        for test, policy in kind.branches
        if policy.is_central_store
    ]
    whole = [kind for kind, test in tests if test is None]
    return whole, [(kind, test) for kind, test in tests if test is not None]


def _is_so(channel: Channel, kind: RecordType, test: str) -> str:
    """Return the condition that the record of a log row is there and meets a test."""
    return (
        f'EXISTS (SELECT 1 FROM "{kind.table}" r WHERE r.id = {channel.value}.record_id'
        f" AND {condition(test, 'r')})"
    )


def _visible_subjects(connection: BaseDatabaseWrapper, stores: Sequence[str]) -> _Branch:
    """Return the query for the patients and prescribers that are visible in some stores."""
    if not stores:
        return "", []
    speak = dialect(connection)
    joins = [kind.model.visibility for kind in registry().visibility]
    tables = [kind.table for kind in registry().visibility]
    parts = [
        f'SELECT {join.subject} FROM "{table}" WHERE {speak.in_ids(join.store)}'
        for join, table in zip(joins, tables, strict=True)
        if join is not None
    ]
    return " UNION ALL ".join(parts), [speak.ids_parameter(stores) for _ in parts]
