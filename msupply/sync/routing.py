"""Which changes go to a site: one SQL condition over a log (domain.md D.5).

Each branch of the condition reads its own index from the cursor on, so that a read costs what it
returns, whatever the length of the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.registry import Channel, registry


class Change(NamedTuple):
    """One row of a log."""

    cursor: int
    record_type: int
    record_id: str
    deleted: bool


@dataclass(frozen=True)
class Reader:
    """A site that reads a log.

    `resend_up_to`: rows up to this cursor go to the site even when the site was their source
    (it initialises); above it a site never gets its own changes back.
    """

    site_id: int
    stores: tuple[str, ...]
    resend_up_to: int = 0


def active_stores(connection: BaseDatabaseWrapper, site_id: int) -> tuple[str, ...]:
    """Return the ids of the stores that are active on a site."""
    stores = registry().stores
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id FROM "{stores.table}" WHERE {stores.model.store_site} = %s ORDER BY id',
            [site_id],
        )
        return tuple(store for (store,) in cursor.fetchall())


def read(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    reader: Reader,
    after: int,
    up_to: int,
    limit: int,
) -> list[Change]:
    """Return the changes for a site with `after` < cursor <= `up_to`, in order, at most `limit`."""
    sql, parameters = _routed(channel, reader, after, up_to, limit)
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
    sql, parameters = _routed(channel, reader, after, up_to, window)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) r LIMIT %s) c", [*parameters, window]
        )
        (found,) = cursor.fetchone()
    return found if found < window else max(window, up_to - after)


def about_patient(
    connection: BaseDatabaseWrapper,
    channel: Channel,
    stores: Sequence[str],
    patient: str,
    after: int,
    up_to: int,
    limit: int,
) -> list[Change]:
    """Return the changes about one patient, none unless the patient is visible in the stores."""
    subjects, parameters = _visible_subjects(stores)
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


def _routed(
    channel: Channel, reader: Reader, after: int, up_to: int, limit: int
) -> tuple[str, list[Any]]:
    branches: list[tuple[str, list[Any]]] = [("everywhere", [])]
    if channel is not Channel.CENTRAL:
        for store in reader.stores:
            branches += [("store_id = %s", [store]), ("partner_id = %s", [store])]
        subjects, parameters = _visible_subjects(reader.stores)
        if subjects:
            test = f"visible_id IS NOT NULL AND visible_id IN ({subjects})"
            branches.append((test, parameters))
    parts: list[str] = []
    all_parameters: list[Any] = []
    for test, parameters in branches:
        parts.append(
            f"SELECT * FROM (SELECT cursor, record_type, record_id, deleted FROM {channel.value}"
            f" WHERE {test} AND cursor > %s AND cursor <= %s"
            f" AND (source_site IS NULL OR source_site <> %s OR cursor <= %s)"
            f" ORDER BY cursor LIMIT %s) b"
        )
        all_parameters += [*parameters, after, up_to, reader.site_id, reader.resend_up_to, limit]
    return " UNION ".join(parts), all_parameters


def _visible_subjects(stores: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the query for the patients and prescribers that are visible in some stores."""
    if not stores:
        return "", []
    marks = ", ".join(["%s"] * len(stores))
    parts: list[str] = []
    parameters: list[Any] = []
    for kind in registry().visibility:
        join = kind.model.visibility
        assert join is not None
        parts.append(f'SELECT {join.subject} FROM "{kind.table}" WHERE {join.store} IN ({marks})')
        parameters += list(stores)
    return " UNION ALL ".join(parts), parameters
