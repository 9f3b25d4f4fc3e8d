"""Files that are no tables: an import says so, and nothing fails."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from msupply.web.password_again import FIELD as PASSWORD_FIELD
from msupply.web.screens import screen
from tests.web.conftest import ALL, PASSWORD, log_in, make_central, take_examples


def workbook(parts):
    """Return an archive with these parts, as an Excel file is one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {n} "{"&" + chr(ord(n) - 1) + ";"}{"x" * 10}">' for n in "bcdefgh")
    + "]><workbook>&h;</workbook>"
)
FILES = {
    "nothing": b"",
    "NULs": b"\0" * 1000,
    "half letters": b"code,name\n\xff\xfe\xfd,\xc3\n",
    "half of UTF-16": b"\xff\xfec\0o\0d",
    "an open quote": b'code,name\n"open,' + b"x" * 2000,
    "one long line": b"code" + b",code" * 5000,
    "one long cell": b"code,name\nA," + b"x" * 1_500_000,
    "a formula": b"code,name\n=cmd|' /C calc'!A0,@SUM(1)\n",
    "deep JSON": b"code,name\nA," + b"[" * 20_000 + b"\n",
    "huge numbers": b"code,name,type\nA," + b"9" * 4_500 + b",1e999\n",
    "a broken archive": b"PK\x03\x04" + b"\0" * 100,
    "an empty archive": workbook({}),
    "entities": workbook({"xl/workbook.xml": LAUGHS, "[Content_Types].xml": LAUGHS}),
    "a workbook of text": workbook({"xl/workbook.xml": "no XML", "[Content_Types].xml": "x"}),
    "an unpacked giant": workbook({"xl/workbook.xml": b" " * 210_000_000}),
}


@pytest.mark.parametrize("page", ["/list/item/import", "/list/name/import", "/catalogue/import"])
@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_files_that_are_no_tables(admin, page, content):
    for name in ("x.csv", "../../=x\r\n.xlsx"):
        answer = admin.post(page, {"file": SimpleUploadedFile(name, content)}, follow=True)
        assert answer.status_code in (200, 422)
        assert "Something went wrong" not in answer.text


# Cells that say too much, as a workbook has them: 424242 stands for the number.
NUMBERS = {
    "beyond the whole numbers of a database": b"9" * 25,
    "beyond floats": b"1" + b"0" * 400,
    "infinite": b"1e999",
}


def numbers(titles, number):
    """Return a workbook with such a number in each of its cells."""
    book, found = openpyxl.Workbook(), io.BytesIO()
    book.active.append(titles)
    book.active.append([424242] * len(titles))
    book.save(found)
    with zipfile.ZipFile(found) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return workbook({name: part.replace(b"424242", number) for name, part in parts.items()})


def importable(browser):
    """Yield the address of the import of each list that has one, and the titles of its template."""
    for shown in screen.every():
        template = browser.get(f"/list/{shown.slug}/import/template.csv")
        if template.status_code == 200:
            content = template.getvalue().decode("utf-8-sig")
            yield f"/list/{shown.slug}/import", next(csv.reader(io.StringIO(content)))


def sent(browser, page, name, content):
    browser.raise_request_exception = False
    file = SimpleUploadedFile(name, content)
    with transaction.atomic():
        answer = browser.post(page, {"file": file, PASSWORD_FIELD: PASSWORD}, follow=True)
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_that_nothing_holds(connection, tmp_path, settings, number):
    admin = on_central(tmp_path, settings)
    found = {
        page: sent(admin, page, "x.xlsx", numbers(titles, NUMBERS[number]))
        for page, titles in importable(admin)
    }
    assert len(found) > 100
    assert {page: status for page, status in found.items() if status >= 500} == {}


CELLS = (
    "",
    "9" * 25,
    "1e999",
    "0001-01-01",
    "0000-00-00",
    "_xD83D_",
    r'{"a": "\ud83d"}',
    "[" * 200,
)


def test_any_cell_may_be_empty_or_hold_anything(connection, tmp_path, settings):
    admin = on_central(tmp_path, settings)
    found = {}
    for page, titles in importable(admin):
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(titles)
        rows.writerow(["x", *[""] * (len(titles) - 1)])
        for shift in range(len(CELLS)):
            rows.writerow([CELLS[(shift + n) % len(CELLS)] for n in range(len(titles))])
        found[page] = sent(admin, page, "x.csv", table.getvalue().encode())
    assert len(found) > 100
    assert {page: status for page, status in found.items() if status >= 500} == {}


def on_central(tmp_path, settings):
    """Return a browser of an administrator of a central server with one record of every type."""
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    take_examples()
    make_central()
    return log_in("ada", "store-central", *ALL)
