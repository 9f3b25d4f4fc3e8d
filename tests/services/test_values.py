"""Custom values fit their field, and JSON is JSON."""

import pytest
from django.core.exceptions import ValidationError

from msupply.records.custom_fields import CustomField, CustomValue
from msupply.records.items import Item
from msupply.records.preferences import Preference
from msupply.services import edit
from msupply.services.scope import Viewer
from msupply.services.tables import files, importing
from msupply.sync import here


@pytest.fixture
def item(connection, admin):
    return Item.objects.using(connection.alias).create(code="amox", name="Amoxicillin")


def field(connection, value_type, allowed=None):
    values = {"name": "Shade", "key": "shade", "table": "item", "allowed_values": allowed}
    rows = CustomField.objects.using(connection.alias)
    return rows.create(**values, value_type=value_type)


@pytest.mark.parametrize(
    ("value_type", "value"),
    [("STRING", '"dark"'), ("INTEGER", "3"), ("FLOAT", "3"), ("FLOAT", "2.5"),
     ("BOOLEAN", "true"), ("DATE", '"2026-12-31"')],
)  # fmt: skip
def test_a_value_of_the_fields_type_is_taken(connection, admin, store, item, value_type, value):
    custom = {"custom_field_id": field(connection, value_type).pk, "record_id": item.pk}
    assert edit.save(connection, admin, store.id, CustomValue, custom | {"value": value}).pk


@pytest.mark.parametrize(
    ("value_type", "value"),
    [("STRING", "dark"), ("STRING", "3"), ("INTEGER", "2.5"), ("INTEGER", "true"),
     ("FLOAT", '"3"'), ("BOOLEAN", "1"), ("DATE", '"31/12/2026"'), ("DATE", "20261231")],
)  # fmt: skip
def test_any_other_value_is_refused(connection, admin, store, item, value_type, value):
    custom = {"custom_field_id": field(connection, value_type).pk, "record_id": item.pk}
    with pytest.raises(ValidationError) as caught:
        edit.save(connection, admin, store.id, CustomValue, custom | {"value": value})
    assert set(caught.value.message_dict) == {"value"}


def test_only_allowed_values_of_records_that_are_here_come_in(connection, admin, store, item):
    field(connection, "STRING", "dark, light")
    viewer = Viewer(connection, here.load(connection), admin, store.id)
    text = f'Custom field;Record;Value\nShade;{item.pk};"""dark"""\nShade;x;"""grey"""\n'
    planned = importing.plan(viewer, edit.kind_of(CustomValue), files.read(text.encode()))
    assert planned.new == 1
    assert [(e.row, e.column) for e in planned.errors] == [(3, "Record"), (3, "Value")]


def test_a_preference_is_json(connection, admin, store):
    with pytest.raises(ValidationError, match="JSON"):
        edit.save(connection, admin, store.id, Preference, {"key": "k", "value": "{"})
