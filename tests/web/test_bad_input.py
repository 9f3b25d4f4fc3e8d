"""Bad input at every address: whatever is asked or sent, a page answers with words, never fails."""

import itertools
import re
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.db.models import TextField
from django.test import Client
from django.urls import reverse

from msupply.records.custom_fields import CustomField, CustomValue
from msupply.sync.declare.registry import registry
from msupply.web.screens import screen
from msupply.web.urls import urlpatterns
from tests.web.addresses import IDS, address
from tests.web.conftest import ALL, log_in, make_central, make_remote, take_examples

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
    # What a test does not see fails, a browser would see as 500.
    client.raise_request_exception = False
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


@pytest.fixture
def country(connection, tmp_path, settings):
    """One record of every type, on each kind of database."""
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    take_examples()


@pytest.fixture(params=["central", "site"])
def browser(request, country):
    """Somebody who may do everything, on the central server and at a site."""
    if request.param == "central":
        make_central()
        return log_in("ada", "store-central", *ALL)
    make_remote()
    return log_in("awa", "store-north", *ALL)


@ROUNDS
def test_addresses_with_bad_parameters(browser, turn):
    found = {}
    for shift, page in enumerate(PAGES):
        found[page] = status(browser, "get", address(PAGES[page]), dealt(PARAMETERS, turn + shift))
    assert faults(found) == {}


# Parts of addresses as they travel: each of them is decoded by somebody.
ESCAPES = {
    "NUL": "a%00b",
    "NUL alone": "%00",
    "broken UTF-8": "%ff%fe",
    "half a letter": "%ed%b3%bf",
    "long": "x" * 20_000,
    "huge number": "9" * 400,
    "large number": "9" * 30,
    "line end": "a%0d%0ab",
    "other direction": "%e2%80%ae",
    "path": "..%2f..%2fetc",
    "percent": "%25s%25(n)d",
}
PLACE = "PLACE"


def asked(client, escapes):
    """Return the status of every page with each id of its address replaced by one of these."""
    found = {}
    escapes = itertools.cycle(escapes)
    for page, pattern in PAGES.items():
        for name in pattern.pattern.converters:
            marked = "987654321" if isinstance(IDS[name], int) else PLACE
            escape = next(escapes)
            url = address(pattern, **{name: marked}).replace(marked, escape)
            for method in ("get", "post"):
                found[page, name, escape[:20], method] = status(client, method, url, {})
    assert len(found) > 100
    return found


def test_addresses_with_nul(browser):
    assert set(asked(browser, ["a%00b"]).values()) == {404}


@ROUNDS
def test_addresses_with_bad_ids(browser, turn):
    escapes = list(ESCAPES.values())
    assert faults(asked(browser, escapes[turn:] + escapes[:turn])) == {}


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


def test_a_value_that_no_database_keeps_is_refused_in_words(browser):
    answer = browser.post("/list/location/new", {"name": "a\0b"})
    assert answer.status_code == 422
    assert "belongs to no text" in answer.text
    top = {"HX-Request": "true"}
    answer = browser.post("/list/location/new", {"na\0me": "ab"}, headers=top)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#alerts"


# What people may type as the name of anything, and what a page reads where it looks like JSON.
LIKE_JSON = (r'{"a": "\ud83d"}', r'["\udc8a"]', "[1e999]", "[" + "9" * 5000 + "]", "[" * 5000)


@pytest.mark.parametrize("text", LIKE_JSON, ids=lambda text: text[:12])
def test_texts_that_look_like_json_are_shown(browser, text):
    found = {}
    browser.raise_request_exception = False
    for kind in registry().synced:
        names = [
            column.name
            for column in kind.columns.values()
            if isinstance(column, TextField)
            and not column.choices
            and column.attname not in kind.keys
        ]
        shown = screen.of_type(kind)
        record = kind.model.objects.first()
        if record is None or not names:
            continue
        with transaction.atomic():
            kind.model.objects.update(**dict.fromkeys(names, text))
            for url in (reverse("list", args=[shown.slug]), shown.page("detail", record.pk)):
                found[url] = browser.get(url).status_code
            transaction.set_rollback(True)
    assert len(found) > 100
    assert faults(found) == {}


@pytest.mark.parametrize("value", [r'"\ud83d"', '"[[[["', "NaN", "9" * 5000])
def test_a_custom_value_that_is_no_choice_is_refused_in_words(country, value):
    make_central()
    browser = log_in("ada", "store-central", *ALL)
    CustomField.objects.update(value_type="STRING", allowed_values="Red, Blue")
    record = CustomValue.objects.first()
    url = f"/list/customvalue/edit/{record.pk}"
    browser.raise_request_exception = False
    sent = {"custom_field": record.custom_field_id, "record_id": record.record_id, "value": value}
    answer = browser.post(url, sent)
    assert answer.status_code == 422, answer.content


def test_a_question_is_asked_without_it(browser):
    asked_without = browser.get("/list/location/", {"q": "shelf"})
    asked_with = browser.get("/list/location/", {"q": "she\0lf", "\0": "\0"})
    assert asked_with.status_code == 200
    assert (
        asked_with.context["page"].paginator.count == asked_without.context["page"].paginator.count
    )


# Cookies may hold any byte: a browser's own, or escaped as old ones do.
COOKIES = ("a\0b", '"abcdefghij\\000"', "x" * 5000, "\udcff" * 20, "٣" * 20, "%00" * 9, "'\";,")


def test_bad_cookies(country):
    make_central()
    found = {}
    for name, value in itertools.product(("sessionid", "csrftoken", "messages"), COOKIES):
        raw = f"{name}={value}".encode("utf-8", "surrogateescape").decode("latin-1")
        client = Client(raise_request_exception=False)
        for url in ("/log-in", "/"):
            found[name, value, url] = client.get(url, HTTP_COOKIE=raw).status_code
    assert faults(found) == {}


HEADERS = (
    *("X-Store", "Accept-Language", "Accept-Encoding", "Authorization", "Range", "Referer"),
    *("If-None-Match", "If-Modified-Since", "HX-Current-URL", "HX-Target", "HX-Prompt", "Origin"),
    *("X-Forwarded-For", "X-Forwarded-Proto", "X-CSRFToken", "Content-Type", "Content-Length"),
)


def test_bad_headers(browser):
    found = {}
    browser.raise_request_exception = False
    pages = ("/list/location/", "/equipment/file/asset-1/file-1", "/sync/v5/site")
    for place, (name, what) in enumerate(itertools.product(HEADERS, VALUES)):
        text = VALUES[what].encode("utf-8", "surrogateescape").decode("latin-1")
        url = pages[place % len(pages)]
        with transaction.atomic():
            answer = browser.get(url, headers={name: text, "HX-Request": "true"})
            transaction.set_rollback(True)
        found[name, what, url] = answer.status_code
    assert faults(found) == {}
