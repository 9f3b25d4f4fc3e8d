"""Patients and prescribers that people on this server have made visible in a store.

A site's push tells by itself what became visible there (sync/upserts.py); an edit here is only a row
in the log. The records about such a subject are older than what the store's site has read, so they
are moved to the head.
"""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import changelog, cursors
from msupply.sync import here as instance
from msupply.sync.declare.registry import Channel, RecordType, registry

_CURSOR = "new_subjects_{log}"


def follow(connection: BaseDatabaseWrapper) -> bool:
    """Send what is about subjects that became visible by edits here; True when there were some.

    The worker calls it again and again; without changes it costs a few reads.
    """
    found = False
    served = instance.load(connection).served
    for channel in sorted(served - {Channel.CENTRAL}, key=str):
        name = _CURSOR.format(log=channel.name.lower())
        known, head = cursors.get(connection, name), changelog.head(connection, channel)
        if known == head:
            continue
        with transaction.atomic(using=connection.alias):
            for kind in registry().visibility:
                subjects = _subjects(connection, channel, kind, known, head)
                if subjects:
                    found = True
                    changelog.touch_visible(connection, subjects, served, None)
            cursors.set_to(connection, name, head)
    return found


def _subjects(
    connection: BaseDatabaseWrapper, channel: Channel, kind: RecordType, after: int, up_to: int
) -> list[str]:
    join = kind.model.visibility
    assert join is not None
    # What sites have pushed was told when it was integrated.
    sql = (
        f'SELECT DISTINCT j.{join.subject} FROM {channel.value} c JOIN "{kind.table}" j'
        " ON j.id = c.record_id WHERE c.cursor > %s AND c.cursor <= %s"
        f" AND c.record_type = {kind.number} AND c.source_site IS NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, up_to])
        return sorted(subject for (subject,) in cursor.fetchall() if subject)
