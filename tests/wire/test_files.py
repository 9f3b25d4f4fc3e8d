"""V6: the bytes of attached files, whole as stock sites send them and in parts as ours do."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from msupply.records.assets import Asset, AssetLog
from msupply.records.files import SyncFileReference
from msupply.records.names import Name, NameStoreJoin
from msupply.sync.clock import now
from msupply.sync.models import Quarantined, StoreSync
from msupply.wire import file_store
from tests.full_disk import full_disk
from tests.wire.conftest import Hand, add_site, upsert, work

PHOTO = bytes(range(256)) * 40
SIZE = len(PHOTO)
HASH_OF_PHOTO = hashlib.sha256(PHOTO).hexdigest()


def add_reference(**values):
    fields = {
        "id": "F1",
        "table_name": "asset_log",
        "record_id": "AL1",
        "file_name": "lamp.jpg",
        "mime_type": "image/jpeg",
        "total_bytes": SIZE,
        "created_datetime": now(),
    }
    return SyncFileReference.objects.create(**fields | values)


def add_lamp(record_id="A1", store_id="ST-01"):
    return Asset.objects.create(
        id=record_id, store_id=store_id, created_datetime=now(), modified_datetime=now()
    )


@pytest.fixture
def reference(central):
    """A file of an entry in the log of the clinic's equipment."""
    AssetLog.objects.create(
        id="AL1", asset=add_lamp("A0"), user_id="U", log_datetime=now(), created_datetime=now()
    )
    return add_reference()


def upload(hand, content=PHOTO, file_id="F1", form=None, **headers):
    message = {"file_id": file_id, "sync_v5_settings": hand.settings(), "sync_v6_version": 5}
    if form is None:
        form = {
            "json_part": json.dumps(message),
            "file_part": SimpleUploadedFile("lamp.jpg", content),
        }
    return hand.client.generic(
        "PUT",
        "/central/sync/upload_file",
        encode_multipart(BOUNDARY, form),
        MULTIPART_CONTENT,
        headers=headers,
    )


def upload_part(hand, first, last, total=SIZE, sha256=HASH_OF_PHOTO):
    headers = {"Content-Range": f"bytes {first}-{last}/{total}", "msupply-sha256": sha256}
    return upload(hand, PHOTO[first : last + 1], **headers)


def ask(hand):
    headers = {"Content-Range": f"bytes */{SIZE}", "msupply-sha256": HASH_OF_PHOTO}
    return upload(hand, b"", **headers)["msupply-received"]


def download(hand, file_id="F1", table="asset_log", record_id="AL1", **headers):
    hand.headers = headers
    answer = hand.v6("sync/download_file", id=file_id, tableName=table, recordId=record_id)
    hand.headers = {}
    return answer


def content(answer):
    return b"".join(answer.streaming_content)


def test_an_uploaded_file_can_be_downloaded(clinic, reference):
    answer = upload(clinic)
    assert (answer.status_code, answer.json()) == (200, {"data": None})
    answer = download(clinic)
    assert answer.status_code == 200
    assert content(answer) == PHOTO
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Length"] == str(SIZE)
    assert answer["Content-Disposition"] == "inline"
    assert answer["msupply-sha256"] == HASH_OF_PHOTO


def test_an_upload_sends_the_reference_to_all_sites_the_uploader_too(clinic, reference):
    add_site(13, "clinic-south", "ST-02")
    cursor = clinic.pull_v6(initialised=True)["end_cursor"] + 1
    upload(clinic)
    for hand in (clinic, Hand(name="clinic-south", hardware_id="HW-2")):
        (change,) = hand.pull_v6(cursor, initialised=True)["records"]
        assert change["record"]["recordId"] == "F1"
        assert "uploaded_bytes" not in change["record"]["recordData"]
    reference.refresh_from_db()
    assert reference.uploaded_bytes == SIZE


def test_an_upload_that_is_repeated_changes_nothing_more(clinic, reference):
    upload(clinic)
    cursor = clinic.pull_v6(initialised=True)["end_cursor"]
    assert upload(clinic).json() == {"data": None}
    assert clinic.pull_v6(initialised=True)["end_cursor"] == cursor


