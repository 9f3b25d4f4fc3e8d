"""Importing and exporting record types in the browser."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from msupply.records.items import Item
from msupply.records.uploads import Upload
from msupply.services.tables import exporting, files, writing
from tests.web.conftest import log_in


def send(client, slug, text, name="items.csv"):
    file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
    return client.post(reverse("import", args=[slug]), {"file": file})


def test_a_file_is_previewed_and_then_imported(admin):
    answer = send(admin, "items", "Code,Name\nzz1,First\nzz2,Second\n")
    assert answer.status_code == 302
    page = admin.get(answer.url)
    assert page.context["plan"].new == 2
    assert not Item.objects.filter(code="zz1").exists()
    done = admin.post(answer.url + "/now", {"rows": "all"})
    assert done.status_code == 302
    assert Item.objects.filter(code__in=("zz1", "zz2")).count() == 2
    assert not Upload.objects.exists()


def test_errors_are_shown_and_the_faulty_rows_can_be_downloaded(admin):
    answer = send(admin, "items", "Code;Name;Type\nzz1;First;Stock\nzz2;;Liquid\n")
    page = admin.get(answer.url)
    assert page.context["plan"].faulty == 1
    assert "Import the 1 good row only" in page.text
    text = b"".join(admin.get(answer.url + "/errors").streaming_content).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "Code,Name,Type,Errors"
    assert lines[1].startswith("zz2,,Liquid,")
    assert len(lines) == 2
    refused = admin.post(answer.url + "/now", {"rows": "all"})
    assert refused.status_code == 422
    assert admin.post(answer.url + "/now", {"rows": "good"}).status_code == 302
    assert Item.objects.filter(code="zz1").exists()


def shown(page):
    """What the page says, without the token of its forms."""
    return [line for line in page.text.partition('id="main"')[2].splitlines() if "csrf" not in line]


def test_an_import_is_planned_once_however_often_it_is_looked_at(admin, monkeypatch):
    answer = send(admin, "items", "Code,Name,Type\nzz1,First,Stock\nzz2,,Liquid\n")
    before = shown(admin.get(answer.url))
    Item.objects.create(id="zz", code="zz1", name="Somebody else's")
    monkeypatch.setattr(files, "read", None)
    assert shown(admin.get(answer.url)) == before
    assert any("zz1" in line for line in before)


@pytest.mark.parametrize("rows", ["all", "good"])
def test_import_pressed_twice_at_the_same_moment_imports_once(admin, monkeypatch, rows):
    answer = send(admin, "items", "Code,Name\nzz1,First\n")
    write, second = writing.apply, []

    def write_late(*given, **named):
        monkeypatch.setattr(writing, "apply", write)
        second.append(admin.post(answer.url + "/now", {"rows": rows}))
        write(*given, **named)

    monkeypatch.setattr(writing, "apply", write_late)
    first = admin.post(answer.url + "/now", {"rows": rows})
    assert second[0].status_code == 302
    assert first.status_code == 422
    assert "imported already" in first.text
    assert Item.objects.filter(code="zz1").count() == 1


def test_good_rows_are_imported_once_and_the_faulty_ones_stay_to_be_downloaded(admin):
    answer = send(admin, "items", "Code,Name,Type\nzz1,First,Stock\nzz2,,Liquid\n")
    assert admin.post(answer.url + "/now", {"rows": "good"}).status_code == 302
    again = admin.post(answer.url + "/now", {"rows": "good"})
    assert again.status_code == 422
    assert admin.get(answer.url + "/errors").status_code == 200


def test_an_import_that_fails_can_be_tried_again(admin):
    answer = send(admin, "items", "Code,Name,Type\nzz1,First,Stock\nzz2,,Liquid\n")
    assert admin.post(answer.url + "/now", {"rows": "all"}).status_code == 422
    assert admin.post(answer.url + "/now", {"rows": "good"}).status_code == 302


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\x89PNG\0", b"colour\nred\n"])
def test_a_file_that_is_no_table_is_explained_at_the_form(admin, content):
    answer = send(admin, "items", content)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def test_somebody_elses_upload_is_not_found(admin):
    answer = send(admin, "items", "Code,Name\nzz1,First\n")
    Upload.objects.update(user_id="other")
    assert admin.get(answer.url).status_code == 404
    assert admin.post(answer.url + "/now", {"rows": "all"}).status_code == 404


def test_a_template_names_every_column_that_can_be_filled_in(admin):
    content = b"".join(admin.get("/list/items/import/template.xlsx").streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    titles = [cell.value for cell in book.worksheets[0][1]]
    assert titles[0] == "id"
    assert {"Code", "Name", "Unit", "Type"} <= set(titles)
    assert "Deleted at" not in titles
    text = b"".join(admin.get("/list/items/import/template.csv").streaming_content).decode()
    assert "Code" in text


def test_an_export_as_excel_holds_every_row_of_the_list(admin):
    content = b"".join(admin.get("/list/item/export.xlsx").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows())
    assert len(rows) == Item.objects.count() + 1


def test_more_rows_than_excel_holds_are_refused_in_words(admin, monkeypatch):
    monkeypatch.setattr(exporting, "LARGEST_ROWS", 1)
    answer = admin.get("/list/item/export.xlsx")
    assert answer.status_code == 422
    assert "export it as CSV" in answer.text


def test_an_export_is_filtered_as_the_list_is(admin):
    Item.objects.create(id="zz", code="zz1", name="Zzz")
    content = b"".join(admin.get("/list/item/export.csv?q=zzz").streaming_content).decode()
    assert len(content.splitlines()) == 2


def test_without_the_right_there_is_neither_import_nor_template(remote):
    client = log_in("bo", "store-north", "STOCK_LINE_QUERY")
    assert "/list/stock/import" not in client.get("/list/stock/").text
    for path in ("import", "import/template.xlsx", "import/x", "import/x/errors"):
        assert client.get(f"/list/stock/{path}").status_code == 403
    assert client.post("/list/stock/import/x/now").status_code == 403
