"""Bugs of the kind that real engines have had, planted one at a time."""

from contextlib import contextmanager
from unittest.mock import patch

from msupply.sync import cursors, push, queue, routing


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


BUGS = [
    cursor_off_by_one,
    pushed_before_arrival,
    acknowledged_too_much,
]