def test_nobody_can_put_another_file_in_place(clinic, reference):
    upload(clinic)
    upload(clinic, PHOTO[::-1])
    assert content(download(clinic)) == PHOTO


def test_an_upload_without_a_reference_is_refused(clinic):
    answer = upload(clinic)
    assert (answer.status_code, answer.json()) == (200, {"error": {"syncFileNotFound": "F1"}})
    answer = upload(clinic, file_id="nul\0")
    assert answer.json() == {"error": {"syncFileNotFound": "nul\0"}}


def test_an_upload_of_another_size_than_announced_is_refused(clinic, reference):
    answer = upload(clinic, PHOTO[:-1])
    assert "otherServerError" in answer.json()["error"]
    assert download(clinic).status_code == 500


def test_a_damaged_upload_is_refused(clinic, reference):
    headers = {"msupply-sha256": "0" * 64}
    answer = upload(clinic, **headers)
    assert "damaged" in answer.json()["error"]["otherServerError"]
    assert download(clinic).status_code == 500


def test_a_stranger_uploads_nothing(clinic, reference):
    error = upload(Hand(wire_hash="00")).json()["error"]
    assert error["legacyServerError"]["code"] == "site_incorrect_password"
    assert not file_store.is_here(reference)


def test_a_file_over_the_limit_is_refused(clinic, reference, monkeypatch):
    monkeypatch.setattr("msupply.wire.v6_files.FORM_LIMIT", 5_000)
    answer = upload(clinic)
    assert answer.status_code == 413
    assert "MiB" in answer.json()["error"]["otherServerError"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"json_part": "{}"},
        {"file_part": SimpleUploadedFile("a", b"x")},
        {"json_part": "{", "file_part": SimpleUploadedFile("a", b"x")},
        {"json_part": SimpleUploadedFile("a", b"{}"), "file_part": SimpleUploadedFile("a", b"x")},
    ],
)
def test_an_incomplete_form_is_refused(clinic, form):
    answer = upload(clinic, form=form)
    assert answer.status_code == 400
    assert "otherServerError" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", MULTIPART_CONTENT),
        (b"garbage", MULTIPART_CONTENT),
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data; boundary=\xff"),
    ],
)
def test_a_broken_form_is_refused(clinic, body, kind):
    answer = clinic.client.generic("PUT", "/central/sync/upload_file", body, kind)
    assert answer.status_code == 400


def test_an_upload_goes_on_where_it_broke_off(clinic, reference):
    assert ask(clinic) == "0"
    assert upload_part(clinic, 0, 3_999)["msupply-received"] == "4000"
    assert download(clinic).status_code == 500
    assert ask(clinic) == "4000"
    answer = upload_part(clinic, 4_000, SIZE - 1)
    assert answer.json() == {"data": None}
    assert answer["msupply-received"] == str(SIZE)
    assert content(download(clinic)) == PHOTO
    assert ask(clinic) == str(SIZE)


def test_a_part_may_come_twice(clinic, reference):
    for first, last in ((0, 3_999), (0, 3_999), (2_000, 5_999), (6_000, SIZE - 1)):
        answer = upload_part(clinic, first, last)
        assert answer.json() == {"data": None}
    assert content(download(clinic)) == PHOTO


def test_a_part_that_leaves_a_gap_is_refused(clinic, reference):
    upload_part(clinic, 0, 99)
    answer = upload_part(clinic, 200, 299)
    assert "otherServerError" in answer.json()["error"]
    assert answer["msupply-received"] == "100"


def test_parts_that_make_another_file_start_anew(clinic, reference):
    upload_part(clinic, 0, 3_999)
    answer = upload_part(clinic, 4_000, SIZE - 1, sha256="0" * 64)
    assert "damaged" in answer.json()["error"]["otherServerError"]
    assert answer["msupply-received"] == "0"


