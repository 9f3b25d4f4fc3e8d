"""Files that are no tables: an import says so, and nothing fails."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile


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
