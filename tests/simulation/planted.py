"""Bugs of the kind that real engines have had, planted one at a time."""

from contextlib import contextmanager
from unittest.mock import patch

from django.db import transaction

from msupply.sync import changelog, cursors, pull, push, queue, routing, upserts


@contextmanager
def cursor_off_by_one():
    """A batch begins one row too late."""
    read = routing.read

    def late(connection, channel, reader, after, *others):
        return read(connection, channel, reader, after + 1 if after else 0, *others)

    with patch.object(routing, "read", late):
        yield


@contextmanager
def acknowledged_before_commit():
    """A site acknowledges a batch of its queue, and stores it after that."""

    def hasty(connection, server, report):
        for batch in pull._queue_batches(server):
            server.acknowledge(batch.ids)
            with transaction.atomic(using=connection.alias):
                pull._store(connection, pull.Wire.V5, batch.records)
            report(0, 0)

    with patch.object(pull, "queue", hasty):
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
def cursor_before_batch():
    """The cursor of a pull is committed before the batch that it stands for."""
    modern = pull._read_modern

    def hasty(cursor, ask, keep, report):
        def in_two(batch, position):
            cursors.set_to(keep.__closure__[0].cell_contents, cursors.PULL_V6, position)
            keep(batch, position)

        modern(cursor, ask, in_two, report)

    with patch.object(pull, "_read_modern", hasty):
        yield


@contextmanager
def newer_change_overwritten():
    """What arrives overwrites a change that this site has not pushed yet."""
    with patch.object(upserts, "_pass_over_changed_here", lambda *_: None):
        yield


@contextmanager
def visible_not_resent():
    """A patient who becomes visible is not sent with what was written before."""
    with patch.object(changelog, "touch_visible", lambda *_: None):
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
    acknowledged_before_commit,
    pushed_before_arrival,
    cursor_before_batch,
    newer_change_overwritten,
    visible_not_resent,
    acknowledged_too_much,
]