@pytest.mark.parametrize(
    ("first", "last", "total", "sha256"),
    [
        (5, 2, SIZE, HASH_OF_PHOTO),
        (0, SIZE, SIZE, HASH_OF_PHOTO),
        (0, 9, SIZE, "short"),
    ],
)
def test_a_senseless_part_is_refused(clinic, reference, first, last, total, sha256):
    assert upload_part(clinic, first, last, total, sha256).status_code == 400


def test_a_download_goes_on_where_it_broke_off(clinic, reference):
    upload(clinic)
    answer = download(clinic, Range="bytes=10000-")
    assert answer.status_code == 206
    assert content(answer) == PHOTO[10_000:]
    assert answer["Content-Range"] == f"bytes 10000-{SIZE - 1}/{SIZE}"
    assert download(clinic, Range="bytes=99999999-").status_code == 416


@pytest.mark.parametrize("wrong", [{"file_id": "no"}, {"table": "asset"}, {"record_id": "no"}])
def test_an_unknown_file_is_told_as_a_bare_error(clinic, reference, wrong):
    upload(clinic)
    answer = download(clinic, **wrong)
    assert answer.status_code == 500
    assert answer.json() == {"otherServerError": "File not found"}


def test_a_file_that_has_not_been_uploaded_is_not_found(clinic, reference):
    assert download(clinic).json() == {"otherServerError": "File not found"}


def test_a_stranger_downloads_nothing(clinic, reference):
    upload(clinic)
    answer = download(Hand(wire_hash="00"))
    assert answer.status_code == 401
    assert answer.json()["legacyServerError"]["code"] == "site_incorrect_password"


def test_a_download_is_not_compressed(clinic, reference):
    upload(clinic)
    answer = download(clinic, **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer
    assert content(answer) == PHOTO


EVIL = [
    "../../etc/passwd",
    "..",
    ".",
    "",
    "/etc/passwd",
    "C:\\windows\\x.exe",
    "a/../../b.jpg",
    "nul\0byte.jpg",
    "..%2f..%2fx",
    "é" * 400 + ".jpg",
    "x" * 5_000,
    "a." + "y" * 500,
    ".hidden",
    "trailing. . ",
    "~root",
    "\ud800",
]


@pytest.mark.parametrize("evil", EVIL)
def test_whatever_the_names_files_stay_in_their_folder(settings, evil):
    root = Path(settings.FILES).resolve()
    for field in ("id", "table_name", "record_id", "file_name"):
        names = {"id": "F", "table_name": "t", "record_id": "r", "file_name": "f.jpg"}
        reference = SyncFileReference(**names | {field: evil})
        path = file_store.path_of(reference).resolve()
        assert path.is_relative_to(root)
        assert len(path.relative_to(root).parts) == 3
        assert file_store.save(reference, [b"x"]) == 1
        assert file_store.is_here(reference)


def test_different_records_have_different_folders():
    names = [*EVIL, "%2E", "%2e", "a", "A"]
    paths = {
        file_store.path_of(SyncFileReference(id="F", table_name="t", record_id=name, file_name="f"))
        for name in names
    }
    assert len(paths) == len(names)


def test_a_file_of_another_sites_equipment_is_neither_given_nor_taken(clinic, reference):
    add_site(13, "clinic-south", "ST-02")
    south = Hand(name="clinic-south", hardware_id="HW-2")
    add_lamp("A1", "ST-02")
    SyncFileReference.objects.update(table_name="asset", record_id="A1")
    assert upload(clinic).json() == {"error": {"syncFileNotFound": "F1"}}
    assert upload(south).json() == {"data": None}
    assert download(clinic, table="asset", record_id="A1").status_code == 500
    assert content(download(south, table="asset", record_id="A1")) == PHOTO
    StoreSync.objects.create(store_id="ST-02", site_id=12, sync_with="COLLECTOR")
    assert content(download(clinic, table="asset", record_id="A1")) == PHOTO


def test_a_copy_of_a_store_brings_its_files_and_takes_none(clinic, reference):
    add_site(13, "clinic-south", "ST-02")
    SyncFileReference.objects.update(table_name="asset", record_id=add_lamp("A1", "ST-02").pk)
    StoreSync.objects.create(store_id="ST-02", site_id=12, sync_with="COLLECTOR")
    assert upload(clinic).json() == {"error": {"syncFileNotFound": "F1"}}


@pytest.mark.parametrize(
    ("table", "record_id"), [("nosuch", "A0"), ("site", "1"), ("asset", "gone")]
)
def test_a_file_of_nothing_that_is_known_is_given_to_nobody(clinic, reference, table, record_id):
    upload(clinic)
    SyncFileReference.objects.update(table_name=table, record_id=record_id)
    assert download(clinic, table=table, record_id=record_id).status_code == 500


def test_a_file_of_a_patient_goes_where_the_patient_is_visible(clinic, reference):
    patient = Name.objects.create(id="P1", name="Ada", code="p1", type="PATIENT")
    SyncFileReference.objects.update(table_name="name", record_id=patient.pk)
    path = file_store.path_of(SyncFileReference.objects.get())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PHOTO)
    assert download(clinic, table="name", record_id="P1").status_code == 500
    NameStoreJoin.objects.create(name=patient, store_id="ST-01")
    assert content(download(clinic, table="name", record_id="P1")) == PHOTO


