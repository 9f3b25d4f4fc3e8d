"""What people are told when the database or the disk cannot be used, or soon cannot."""

from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from msupply.records.files import SyncFileReference
from msupply.services.tables import workbook
from msupply.sync import here, log
from msupply.web import sync_state
from tests.full_disk import full_disk

SAID = "The database cannot be used just now"


def fail(*_, **__):
    raise OperationalError("database or disk is full")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("place", [(here, "load"), (log, "last_success")])
def test_a_database_that_is_away_is_told_in_plain_words(nurse, monkeypatch, place, headers):
    monkeypatch.setattr(*place, fail)
    answer = nurse.get("/synchronisation/status", headers=headers)
    assert answer.status_code == 503
    assert SAID in answer.text


def test_the_sync_page_warns_of_a_disk_that_is_almost_full(nurse, monkeypatch):
    warning = "The disk of this server is almost full"
    assert warning not in nurse.get("/synchronisation").text
    monkeypatch.setattr(sync_state, "LITTLE_ROOM", 2**62)
    assert warning in nurse.get("/synchronisation").text


PHOTO = b"\xff\xd8" + b"photo " * 500_000
FULL = "The disk of this server is full"


@pytest.fixture
def full(tmp_path):
    with full_disk(tmp_path / "full") as place:
        yield place


def attach(client, content):
    client.raise_request_exception = False
    file = SimpleUploadedFile("photo.jpg", content)
    return client.post("/equipment/attach/asset-1", {"file": file})


def test_a_full_disk_is_told_when_a_document_is_attached(admin, settings, full):
    settings.FILES = full / "files"
    before = SyncFileReference.objects.count()
    answer = attach(admin, b"small")
    assert answer.status_code == 503
    assert FULL in answer.text
    assert SyncFileReference.objects.count() == before
    assert not list(settings.FILES.glob("**/*photo*"))


def test_a_full_disk_is_told_while_a_form_is_read(admin, settings, full):
    settings.FILE_UPLOAD_TEMP_DIR = full
    answer = attach(admin, PHOTO)
    assert answer.status_code == 503
    assert FULL in answer.text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told_when_a_workbook_is_written(admin, monkeypatch):
    monkeypatch.setattr(workbook, "TemporaryFile", lambda: open("/dev/full", "w+b"))  # noqa: SIM115, PTH123
    answer = admin.get("/list/item/export.xlsx")
    assert answer.status_code == 503
    assert FULL in answer.text


def test_a_database_that_is_away_when_a_session_is_stored_is_told(admin, monkeypatch):
    admin.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "save", fail)
    answer = admin.post("/language", {"language": "fr"})
    assert answer.status_code == 503
    assert SAID in answer.text
