"""Bugs of the kind that real engines have had, planted one at a time."""

from contextlib import contextmanager
from unittest.mock import patch

from django.db import transaction

from msupply.services import leaving
from msupply.sync import (
    changelog,
    cursors,
    ownership,
    pull,
    push,
    queue,
    routing,
    upserts,
)
from msupply.sync.declare import json_text
from msupply.sync.declare.registry import Wire
from msupply.sync.sql import sqlite


@contextmanager
def cursor_off_by_one():
    """A batch begins one row too late."""
    read = routing.read

    def late(connection, channel, reader, after, *others):
        return read(connection, channel, reader, after + 1 if after else 0, *others)

    with patch.object(routing, "read", late):
        yield


@contextmanager
def pushed_before_arrival():
    """The push cursor moves when a batch is sent, not when it has arrived."""
    send = push.send

    def hasty(connection, way, here, limit, deliver, report):
        def moved(batch):
            cursors.set_to(connection, way.cursor, batch.end)
            deliver(batch)

        return send(connection, way, here, limit, moved, report)

    with patch.object(push, "send", hasty):
        yield


@contextmanager
def acknowledged_too_much():
    """Acknowledging one entry removes everything before it from the queue."""

    def greedy(connection, site_id, ids):
        queue._move(connection, site_id, max(int(i) for i in ids) + 1, [])

    with patch.object(queue, "acknowledge", greedy):
        yield


@contextmanager
def visible_but_not_sent():
    """Who becomes visible is not sent again: a site that has read past the record lacks it."""
    with patch.object(changelog, "touch_visible", lambda *others: None):
        yield


@contextmanager
def acknowledged_before_it_is_stored():
    """A queue is acknowledged, and stored after that."""

    def hasty(connection, server, report):
        for batch in pull._queue_batches(server):
            server.acknowledge(batch.ids)
            with transaction.atomic(using=connection.alias):
                pull._store(connection, Wire.V5, batch.records)

    with patch.object(pull, "queue", hasty):
        yield


@contextmanager
def newer_change_overwritten():
    """What arrives is written over a change that was made here meanwhile."""
    with patch.object(upserts, "_pass_over_changed_here", lambda *others: None):
        yield


@contextmanager
def other_party_forgotten():
    """A document goes to the site of its own store alone."""
    of_stores = routing._of_stores

    def own(connection, stores, left_out):
        return [
            branch for branch in of_stores(connection, stores, left_out) if "store_id" in branch[0]
        ]

    with patch.object(routing, "_of_stores", own):
        yield


@contextmanager
def frozen_store_edited():
    """A store that is being moved is edited all the same."""
    with patch.object(ownership.orders, "frozen_stores", lambda *others: frozenset()):
        yield


@contextmanager
def nothing_becomes_empty():
    """An arriving record writes over values, but empties none."""
    clause = sqlite.on_conflict_update

    def shy(kind, insert_only, merge):
        written = clause(kind, insert_only, merge)
        for name in kind.columns:
            full = f'COALESCE(excluded."{name}", "{kind.table}"."{name}")'
            written = written.replace(f'"{name}" = excluded."{name}"', f'"{name}" = {full}')
        return written

    with patch.object(sqlite, "on_conflict_update", shy):
        yield


@contextmanager
def words_sent_as_json():
    """What people write where JSON is wanted goes onto the wire as it is."""
    with (
        patch.object(json_text, "checked", lambda text: text),
        patch.object(leaving, "unsendable", lambda *others: ()),
    ):
        yield


@contextmanager
def words_let_in():
    """What cannot be sent is let in all the same, and left out."""
    with patch.object(leaving, "unsendable", lambda *others: ()):
        yield


BUGS = [
    cursor_off_by_one,
    pushed_before_arrival,
    acknowledged_too_much,
    acknowledged_before_it_is_stored,
    visible_but_not_sent,
    newer_change_overwritten,
    other_party_forgotten,
    frozen_store_edited,
    nothing_becomes_empty,
    words_sent_as_json,
    words_let_in,
]
