"""Tables in: what a file would change, the errors of its rows, and writing it."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from msupply.records.items import Item, Unit
from msupply.records.names import Name
from msupply.records.preferences import Preference
from msupply.records.reasons import ReasonOption
from msupply.records.stock import Location
from msupply.records.users import UserPermission
from msupply.services import edit
from msupply.services.scope import Viewer
from msupply.services.stores import create_store
from msupply.services.tables import exporting, files, importing, writing
from msupply.services.tables.columns import columns_of
from msupply.sync import here
from msupply.sync.models import ChangelogCentral
from tests.services.people import make_user


@pytest.fixture
def viewer(connection, admin, store):
    return Viewer(connection, here.load(connection), admin, store.id)


@pytest.fixture
def tablet(connection, admin):
    return Unit.objects.using(connection.alias).create(name="Crate")


def plan(viewer, model, text, only=None):
    return importing.plan(viewer, edit.kind_of(model), files.read(text.encode()), only)


def load(viewer, model, text, **options):
    planned = plan(viewer, model, text)
    writing.apply(viewer, planned, **options)
    return planned


def errors(planned):
    return [(error.row, error.column, error.text) for error in planned.errors]


def test_new_records_come_in_and_into_the_changelog(viewer, tablet):
    planned = load(viewer, Item, "Code,Name,Unit\namox,Amoxicillin,Crate\npara,Paracetamol,\n")
    assert (planned.new, planned.changed, planned.unchanged, errors(planned)) == (2, 0, 0, [])
    alias = viewer.connection.alias
    item = Item.objects.using(alias).get(code="amox")
    assert (item.name, item.unit_id, item.default_pack_size) == ("Amoxicillin", tablet.pk, 1)
    assert ChangelogCentral.objects.using(alias).filter(record_id=item.pk).exists()


def test_a_preview_writes_nothing(viewer):
    plan(viewer, Unit, "name\nBox\n")
    assert not Unit.objects.using(viewer.connection.alias).filter(name="Pail").exists()


def test_a_known_code_changes_its_record(viewer):
    load(viewer, Item, "code,name\namox,Amoxicillin\npara,Paracetamol\n")
    planned = load(viewer, Item, "code,name\namox,Amoxicillin 250 mg\npara,Paracetamol\n")
    assert (planned.new, planned.changed, planned.unchanged) == (0, 1, 1)
    assert (
        Item.objects.using(viewer.connection.alias).filter(code__in=("amox", "para")).count() == 2
    )


def test_what_the_file_leaves_out_stays(viewer, tablet):
    load(viewer, Item, "code,name,unit\namox,Amoxicillin,Crate\n")
    load(viewer, Item, "code,name\namox,Other\n")
    item = Item.objects.using(viewer.connection.alias).get(code="amox")
    assert item.unit_id == tablet.pk


def test_an_empty_cell_empties_what_may_be_empty(viewer, tablet):
    load(viewer, Item, "code,name,unit\namox,Amoxicillin,Crate\n")
    planned = load(viewer, Item, "code,name,unit\namox,Amoxicillin,\n")
    assert planned.changed == 1
    assert Item.objects.using(viewer.connection.alias).get(code="amox").unit_id is None


def test_a_joining_record_is_known_by_what_it_joins(viewer):
    from msupply.records.master_lists import MasterList, MasterListLine

    load(viewer, Item, "code,name\namox,Amoxicillin\n")
    load(viewer, MasterList, "code,name\nall,Everything\n")
    text = "Master list,Item,Price per unit\nall,amox,{}\n"
    load(viewer, MasterListLine, text.format("1"))
    planned = load(viewer, MasterListLine, text.format('"2,5"'))
    assert (planned.new, planned.changed) == (0, 1)
    assert MasterListLine.objects.using(viewer.connection.alias).get().price_per_unit == 2.5


def test_errors_tell_row_column_and_what_to_do(viewer):
    text = (
        "Code,Name,Type,Default pack size,Vaccine,Unit\n"
        "a,Good,STOCK,1,yes,\n"
        "b,Bad,Liquid,many,perhaps,Barrel\n"
        "c,,STOCK,1,,\n"
    )
    planned = plan(viewer, Item, text)
    assert planned.new == 1
    assert [(row, column) for row, column, _text in errors(planned)] == [
        (3, "Type"),
        (3, "Default pack size"),
        (3, "Vaccine"),
        (3, "Unit"),
        (4, "Name"),
    ]
    told = " ".join(text for _row, _column, text in errors(planned))
    assert "Write one of: Stock, Service, Non-stock" in told
    assert "There is no unit “Barrel”" in told


def test_with_errors_nothing_is_written_unless_asked(viewer):
    text = "code,name\na,Good\nb,\n"
    with pytest.raises(ValidationError):
        load(viewer, Item, text)
    assert not Item.objects.using(viewer.connection.alias).filter(code="a").exists()
    load(viewer, Item, text, good_rows_only=True)
    assert [i.code for i in Item.objects.using(viewer.connection.alias).filter(code__in="ab")] == [
        "a"
    ]


def test_two_rows_about_one_record_are_an_error(viewer):
    planned = plan(viewer, Item, "code,name\na,One\na,Two\n")
    assert [(row, text) for row, _column, text in errors(planned)] == [
        (3, "Row 2 is about the same record.")
    ]


def test_a_code_that_is_taken_is_an_error_for_another_id(viewer):
    load(viewer, Item, "code,name\namox,Amoxicillin\n")
    planned = plan(viewer, Item, "id,code,name\nother,amox,Other\n")
    assert "Another record has this Code already" in errors(planned)[0][2]


def test_an_ambiguous_name_asks_for_the_id(viewer):
    alias = viewer.connection.alias
    for n in "12":
        Unit.objects.using(alias).create(id=n, name="Pail")
    planned = plan(viewer, Item, "code,name,unit\na,A,Pail\n")
    assert "Write the id of the right one" in errors(planned)[0][2]
    assert plan(viewer, Item, "code,name,unit\na,A,2\n").new == 1


def test_a_change_meanwhile_stops_the_import(viewer):
    load(viewer, Item, "code,name\namox,Amoxicillin\n")
    planned = plan(viewer, Item, "code,name\namox,Mine\n")
    Item.objects.using(viewer.connection.alias).update(name="Theirs")
    with pytest.raises(ValidationError, match="meanwhile"):
        writing.apply(viewer, planned)


def test_an_export_imported_again_changes_nothing(viewer, tablet):
    load(viewer, Item, "code,name,unit,volume per pack\namox,=1+1,Crate,0.1\npara,'x,,2.5\n")
    kind = edit.kind_of(Item)
    found = Item.objects.using(viewer.connection.alias).order_by("code")
    lines = exporting.csv_lines(viewer.connection, columns_of(kind), found)
    planned = importing.plan(viewer, kind, files.read("".join(lines).encode()))
    assert (planned.new, planned.changed, planned.unchanged, errors(planned)) == (0, 0, 2, [])
    with exporting.excel(viewer.connection, columns_of(kind), found, "Items") as book:
        planned = importing.plan(viewer, kind, files.read(book.read()))
    assert (planned.new, planned.changed, planned.unchanged, errors(planned)) == (0, 0, 2, [])


def test_more_rows_than_excel_holds_are_refused(viewer, monkeypatch):
    load(viewer, Unit, "name\nBox\nBag\n")
    kind, found = edit.kind_of(Unit), Unit.objects.using(viewer.connection.alias).all()
    monkeypatch.setattr(exporting, "LARGEST_ROWS", found.count())
    with pytest.raises(ValidationError, match="Excel"):
        exporting.excel(viewer.connection, columns_of(kind), found, "Units")


def test_a_file_of_something_else_is_refused(viewer):
    with pytest.raises(ValidationError, match="template"):
        plan(viewer, Item, "colour,size\nred,1\n")


def test_columns_that_mean_nothing_are_named(viewer):
    assert plan(viewer, Unit, "name,colour\nBox,red\n").ignored == ["colour"]


def test_without_the_permission_every_row_is_refused(viewer, connection, store):
    user = make_user(connection, "cy", store)
    theirs = Viewer(connection, viewer.here, user, store.id)
    planned = plan(theirs, Unit, "name\nBox\n")
    assert "permission" in errors(planned)[0][2]
    assert planned.new == 0


def test_at_a_remote_site_central_data_are_refused(viewer, connection):
    here.change(connection, is_central=False, is_oms_central=False, central_url="http://c.test")
    planned = plan(viewer, Unit, "name\nBox\n")
    assert "the central server" in errors(planned)[0][2]


def test_records_of_a_store_get_the_store_of_the_user(viewer, store):
    load(viewer, Location, "code,name\nA1,Shelf\n")
    assert Location.objects.using(viewer.connection.alias).get().store_id == store.id


def test_the_records_of_a_list_share_its_values(viewer):
    kind = edit.kind_of(Name)
    sheet = files.read(b"code,name\nC1,Clinic\n")
    planned = importing.plan(viewer, kind, sheet, {"is_customer": True})
    writing.apply(viewer, planned)
    assert Name.objects.using(viewer.connection.alias).get(code="C1").is_customer


@pytest.mark.parametrize(
    ("cell", "value"),
    [("2.5", 2.5), ("2,5", 2.5), ("1 234,5", 1234.5), ("1,234.5", 1234.5), ("1.234,5", 1234.5),
     ("1,234,567", 1234567.0), ("1\u2019234", 1234.0), ("-3", -3.0), ("0,125", 0.125)],
)  # fmt: skip
def test_numbers_as_people_write_them(viewer, cell, value):
    planned = plan(viewer, Item, f'code;name;volume per pack\na;A;"{cell}"\n')
    assert errors(planned) == []
    assert planned.rows[0].record.volume_per_pack == value


@pytest.mark.parametrize("cell", ["1,234", "much", "nan", "inf", "1_000", "0x10"])
def test_numbers_that_are_none_or_two(viewer, cell):
    planned = plan(viewer, Item, f'code;name;volume per pack\na;A;"{cell}"\n')
    assert errors(planned)[0][1] == "Volume per pack"


@pytest.mark.parametrize("cell", ["2026-12-31", "31/12/2026", "31.12.2026"])
def test_dates_as_people_write_them(viewer, cell):
    planned = plan(viewer, Name, f"code,name,date of birth\na,A,{cell}\n")
    assert planned.rows[0].record.date_of_birth == date(2026, 12, 31)


def test_dates_with_the_month_first_are_not_guessed(viewer):
    text = "code,name,date of birth\na,A,12/31/2026\nb,B,01/02/2026\nc,C,2026-02-01\n"
    planned = plan(viewer, Name, text)
    assert [row for row, _column, _text in errors(planned)] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(viewer, encoding, separator):
    text = f"code{separator}name\nmé{separator}Médicament\n"
    sheet = files.read(text.encode(encoding))
    assert sheet.titles == ["code", "name"]
    assert sheet.rows == [(2, ["mé", "Médicament"])]


def test_an_excel_workbook_with_its_own_kinds_of_values(viewer):
    book = openpyxl.Workbook()
    book.active.append(["Code", "Name", "Date of birth", "Deceased", "Margin"])
    book.active.append([12345, "Ada", date(1990, 5, 1), True, 2.5])
    out = io.BytesIO()
    book.save(out)
    planned = importing.plan(viewer, edit.kind_of(Name), files.read(out.getvalue()))
    assert errors(planned) == []
    name = planned.rows[0].record
    assert (name.code, name.date_of_birth, name.is_deceased, name.margin) == (
        "12345", date(1990, 5, 1), True, 2.5,
    )  # fmt: skip


def test_a_code_in_other_capitals_is_no_new_record(viewer):
    load(viewer, Item, "code,name\nAMOX,Amoxicillin\n")
    planned = plan(viewer, Item, "id,code,name\n,amox,Amoxicillin\n,b,B\n,B,C\nown,Amox,D\n")
    assert [(row, column) for row, column, _text in errors(planned)] == [(2, "Code"), (4, "Code")]
    assert "“AMOX”" in errors(planned)[0][2]


def test_two_stores_may_each_have_a_shelf_of_one_code(viewer, connection):
    other = create_store(connection, "B", "Second store", viewer.here.site_id)
    Location.objects.using(connection.alias).create(code="A1", name="Theirs", store=other)
    planned = load(viewer, Location, "code,name\nA1,Mine\n")
    assert (planned.new, planned.changed) == (1, 0)
    again = plan(viewer, Location, "code,name,store\nA1,Mine 2,CMS\n")
    assert (again.new, again.changed, errors(again)) == (0, 1, [])


def test_one_permission_in_each_store_is_a_record_of_its_own(viewer, connection, admin):
    create_store(connection, "B", "Second store", 1)
    text = "User,Store,Permission\n{0},CMS,View stock\n{0},B,View stock\n{0},,View stock\n"
    planned = load(viewer, UserPermission, text.format(admin.username))
    assert (planned.new, planned.unchanged, errors(planned)) == (2, 1, [])
    again = plan(viewer, UserPermission, text.format(admin.username))
    assert (again.new, again.unchanged, errors(again)) == (0, 3, [])


def test_a_reason_counts_for_its_type_alone(viewer):
    text = "Type,Reason\nReturn reason,Broken\nOpen vial wastage,Broken\n"
    load(viewer, ReasonOption, text)
    assert plan(viewer, ReasonOption, text).unchanged == 2


def test_a_preference_of_a_store_does_not_take_that_of_another(viewer, connection):
    create_store(connection, "B", "Second store", 1)
    load(viewer, Preference, "Key,Store,Value\nshow,CMS,true\n")
    planned = load(viewer, Preference, "Key,Store,Value\nshow,B,false\nshow,,false\n")
    assert (planned.new, planned.changed) == (2, 0)


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return files.read(out.getvalue())


def test_a_date_cell_that_lost_its_format_is_still_a_date(viewer):
    sheet = workbook(["Code", "Name", "Date of birth"], ["a", "A", 44000], ["b", "B", 2020])
    planned = importing.plan(viewer, edit.kind_of(Name), sheet)
    assert planned.rows[0].record.date_of_birth == date(2020, 6, 18)
    assert [row for row, _column, _text in errors(planned)] == [3]


def test_errors_of_formulas_are_no_values(viewer):
    planned = plan(viewer, Item, "code,name,unit\na,#REF!,\nb,B,#N/A\n")
    assert [column for _row, column, _text in errors(planned)] == ["Name", "Unit"]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"%PDF-1.4\nx", "neither CSV"), (b"<html><table></table>", "neither CSV"),
     (b'[{"code": "a"}]', "neither CSV"), (b"code,name\n", "no rows"),
     (b'code,name\na,"open\nb,B\n', "row 2"), (b"", "empty"), (b"\xd0\xcf\x11\xe0x", "old"),
     (b"Item list\n\ncode,name\na,A\n", "It reads: Item list")],
)  # fmt: skip
def test_what_is_no_table_is_said_so(viewer, content, told):
    with pytest.raises(ValidationError, match=told):
        importing.plan(viewer, edit.kind_of(Item), files.read(content))


def test_a_large_file_with_a_few_mistakes(viewer):
    wrong = {17: ",Barrel", 1200: "Item,Barrel", 5000: ",", 7777: "Item,x"}
    rows = [f"c{n}," + wrong.get(n, f"Item {n},Tablet") for n in range(2, 10_002)]
    planned = plan(viewer, Item, "\n".join(["code,name,unit", *rows]))
    assert sorted({row for row, _column, _text in errors(planned)}) == [17, 1200, 5000, 7777]
    assert (planned.new, planned.faulty) == (9_996, 4)
