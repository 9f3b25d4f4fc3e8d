"""What every kind of answer says of itself: pages, files, styles, APIs, errors."""

import logging

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from msupply.records.files import SyncFileReference

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGES = {
    "page": ("get", "/", 200),
    "list": ("get", "/list/item/", 200),
    "table": ("get", "/list/item/export.csv", 200),
    "workbook": ("get", "/list/item/export.xlsx", 200),
    "led on": ("get", "/log-in", 302),
    "no page": ("get", "/nowhere", 404),
    "no record": ("get", "/list/item/show/none", 404),
    "only for forms": ("get", "/log-out", 405),
    "odd method": ("trace", "/", 405),
    "refused": ("post", "/list/sync-log/new", None),
}
MACHINES = {
    "V5": ("get", "/sync/v5/site", 401),
    "V5 unknown": ("get", "/sync/v5/nothing", 401),
    "V6": ("post", "/central/sync/pull", 400),
    "V6 wrong method": ("get", "/central/sync/pull", 405),
    "V6 odd method": ("trace", "/central/sync/pull", 405),
    "V6 file": ("post", "/central/sync/download_file", 400),
    "V4": ("post", "/api/v4/login", 400),
    "V4 unknown": ("get", "/api/v4/nothing", 404),
    "no wire": ("get", "/sync/nothing", 404),
}


def check(answer):
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, name
    assert "default-src" in answer["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    if answer.streaming:
        b"".join(answer.streaming_content)


@pytest.mark.parametrize(("method", "path", "status"), PAGES.values(), ids=PAGES)
def test_pages(admin, method, path, status):
    answer = getattr(admin, method)(path)
    assert answer.status_code == status or status is None
    check(answer)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "path", "status"), MACHINES.values(), ids=MACHINES)
def test_what_machines_get(central, method, path, status):
    answer = getattr(Client(), method)(path)
    assert answer.status_code == status
    check(answer)
    assert answer["Cache-Control"] == "no-store"


def test_styles_and_scripts_may_be_kept(central):
    assert finders.find("web/app.css")
    for method, status in (("get", 200), ("trace", 405)):
        answer = getattr(Client(), method)("/static/web/app.css")
        assert answer.status_code == status
        check(answer)
    assert "max-age=31536000" in Client().get("/static/web/app.css")["Cache-Control"]


def test_what_nobody_foresaw(admin, monkeypatch):
    from msupply.web import home

    monkeypatch.setattr(home.groups, "of_visit", lambda *_: 1 / 0)
    answer = admin.get("/all-records")
    assert answer.status_code == 500
    check(answer)
    assert answer["Cache-Control"] == "no-store"


def test_a_file_is_asked_for_again_each_time(admin):
    file = SimpleUploadedFile("photo.jpg", b"\xff\xd8photo")
    admin.post("/equipment/attach/asset-1", {"file": file})
    reference = SyncFileReference.objects.get(file_name="photo.jpg")
    url = f"/equipment/file/asset-1/{reference.pk}"
    answer = admin.get(url)
    assert answer["Cache-Control"] == "private, no-cache"
    etag = answer["ETag"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content)
    again = admin.get(url, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again["Cache-Control"] == "private, no-cache"
    # Whoever has logged out is asked to log in, whatever the browser has kept.
    admin.logout()
    assert admin.get(url, headers={"If-None-Match": etag}).status_code == 302


def test_logging_out_empties_the_browsers_store(admin):
    answer = admin.post("/log-out")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("host", ["", "a b", "x" * 300 + "/", "evil.example/path", "[::1", "pc_1"])
@pytest.mark.parametrize("path", ["/", "/log-in", "/sync/v5/site"])
def test_a_host_that_can_be_none_is_refused_without_noise(central, caplog, host, path):
    caplog.set_level(logging.INFO)
    answer = Client().get(path, HTTP_HOST=host, headers={"Accept-Language": "fr"})
    assert answer.status_code == 400
    assert "pas être joint" in answer.text
    check(answer)
    said = [record for record in caplog.records if record.levelno > logging.INFO]
    assert said == []
    assert not any(record.exc_info for record in caplog.records)
