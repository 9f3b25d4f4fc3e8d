"""A visibility join that says it is inactive goes away when it is integrated."""

from typing import Any

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.records.names import NameStoreJoin
from msupply.sync import buffer
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import BufferChunk
from tests.examples import Example, all_examples


def take(connection: BaseDatabaseWrapper, examples: list[Example], **change: Any) -> None:
    arrived = [
        Arrived(
            e.table, e.record_id, BufferChunk.UPSERT, msgspec.json.encode({**e.record, **change})
        )
        for e in examples
    ]
    with transaction.atomic(using=connection.alias):
        buffer.store(connection, None, Wire.V5, arrived)
    assert integrate(connection, Origin(site_id=None, trusted=True)).kept_back == 0


def test_an_inactive_join_is_removed(connection: BaseDatabaseWrapper) -> None:
    examples = [e for e in all_examples() if e.table in {"name", "store", "name_store_join"}]
    take(connection, examples)
    joins = [e for e in examples if e.table == "name_store_join"]
    assert NameStoreJoin.objects.count() == len(joins)
    take(connection, joins[:1], inactive=True)
    left = set(NameStoreJoin.objects.values_list("pk", flat=True))
    assert left == {e.record_id for e in joins[1:]}
    take(connection, joins[:1], inactive=True)
    take(connection, joins[:1])
    assert NameStoreJoin.objects.count() == len(joins)
