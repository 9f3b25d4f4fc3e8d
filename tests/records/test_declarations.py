"""Facts in the declarations that nothing else would notice when they are wrong."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from msupply.records import seeds
from msupply.records.activity_types import WIRE_NAMES, ActivityType
from msupply.records.permissions import LEGACY_NUMBERS, Permission
from msupply.sync.declare import LocalOnly
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import Wire, registry
from tests.records.test_wire_fields import REFERENCE, SOURCES, known_tables


def test_permissions_that_types_ask_for_exist() -> None:
    for kind in registry().types:
        # Nobody edits a merge: it is asked for where its records are edited.
        if kind.legacy and kind.legacy.is_merge:
            continue
        assert kind.permissions.view in Permission.values, kind
        assert kind.permissions.edit in Permission.values, kind


def test_legacy_numbers_grant_permissions_that_exist() -> None:
    granted = {name for names in LEGACY_NUMBERS.values() for name in names}
    assert granted <= set(Permission.values)
    # These three come from elsewhere: the store list, and programme rights.
    assert set(Permission.values) - granted == {
        "STORE_ACCESS",
        "DOCUMENT_QUERY",
        "DOCUMENT_MUTATE",
    }


def test_every_kind_of_activity_has_a_name_on_the_wire() -> None:
    assert sorted(WIRE_NAMES.values()) == sorted(ActivityType.values)
    assert WIRE_NAMES["InvoiceStatusShipped"] == "INVOICE_STATUS_SHIPPED"
    assert WIRE_NAMES["VVMStatusLogUpdated"] == "VVM_STATUS_LOG_UPDATED"


def test_seeded_ids_fit_together() -> None:
    ids = [
        *seeds.ASSET_CLASSES.values(),
        *seeds.ASSET_CATEGORIES.values(),
        *seeds.ASSET_TYPES.values(),
        *seeds.ASSET_LOG_REASONS.values(),
    ]
    assert len(ids) == len(set(ids))
    assert {class_name for class_name, _ in seeds.ASSET_CATEGORIES} <= set(seeds.ASSET_CLASSES)
    categories = {name for _, name in seeds.ASSET_CATEGORIES}
    assert {category for category, _ in seeds.ASSET_TYPES} <= categories


def test_local_tables_of_the_central_server_are_edited_there_alone() -> None:
    policies = {kind.name: kind.policy for kind in registry().types}
    local = {name: p for name, p in policies.items() if isinstance(p, LocalOnly)}
    central = {name for name, policy in local.items() if policy.editor is Editor.CENTRAL}
    assert central == {"site", "userstore", "userpermission", "dashboard", "dashboardpanel"}
    assert all(policy.reason for policy in local.values())


def enums() -> Iterator[tuple[Wire, str, str, dict[str, Any]]]:
    if not REFERENCE.exists():
        return
    for wire, source in SOURCES.items():
        tables = json.loads((REFERENCE / source).read_text())
        for table in known_tables(wire):
            for key, field in tables[table]["fields"].items():
                for name, one in {key: field, **_inner(key, field)}.items():
                    if (
                        one.get("enum")
                        and not one["type"].startswith("array")
                        and not one.get("local_only")
                    ):
                        yield wire, table, name, one


def _inner(key: str, field: dict[str, Any]) -> dict[str, Any]:
    return {f"{key}.{name}": inner for name, inner in field.get("fields", {}).items()}


@pytest.mark.skipif(not REFERENCE.exists(), reason="the protocol references are not at hand")
def test_every_value_of_an_enum_is_read() -> None:
    checked = 0
    for wire, table, key, field in enums():
        kind = registry().by_wire[wire][table]
        wire_table = kind.wire(wire)
        assert wire_table is not None
        wire_field = wire_table.fields.get(key)
        if wire_field is None or wire_field.column is None:
            continue
        codec, column = wire_field.codec, kind.columns[wire_field.column]
        for text in field["enum"]:
            if (table, text) in LEFT_ASIDE:
                continue
            value = codec.decode(text) if codec.decode else text
            if column.choices:
                assert value in dict(column.flatchoices), f"{table} {key} {text}"
            checked += 1
    assert checked > 200


# Kinds of requisitions that other parts of the legacy system keep to themselves.
LEFT_ASIDE = {("requisition", "supply"), ("requisition", "report")}
