"""Bad input at every address: whatever is asked or sent, a page answers with words, never fails."""

import io
import re
import zipfile
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from msupply.web.urls import urlpatterns
from tests.web.addresses import address

# What careless programs and hostile people send.
VALUES = {
    "NUL": "a\0b",
    "long": "x" * 20_000,
    "huge number": "9" * 400,
    "negative": "-1",
    "no number": "NaN",
    "infinite": "1e999",
    "other digits": "٣²",
    "half a letter": "\udcff",
    "markup": "\"'><script>alert(1)</script>{{ 7 }}%s%(n)d",
    "deep": "[" * 5_000,
    "last day": "9999-12-31",
    "first moment": "0001-01-01T00:00:00",
    "path": "../../../etc/passwd",
    "comma": ",,;|\t",
}
# Every parameter that any page reads from its address.
PARAMETERS = (
    *("q", "page", "size", "sort", "with", "store", "site", "part", "to", "keep", "delete", "for"),
    *("status", "state", "item", "next", "form", "sent", "level", "language", "id", "user"),
    *("f.name", "f.store", "f.is_active", "f.type", "f.code", "from.created_datetime"),
    *("to.created_datetime", "from.expiry_date", "to.expiry_date", "f.invoice_number"),
)
ENDS = {"log-out"}
PAGES = {p.name or "favicon": p for p in urlpatterns if p.name not in ENDS}
FORM = "application/x-www-form-urlencoded"
FIELD = re.compile(r'<\w+[^>]* name="([^"]+)"')


def status(client, method, url, data):
    """Return the status of an answer that has been read to its end; nothing of it is kept."""
    encoded = urlencode(data, errors="surrogateescape")
    with transaction.atomic():
        if method == "get":
            answer = client.get(f"{url}?{encoded}")
        else:
            answer = client.post(url, encoded, content_type=FORM)
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    assert b"<script>alert(1)" not in content, url
    return answer.status_code


def faults(found):
    """Return the requests that failed."""
    return {request: status for request, status in found.items() if status >= 500}


ROUNDS = pytest.mark.parametrize("turn", range(2))


def dealt(names, turn):
    """Return a bad value for each name; another one in each round."""
    values = list(VALUES.values())
    return {name: values[(place * 3 + turn * 5) % len(values)] for place, name in enumerate(names)}


@pytest.fixture(params=["admin", "nurse"])
def browser(request):
    """Somebody who may do everything, on the central server and at a site."""
    return request.getfixturevalue(request.param)


@ROUNDS
def test_addresses_with_bad_parameters(browser, turn):
    found = {}
    for shift, page in enumerate(PAGES):
        found[page] = status(browser, "get", address(PAGES[page]), dealt(PARAMETERS, turn + shift))
    assert faults(found) == {}


@ROUNDS
def test_addresses_with_bad_ids(admin, turn):
    found = {}
    for shift, (page, pattern) in enumerate(PAGES.items()):
        ids = dealt(pattern.pattern.converters, turn + shift)
        good = {
            name: "9" * 30 if name == "number" else value
            for name, value in ids.items()
            if value.isprintable() and re.fullmatch(pattern.pattern.converters[name].regex, value)
        }
        for method in ("get", "post"):
            found[page, method, str(good)] = status(admin, method, address(PAGES[page], **good), {})
    assert faults(found) == {}


@ROUNDS
def test_forms_with_bad_values(browser, turn):
    found = {}
    for shift, page in enumerate(PAGES):
        shown = browser.get(address(PAGES[page]))
        # A file too is read to its end, which closes it.
        content = b"".join(shown) if shown.streaming else shown.content
        names = [] if shown.streaming else FIELD.findall(content.decode())
        sent = dealt(dict.fromkeys([*names, *PARAMETERS]), turn + shift)
        found[page] = status(browser, "post", address(PAGES[page]), sent)
    assert faults(found) == {}


@pytest.mark.parametrize("where", ["/language", "/unlock", "/lock"])
@pytest.mark.parametrize("wanted", ["-1", "home", "//evil.example", "https://evil.example/", ""])
def test_nobody_is_led_elsewhere(admin, where, wanted):
    answer = admin.post(where, {"next": wanted})
    assert answer.url in ("/", "/stores")


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
