"""Excel workbooks as other programs read them, and files that harm."""

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from msupply.services.tables import files, spreadsheet
from msupply.services.tables.sheet import Sheet


def book(*rows, **options):
    with spreadsheet.excel(Sheet("Sheet", ["a", "b"], rows, **options)) as file:
        return openpyxl.load_workbook(file).worksheets[0]


@pytest.mark.parametrize(
    "value",
    ["text", "<&>\"'", " spaces ", "é中", 7, -2.5, True, "=1+1", "=", "#N/A", "line\nline",
     0.1 + 0.2, 2**53 - 1, 1e-300,
     datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).replace(tzinfo=None), "x" * 32767],
)  # fmt: skip
def test_a_value_comes_back_as_it_went(value):
    cell = book([value]).cell(2, 1)
    assert cell.value == value
    assert cell.data_type not in ("f", "e")


def test_a_date_is_a_date():
    assert book([date(2026, 1, 2)]).cell(2, 1).value == datetime.fromisoformat("2026-01-02")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\x00\x01\ud800"])
def test_what_excel_cannot_hold_is_left_out(value):
    assert book([value]).cell(2, 1).value in (None, "")


def test_days_before_excel_began_are_texts():
    assert book([date(1850, 1, 2)]).cell(2, 1).value == "1850-01-02"


def test_titles_are_texts_and_stay_in_sight():
    with spreadsheet.excel(Sheet("Sheet", ["=a", "b"], [])) as file:
        sheet = openpyxl.load_workbook(file).worksheets[0]
    assert (sheet["A1"].value, sheet["A1"].data_type, sheet["A1"].font.b) == ("=a", "s", True)
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("name", ["a/b [c]: *?", "x" * 40, "", "'quoted'"])
def test_any_title_names_a_sheet(name):
    with spreadsheet.excel(Sheet(name, ["a"], [])) as file:
        assert len(openpyxl.load_workbook(file).sheetnames) == 1


def test_nothing_is_left_behind_when_a_row_fails(tmp_path, monkeypatch):
    def rows():
        yield ["x"]
        raise RuntimeError("lost")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RuntimeError, match="lost"):
        spreadsheet.excel(Sheet("Sheet", ["a"], []), Sheet("Sheet", ["a"], rows()))
    assert not list(tmp_path.iterdir())


def test_a_column_offers_its_choices():
    sheet = book(["x"], choices={0: ["One", "Two"]})
    assert sheet.data_validations.dataValidation[0].formula1 == '"One,Two"'


def test_memory_does_not_grow_with_the_rows():
    import tracemalloc

    def rows():
        for number in range(20_000):
            yield [f"name {number}", number]

    tracemalloc.start()
    spreadsheet.excel(Sheet("Sheet", ["a", "b"], rows())).close()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


HARMFUL = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "zip of something else": archive(readme_txt=b"hello"),
    "broken zip": b"PK\x03\x04 nothing",
    "old Excel": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "workbook without sheets": archive(xl__workbook_xml=b"<workbook/>"),
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "too large": b"a" * (files.LARGEST_FILE + 1),
    "open quote": b'a,b\n"x,y\n',
    "too many columns": b",".join([b"a"] * 400),
    "too many rows": b"a\n" + b"1\n" * (files.MOST_ROWS + 1),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_file_that_is_no_table_is_refused_in_words(name):
    with pytest.raises(ValidationError) as refused:
        files.read(HARMFUL[name])
    assert refused.value.messages[0]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = archive(xl__workbook_xml=b"x", xl__worksheets__sheet1_xml=b"0" * (201 * 2**20))
    assert len(bomb) < 2**20
    with pytest.raises(ValidationError, match="unpacked"):
        files.read(bomb)


def rebuilt(replaced):
    """A good workbook with one cell, of which some parts are others, by what their names end with."""
    book, out = spreadsheet.excel(Sheet("Sheet", ["a"], [["x"]])), io.BytesIO()
    with book, zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            end = next((end for end in replaced if part.endswith(end)), None)
            new.writestr(part, replaced[end] if end else old.read(part))
        for part in replaced.keys() - set(old.namelist()):
            if "/" in part:
                new.writestr(part, replaced[part])
    return out.getvalue()


def with_texts(texts, named):
    """A workbook whose kept texts are those, in a part of that name."""
    contents = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/>'
        f'<Override PartName="/{named}" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    return rebuilt({"[Content_Types].xml": contents, named: texts})


@pytest.mark.parametrize("named", ["xl/sharedStrings.xml", "xl/worksheets/sheet7.xml", "x/y"])
@pytest.mark.parametrize(
    "texts",
    [
        b"<sst>" + b"<si><t>" + b"x" * (21 * 2**20) + b"</t></si></sst>",
        b"<sst>" + b"<si/>" * 3_000_000 + b"</sst>",
    ],
)
def test_texts_that_would_take_minutes_to_read_are_refused_before_that(texts, named):
    bomb = with_texts(texts, named)
    assert len(bomb) < 500_000
    with pytest.raises(ValidationError, match="unpacked"):
        files.read(bomb)


def test_styles_that_would_take_minutes_to_read_are_refused_before_that():
    styles = b"<styleSheet>" + b"<xf/>" * (2 * 2**20) + b"</styleSheet>"
    with pytest.raises(ValidationError, match="unpacked"):
        files.read(rebuilt({"styles.xml": styles}))


def test_more_cells_than_an_import_takes_are_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_CELLS", 100)
    book = spreadsheet.excel(Sheet("Sheet", ["a", "b"], [["x", "y"]] * 60))
    with book, pytest.raises(ValidationError, match="cells"):
        files.read(book.read())
    with pytest.raises(ValidationError, match="cells"):
        files.read(b"a,b\n" + b",\n" * 60)


def test_a_row_number_at_the_end_of_the_sheet_does_not_fill_the_gap():
    book, out = spreadsheet.excel(Sheet("Sheet", ["a"], [["x"]])), io.BytesIO()
    with book, zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part.endswith("sheet1.xml"):
                last = text.replace(b'"2"', b'"1048576"').replace(b'"A2"', b'"A1048576"')
                assert last != text
                text = last
            new.writestr(part, text)
    with pytest.raises(ValidationError, match="rows"):
        files.read(out.getvalue())


def test_lines_are_counted_as_a_spreadsheet_counts_them():
    assert files.read(b"a,b\n\n1,2\n").rows == [(3, ["1", "2"])]
    assert files.read(b"sep=;\na;b\n1;2\n").rows == [(3, ["1", "2"])]