@pytest.mark.parametrize(
    "change",
    [
        {"file_name": "gone.txt"},
        {"table_name": "nosuch"},
        {"record_id": "other"},
        {"total_bytes": 1},
        {"deleted_datetime": "2026-01-01T00:00:00"},
    ],
    ids=str,
)
def test_another_site_changes_nothing_of_a_file(clinic, reference, change):
    """What it says of it is kept back, and the true reference goes to it."""
    add_site(13, "clinic-south", "ST-02")
    south = Hand(name="clinic-south", hardware_id="HW-2")
    upload(clinic)
    before = SyncFileReference.objects.values().get()
    cursor = south.pull_v6(initialised=True)["end_cursor"] + 1
    south.push_v6(upsert("sync_file_reference", "F1", said_of_file() | change, key="id"))
    work(connections["default"])
    assert SyncFileReference.objects.values().get() == before
    assert Quarantined.objects.get().code == "not_owner"
    (told,) = south.pull_v6(cursor, initialised=True)["records"]
    assert told["record"]["recordData"]["file_name"] == "lamp.jpg"


def test_its_own_site_marks_a_file_as_deleted_and_renames_none(clinic, reference):
    gone = {"deleted_datetime": "2026-01-01T00:00:00"}
    clinic.push_v6(upsert("sync_file_reference", "F1", said_of_file() | gone, key="id"))
    work(connections["default"])
    assert SyncFileReference.objects.get().deleted_datetime
    renamed = said_of_file() | {"file_name": "other.jpg"}
    clinic.push_v6(upsert("sync_file_reference", "F1", renamed, key="id"))
    work(connections["default"])
    assert SyncFileReference.objects.get().file_name == "lamp.jpg"
    assert Quarantined.objects.get().code == "not_owner"


def said_of_file():
    return {
        "table_name": "asset_log",
        "record_id": "AL1",
        "file_name": "lamp.jpg",
        "mime_type": "image/jpeg",
        "total_bytes": SIZE,
        "created_datetime": SyncFileReference.objects.get().created_datetime.isoformat(),
        "deleted_datetime": None,
    }


@pytest.mark.parametrize("way", ["whole", "part"])
def test_a_full_disk_is_said_to_be_one(clinic, reference, settings, tmp_path, way):
    with full_disk(tmp_path / "full") as full:
        settings.FILES = full / "files"
        answer = upload(clinic) if way == "whole" else upload_part(clinic, 0, 99)
        assert answer.status_code == 503
        assert "disk" in answer.json()["error"]["otherServerError"]
    settings.FILES = tmp_path / "files"
    assert upload(clinic).json() == {"data": None}


def test_a_full_disk_is_said_to_be_one_while_a_form_is_read(clinic, reference, settings, tmp_path):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    with full_disk(tmp_path / "full") as full:
        settings.FILE_UPLOAD_TEMP_DIR = full
        answer = upload(clinic)
        assert answer.status_code == 503
        assert "disk" in answer.json()["error"]["otherServerError"]
