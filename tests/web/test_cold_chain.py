"""The asset catalogue, equipment, its log and its documents."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from msupply.records.assets import Asset, AssetCatalogueItem, AssetLog, AssetLogReason
from msupply.records.files import SyncFileReference
from msupply.services import assets
from msupply.sync.clock import now
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.web.cold_chain import documents
from msupply.wire import file_store
from tests import clocks
from tests.web.conftest import log_in

TITLES = "Sub catalogue,Code,Type,Manufacturer,Model,Class,Category,Hold over time (hours)\n"
GOOD = "WHO PQS,E003/900,Binocular microscope,Haier,HBD 900,Laboratory equipment,Microscopes,20\n"
BAD = "WHO PQS,,Binocular microscope,Haier,HBD 901,Laboratory equipment,Microscopes,20\n"


def upload(text, name="catalogue.csv"):
    return {"file": SimpleUploadedFile(name, text.encode(), "text/csv")}


@pytest.fixture(autouse=True)
def nothing_is_deleted(examples):
    """The examples say that they are deleted, as every field of theirs says something."""
    for model in (Asset, AssetCatalogueItem):
        model.objects.update(deleted_datetime=None)


@pytest.fixture
def fridge(nurse):
    """An asset of the store, registered from the catalogue."""
    answer = nurse.post("/equipment/new", new_asset())
    assert answer.status_code == 302, answer.context["form"].errors
    return Asset.objects.get(asset_number="F-1")


def new_asset(**changed):
    item = AssetCatalogueItem.objects.filter(deleted_datetime=None).first()
    return {"asset_catalogue_item": item.pk, "asset_number": "F-1", "status": "FUNCTIONING",
            "serial_number": "SN-900"} | changed  # fmt: skip


def test_a_preview_writes_nothing(admin):
    answer = admin.post("/catalogue/import", upload(TITLES + GOOD))
    assert answer.status_code == 200
    assert answer.context["new_count"] == 1
    assert not AssetCatalogueItem.objects.filter(code="E003/900").exists()


def test_the_preview_is_imported(admin):
    content = admin.post("/catalogue/import", upload(TITLES + GOOD)).context["content"]
    answer = admin.post("/catalogue/import/now", {"content": content}, follow=True)
    assert "1 new" in answer.text
    item = AssetCatalogueItem.objects.get(code="E003/900")
    assert "Hold over time" in admin.get(f"/catalogue/show/{item.pk}").text


def test_rows_with_errors_are_shown_and_given_back(admin):
    answer = admin.post("/catalogue/import", upload(TITLES + GOOD + BAD))
    assert answer.context["bad_count"] == 1
    assert "Nothing is imported" in answer.text
    content = answer.context["content"]
    file = admin.post("/catalogue/import/errors", {"content": content})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("Errors")
    assert lines[2].split(",")[-1]
    assert admin.post("/catalogue/import/now", {"content": content}).status_code == 422
    assert not AssetCatalogueItem.objects.filter(code="E003/900").exists()


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\0\0\0", '"open quote\n' * 3])
def test_a_file_that_is_no_catalogue_is_refused_with_a_reason(admin, text):
    answer = admin.post("/catalogue/import", upload(text))
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_a_preview_that_was_tampered_with_is_refused(admin):
    for path in ("/catalogue/import/now", "/catalogue/import/errors"):
        assert admin.post(path, {"content": "not base64!"}).status_code == 422


@pytest.mark.parametrize("path", ["", "/now", "/errors"])
def test_the_catalogue_is_imported_on_the_central_server_only(nurse, path):
    answer = nurse.post(f"/catalogue/import{path}", upload(TITLES + GOOD))
    assert answer.status_code == 403
    assert "This can only be done on the central server" in answer.text


def test_the_button_says_so(nurse):
    page = nurse.get("/catalogue")
    assert page.context["import_alert"].title == "This can only be done on the central server"
    assert "/catalogue/import" not in page.text


def test_a_registered_asset_has_its_kind_and_properties_from_the_catalogue(fridge):
    item = fridge.asset_catalogue_item
    assert fridge.asset_category_id == item.asset_category_id
    assert fridge.asset_catalogue_type_id == item.asset_catalogue_type_id
    assert fridge.properties == item.properties
    assert fridge.store_id == "store-north"
    assert assets.statuses(connection, [fridge.pk]) == {fridge.pk: "FUNCTIONING"}


def test_the_list_shows_the_functional_status(nurse, fridge):
    page = nurse.get("/equipment").text
    assert "F-1" in page
    assert "Functioning" in page


def test_numbers_are_unique(nurse, fridge):
    answer = nurse.post("/equipment/new", new_asset())
    assert set(answer.context["form"].errors) == {"asset_number", "serial_number"}
    assert Asset.objects.filter(asset_number="F-1").count() == 1


def test_what_is_not_in_the_catalogue_needs_a_category_and_a_type(nurse):
    answer = nurse.post("/equipment/new", new_asset(asset_catalogue_item=""))
    assert "asset_catalogue_item" in answer.context["form"].errors
    kind = AssetCatalogueItem.objects.first().asset_catalogue_type
    by_hand = new_asset(asset_catalogue_item="", asset_catalogue_type=kind.pk)
    assert nurse.post("/equipment/new", by_hand).status_code == 302
    assert Asset.objects.get(asset_number="F-1").asset_category_id == kind.asset_category_id


def test_properties_are_edited_by_their_names(nurse, fridge):
    assert "Number of lenses" in nurse.get(f"/equipment/edit/{fridge.pk}").text
    sent = {"asset_number": "F-2", "property.lens_count": "4"}
    assert nurse.post(f"/equipment/edit/{fridge.pk}", sent).status_code == 302
    fridge.refresh_from_db()
    assert fridge.asset_number == "F-2"
    assert assets.properties(fridge) == {"expected_lifespan": 8, "lens_count": 4}
    assert (
        nurse.post(f"/equipment/edit/{fridge.pk}", sent | {"property.lens_count": "3"}).status_code
        == 422
    )


def log(client, asset, **values):
    return client.post(f"/equipment/log/{asset.pk}", {"status": "NOT_IN_USE"} | values)


@pytest.fixture
def reason(nurse):
    return AssetLogReason.objects.create(
        id="broken", asset_log_status="NOT_FUNCTIONING", reason="Compressor", comments_required=True
    )


def test_a_status_is_logged(nurse, fridge):
    assert log(nurse, fridge, comment="in the store room").status_code == 302
    page = nurse.get(f"/equipment/show/{fridge.pk}").text
    assert "in the store room" in page
    assert "awa" in page
    assert assets.statuses(connection, [fridge.pk]) == {fridge.pk: "NOT_IN_USE"}


def test_an_older_entry_does_not_change_the_status(nurse, fridge):
    log(nurse, fridge, log_datetime="2020-01-01T10:00:00")
    assert assets.statuses(connection, [fridge.pk]) == {fridge.pk: "FUNCTIONING"}


def test_an_entry_of_a_clock_that_was_ahead_does_not_hide_the_true_status(nurse, fridge, reason):
    with clocks.ahead(days=400):
        assets.add_log(connection, nurse.user, "store-north", fridge, status="FUNCTIONING")
    answer = log(nurse, fridge, status="NOT_FUNCTIONING", reason="broken", comment="x")
    assert answer.status_code == 302
    assert assets.statuses(connection, [fridge.pk]) == {fridge.pk: "NOT_FUNCTIONING"}
    with clocks.ahead(days=401):
        assert assets.statuses(connection, [fridge.pk]) == {fridge.pk: "FUNCTIONING"}, (
            "by then it is in its place, as the latest one"
        )


def test_not_functioning_needs_a_reason(nurse, fridge, reason):
    assert "reason" in log(nurse, fridge, status="NOT_FUNCTIONING").context["log_form"].errors


def test_a_reason_may_need_a_comment(nurse, fridge, reason):
    answer = log(nurse, fridge, status="NOT_FUNCTIONING", reason="broken")
    assert "comment" in answer.context["log_form"].errors
    assert (
        log(nurse, fridge, status="NOT_FUNCTIONING", reason="broken", comment="x").status_code
        == 302
    )


def test_a_reason_must_fit_the_status(nurse, fridge, reason):
    answer = log(nurse, fridge, status="DECOMMISSIONED", reason="broken", comment="x")
    assert "reason" in answer.context["log_form"].errors


def test_a_log_is_not_written_ahead(nurse, fridge):
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert "log_datetime" in log(nurse, fridge, log_datetime=tomorrow).context["log_form"].errors


def test_reasons_are_those_of_the_status(nurse, reason):
    assert "Compressor" in nurse.get("/equipment/reasons?status=NOT_FUNCTIONING").text
    assert "Compressor" not in nurse.get("/equipment/reasons?status=FUNCTIONING").text


def test_a_log_needs_its_permission(fridge):
    client = log_in("bo", "store-north", "ASSET_QUERY")
    assert log(client, fridge).status_code == 403
    assert AssetLog.objects.filter(asset=fridge).count() == 1


def test_equipment_of_other_stores_is_not_found_at_a_site(nurse, fridge):
    Asset.objects.filter(pk=fridge.pk).update(store_id="store-south")
    assert nurse.get(f"/equipment/show/{fridge.pk}").status_code == 404
    assert log(nurse, fridge).status_code == 404


def test_deleting_marks_the_asset(nurse, fridge):
    assert nurse.post(f"/list/asset/delete/{fridge.pk}").url == "/equipment"
    fridge.refresh_from_db()
    assert fridge.deleted_datetime is not None
    assert "F-1" not in nurse.get("/equipment").text
    # Its number is free again.
    assert nurse.post("/equipment/new", new_asset()).status_code == 302


PHOTO = b"\xff\xd8\xff\xe0 a photo"


def attach(client, asset, content=PHOTO, name="photo.jpg"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/equipment/attach/{asset.pk}", {"file": file}, follow=True)


def test_a_photo_is_attached_and_waits_to_be_uploaded(nurse, fridge):
    assert "The file is attached." in attach(nurse, fridge).text
    reference = SyncFileReference.objects.get(record_id=fridge.pk)
    assert (reference.direction, reference.status) == ("UPLOAD", "NEW")
    assert reference.total_bytes == len(PHOTO)
    assert reference.mime_type == "image/jpeg"
    answer = nurse.get(f"/equipment/file/{fridge.pk}/{reference.pk}")
    assert b"".join(answer.streaming_content) == PHOTO
    assert answer["Content-Type"] == "image/jpeg"


def test_the_central_server_has_its_own_files_at_once(admin):
    asset = Asset.objects.filter(deleted_datetime=None).first()
    attach(admin, asset)
    reference = SyncFileReference.objects.get(record_id=asset.pk, file_name="photo.jpg")
    assert reference.status == "DONE"
    assert reference.uploaded_bytes == len(PHOTO)


def test_a_file_over_the_limit_is_refused_with_the_limit(nurse, fridge, monkeypatch):
    monkeypatch.setattr(file_store, "SIZE_LIMIT", 5)
    assert "50 MB" in attach(nurse, fridge).text
    assert not SyncFileReference.objects.filter(record_id=fridge.pk).exists()


def test_a_huge_upload_is_refused_before_it_is_read(nurse, fridge):
    answer = nurse.post(f"/equipment/attach/{fridge.pk}", CONTENT_LENGTH=str(10**10))
    assert answer.status_code == 413
    assert "50 MB" in answer.text


def test_who_is_not_logged_in_is_led_to_log_in_before_a_large_form_is_read(central, fridge):
    # To read it would fail: it is no form.
    answer = Client().generic(
        "POST",
        f"/equipment/attach/{fridge.pk}",
        b"x" * 2_000_000,
        "multipart/form-data; boundary=y",
    )
    assert (answer.status_code, answer["Location"]) == (302, "/log-in")


@pytest.mark.parametrize("path", ["", "empty"])
def test_no_file_and_an_empty_file_are_refused(nurse, fridge, path):
    if path:
        assert "The file is empty." in attach(nurse, fridge, b"").text
    else:
        answer = nurse.post(f"/equipment/attach/{fridge.pk}", follow=True)
        assert "Choose a file first." in answer.text


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "x.js", "../../etc/passwd"])
def test_files_never_run_in_the_browser(nurse, fridge, name):
    attach(nurse, fridge, b"<script>alert(1)</script>", name)
    reference = SyncFileReference.objects.get(record_id=fridge.pk)
    answer = nurse.get(f"/equipment/file/{fridge.pk}/{reference.pk}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content)


def reference_from_elsewhere(asset):
    return SyncFileReference.objects.create(
        id="from-central", table_name="asset", record_id=asset.pk, file_name="manual.txt",
        mime_type="text/plain", total_bytes=3, created_datetime=now(),
    )  # fmt: skip


def test_a_file_is_fetched_when_it_is_opened(nurse, fridge, monkeypatch):
    reference = reference_from_elsewhere(fridge)

    def fetch(connection, wanted):
        file_store.save(wanted, [b"abc"])
        return file_store.path_of(wanted)

    monkeypatch.setattr(documents.file_transfer, "fetch_file", fetch)
    answer = nurse.get(f"/equipment/file/{fridge.pk}/{reference.pk}")
    assert b"".join(answer.streaming_content) == b"abc"


def test_offline_it_says_why_it_cannot_be_fetched(nurse, fridge, monkeypatch):
    reference = reference_from_elsewhere(fridge)

    def fetch(connection, wanted):
        raise SyncFailure(FailureCode.CONNECTION_ERROR, "no route")

    monkeypatch.setattr(documents.file_transfer, "fetch_file", fetch)
    answer = nurse.get(f"/equipment/file/{fridge.pk}/{reference.pk}")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text


def test_the_central_server_says_when_a_file_has_not_arrived(admin):
    asset = Asset.objects.filter(deleted_datetime=None).first()
    reference = reference_from_elsewhere(asset)
    assert admin.get(f"/equipment/file/{asset.pk}/{reference.pk}").status_code == 404


def test_a_file_is_removed_once_it_is_confirmed(nurse, fridge):
    attach(nurse, fridge)
    reference = SyncFileReference.objects.get(record_id=fridge.pk)
    path = file_store.path_of(reference)
    address = f"/equipment/file/{fridge.pk}/{reference.pk}/remove"
    assert reference.file_name in nurse.get(address).text
    reference.refresh_from_db()
    assert reference.deleted_datetime is None
    assert path.exists()
    nurse.post(address)
    reference.refresh_from_db()
    assert reference.deleted_datetime is not None
    assert not path.exists()
    assert nurse.get(f"/equipment/file/{fridge.pk}/{reference.pk}").status_code == 404


def test_attaching_needs_the_right_to_edit(fridge):
    client = log_in("bo", "store-north", "ASSET_QUERY")
    assert attach(client, fridge).status_code == 403
    assert not SyncFileReference.objects.filter(record_id=fridge.pk).exists()
