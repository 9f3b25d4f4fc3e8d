"""Importing the asset catalogue from CSV."""

import json

import pytest
from django.core.exceptions import ValidationError

from msupply.central import asset_catalogue as catalogue
from msupply.records.assets import AssetCatalogueItem, AssetProperty
from msupply.services.permissions import PermissionMissing
from msupply.sync import here
from msupply.sync.ownership import EditRefused
from tests.services.people import make_user

TITLES = "Sub catalogue,Code,Type,Manufacturer,Model,Class,Category"
PLACE = "Cold chain equipment,Refrigerators and freezers"
FRIDGE = f"WHO PQS,E003/001,Refrigerator,Cool Ltd,C 60,{PLACE}"


def file(*rows, titles=TITLES):
    return "\n".join([titles, *rows]).encode()


def read(connection, *rows, titles=TITLES):
    return catalogue.read(connection, file(*rows, titles=titles))


def items(connection):
    return AssetCatalogueItem.objects.using(connection.alias)


def errors(preview):
    return [(error.line, error.text) for error in preview.errors]


def test_reading_writes_nothing_and_applying_writes_everything(connection, admin):
    preview = read(connection, FRIDGE)
    assert not items(connection).exists()
    done = catalogue.apply(connection, admin, preview)
    assert (done.created, done.changed, done.same) == (1, 0, 0)
    item = items(connection).get()
    assert (item.code, item.model, item.manufacturer) == ("E003/001", "C 60", "Cool Ltd")
    assert item.asset_catalogue_type.name == "Refrigerator"


def test_a_second_import_changes_nothing(connection, admin):
    catalogue.apply(connection, admin, read(connection, FRIDGE))
    done = catalogue.apply(connection, admin, read(connection, FRIDGE))
    assert (done.created, done.changed, done.same) == (0, 0, 1)


def test_a_known_code_is_changed(connection, admin):
    catalogue.apply(connection, admin, read(connection, FRIDGE))
    done = catalogue.apply(connection, admin, read(connection, FRIDGE.replace("C 60", "C 61")))
    assert (done.created, done.changed) == (0, 1)
    assert items(connection).get().model == "C 61"


def test_properties_are_found_by_their_names_and_kept_by_their_keys(connection, admin):
    AssetProperty.objects.using(connection.alias).create(
        id="p1", key="hold_over", name="Hold over time (hours)", value_type="FLOAT"
    )
    titles = f"{TITLES},Hold over time (hours)"
    preview = read(connection, f"{FRIDGE},52.5", titles=titles)
    assert preview.new_properties == []
    catalogue.apply(connection, admin, preview)
    assert json.loads(items(connection).get().properties) == {"hold_over": 52.5}


def test_properties_that_nobody_has_defined_are_defined_by_their_values(connection, admin):
    titles = f"{TITLES},Volume,Solar?,Note,Empty"
    rows = [f"{FRIDGE},12,yes,12 a,", FRIDGE.replace("001", "002") + ",3.5,no,,"]
    preview = read(connection, *rows, titles=titles)
    assert preview.new_properties == ["Note", "Solar?", "Volume"]
    catalogue.apply(connection, admin, preview)
    kinds = AssetProperty.objects.using(connection.alias).values_list("key", "value_type")
    assert dict(kinds) == {"volume": "FLOAT", "solar": "BOOLEAN", "note": "STRING"}
    first = items(connection).get(code="E003/001")
    assert json.loads(first.properties) == {"volume": 12.0, "solar": True, "note": "12 a"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",,,,,,x", "“Sub catalogue” is missing."),
        (FRIDGE.replace("C 60", ""), "“Model” is missing."),
        (FRIDGE.replace("Cold chain equipment", "Furniture"), "There is no class “Furniture”."),
        (FRIDGE.replace("Refrigerators and freezers", "Chairs"), "There is no category “Chairs”"),
        (FRIDGE.replace("Refrigerator,", "Table,"), "There is no type “Table”"),
        (FRIDGE + ",x,y", "more cells"),
    ],
)
def test_each_error_names_its_line(connection, admin, row, said):
    preview = read(connection, FRIDGE.replace("001", "000"), row)
    found = errors(preview)
    assert found
    assert all(line == 3 for line, _text in found)
    assert any(said in text for _line, text in found)


def test_a_code_that_comes_twice_names_the_other_line(connection, admin):
    assert errors(read(connection, FRIDGE, FRIDGE)) == [
        (3, "The code “E003/001” is in line 2 already.")
    ]


def test_a_value_of_the_wrong_kind_is_an_error(connection, admin):
    AssetProperty.objects.using(connection.alias).create(
        id="p1", key="n", name="N", value_type="INTEGER"
    )
    preview = read(connection, f"{FRIDGE},many", titles=f"{TITLES},N")
    assert errors(preview) == [(2, "“many” is no value for “N”.")]


def test_nothing_is_imported_with_errors(connection, admin):
    preview = read(connection, FRIDGE, "x")
    with pytest.raises(ValidationError):
        catalogue.apply(connection, admin, preview)
    assert not items(connection).exists()


def test_the_error_file_is_the_file_with_what_is_wrong(connection, admin):
    text = read(connection, FRIDGE, FRIDGE).error_file()
    lines = text.splitlines()
    assert lines[0] == f"{TITLES},Errors"
    assert lines[1] == f"{FRIDGE},"
    assert lines[2].endswith("is in line 2 already.")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"Code,Name\nx,y", b'"broken', TITLES.encode() + b'\n"a"b,c'],
)
def test_a_file_that_is_no_catalogue_is_refused(connection, admin, content):
    with pytest.raises(ValidationError):
        catalogue.read(connection, content)


def test_spreadsheets_with_semicolons_and_a_byte_order_mark_are_read(connection, admin):
    content = "\ufeff".encode() + file(FRIDGE).replace(b",", b";")
    assert catalogue.read(connection, content).errors == []


def test_property_definitions_are_told_apart_by_their_titles(connection, admin):
    titles = "Key,Name,Value type,Allowed values,Class,Category,Type"
    row = "energy,Energy source,STRING,,Cold chain equipment,Refrigerators and freezers,"
    preview = read(connection, row, titles=titles)
    done = catalogue.apply(connection, admin, preview)
    assert done.created == 1
    definition = AssetProperty.objects.using(connection.alias).get()
    assert (definition.key, definition.asset_category.name) == (
        "energy",
        "Refrigerators and freezers",
    )
    assert catalogue.apply(connection, admin, read(connection, row, titles=titles)).same == 1


def test_a_definition_that_comes_later_keeps_the_key_under_which_values_are(connection, admin):
    catalogue.apply(connection, admin, read(connection, f"{FRIDGE},x", titles=f"{TITLES},Energy"))
    titles = "Key,Name,Value type,Allowed values,Class,Category,Type"
    preview = read(connection, "energy_source,Energy,STRING,,,,", titles=titles)
    catalogue.apply(connection, admin, preview)
    assert AssetProperty.objects.using(connection.alias).get().key == "energy"


def test_a_user_needs_the_permissions(connection, admin, store):
    user = make_user(connection, "bo", store, "ASSET_CATALOGUE_ITEM_MUTATE")
    with pytest.raises(PermissionMissing):
        catalogue.apply(connection, user, read(connection, FRIDGE))
    assert not items(connection).exists()


def test_it_is_refused_away_from_the_central_server(connection, admin):
    here.change(connection, is_central=False, is_oms_central=False, central_url="http://c.test")
    with pytest.raises(EditRefused):
        read(connection, FRIDGE)
