"""Bugs of the kind that real engines have had, planted one at a time."""

from contextlib import contextmanager
from unittest.mock import patch

from django.db import transaction

from msupply.sync import changelog, cursors, pull, push, queue, routing
from msupply.sync.declare.registry import Wire


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


BUGS = [
    cursor_off_by_one,
    pushed_before_arrival,
    acknowledged_too_much,
    acknowledged_before_it_is_stored,
    visible_but_not_sent,
]
