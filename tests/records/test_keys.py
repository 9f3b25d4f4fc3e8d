"""Whatever an index holds has a limit: PostgreSQL refuses an entry of more than 2,704 bytes."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync.declare.record_type import LONGEST_KEY, RecordType
from msupply.sync.declare.registry import registry

LARGEST_ENTRY = 2_704
# Of a fixed list.
SHORT = {"permission"}


def text_of(kind: RecordType, columns: list[str]) -> list[str]:
    """Those of these columns that hold text."""
    found = []
    for column in columns:
        field = kind.columns[column]
        while isinstance(field, models.ForeignKey):
            field = field.target_field
        if isinstance(field, models.TextField | models.CharField) and column not in SHORT:
            found.append(column)
    return found


def test_every_text_in_an_index_is_a_key_and_two_fit(connection: BaseDatabaseWrapper) -> None:
    seen = 0
    with connection.cursor() as cursor:
        for kind in registry().types:
            indexes = connection.introspection.get_constraints(cursor, kind.table)
            for name, index in indexes.items():
                if not (index["index"] or index["unique"] or index["primary_key"]):
                    continue
                texts = text_of(kind, index["columns"])
                assert set(texts) <= kind.keys, name
                assert len(texts) * LONGEST_KEY * 4 < LARGEST_ENTRY, name
                seen += len(texts)
    assert seen > len(registry().types)


def test_what_rows_are_sent_by_is_a_key_too() -> None:
    location = registry().by_name["location"]
    assert {"id", "store_id", "location_type_id"} <= location.keys
    assert location.keys.isdisjoint({"name", "code", "extra"})
