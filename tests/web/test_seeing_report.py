"""The sync report: sites and stores by their last connection, as a page and as files."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection

from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.sync.clock import now
from tests.web.conftest import log_in

PAGES = ["/sync-report/", "/sync-report/export.csv", "/sync-report/export.xlsx", "/sites/2/",
         "/where-is/item/x"]  # fmt: skip


@pytest.fixture
def country(admin):
    """Sites of every freshness, each with a store."""
    ages = {"north": 1, "east": 8, "west": 31, "south": None}
    for number, (name, days) in enumerate(ages.items(), start=2):
        last = None if days is None else now() - timedelta(days=days)
        Site.objects.update_or_create(
            site_id=number,
            defaults={"name": name, "last_connection_datetime": last, "app_version": f"2.{number}"},
            create_defaults={"id": f"site-{number}", "name": name, "app_version": f"2.{number}",
                             "last_connection_datetime": last},
        )  # fmt: skip
        if name != "north":
            Name.objects.create(id=f"n-{name}", name=f"Store {name}", code=name.upper())
            Store.objects.create(
                id=f"s-{name}", name_id=f"n-{name}", code=name.upper(), site_id=number
            )
    return admin


def titles(page):
    return [row["title"] for row in page.context["rows"] if row["state"] != "HERE"]


def states(page):
    return {share.state.value: share.count for share in page.context["shares"]}


def test_sites_are_counted_by_how_long_they_are_silent(country):
    assert states(country.get("/sync-report/")) == {
        "FRESH": 1, "LATE": 1, "SILENT": 1, "NEVER": 1, "HERE": 1,
    }  # fmt: skip


def test_those_silent_longest_come_first(country):
    page = country.get("/sync-report/")
    assert titles(page) == ["south", "west", "east", "north"]


def test_a_site_that_is_silent_for_a_month_is_red_and_one_that_never_came_is_grey(country):
    text = country.get("/sync-report/?state=SILENT").text
    assert "text-red" in text
    text = country.get("/sync-report/?state=NEVER").text
    assert "never connected" in text
    assert "text-red" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=west", ["west"]),
        ("q=store we", ["west"]),
        ("q=4", ["west"]),
        ("q=WEST&state=LATE", []),
        ("state=LATE", ["east"]),
        ("state=nonsense&q=east", ["east"]),
        ("sort=-title&q=st", ["west", "south", "east"]),
        ("of=stores&q=store", ["Store south", "Store west", "Store east"]),
        ("of=stores&state=SILENT", ["Store west"]),
        ("of=stores&q=store&sort=-last_connection", ["Store east", "Store west", "Store south"]),
        ("sort=password&q=west", ["west"]),
        ("page=99&q=west", ["west"]),
    ],
)
def test_the_report_is_filtered_and_ordered(country, asked, found):
    assert titles(country.get(f"/sync-report/?{asked}")) == found


def test_a_store_that_is_active_on_no_site_is_said_so(country):
    Store.objects.filter(pk="s-west").update(site_id=99)
    page = country.get("/sync-report/?of=stores&state=NO_SITE")
    assert titles(page) == ["Store west"]
    assert "/sites/99/" not in page.text


def test_the_csv_holds_what_is_shown(country):
    Site.objects.filter(site_id=3).update(name="=east")
    answer = country.get("/sync-report/export.csv?state=LATE")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    heading, line = csv.reader(io.StringIO(text))
    assert heading[:3] == ["Site", "Site number", "State"]
    assert line[:3] == ["'=east", "3", "Late"]
    assert line[-1].startswith("Store east")


def test_the_spreadsheet_holds_what_is_shown(country):
    answer = country.get("/sync-report/export.xlsx?of=stores&q=store")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    shown = [row[0] for row in rows if row[0].startswith("Store")]
    assert shown == ["Store", "Store south", "Store west", "Store east"]


def test_the_report_asks_as_many_questions_for_many_sites_as_for_few(
    country, django_assert_num_queries
):
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        country.get("/sync-report/")
    Site.objects.bulk_create(
        Site(id=f"more-{n}", site_id=100 + n, name=f"more {n}") for n in range(40)
    )
    with django_assert_num_queries(len(few)):
        country.get("/sync-report/")


def test_htmx_gets_the_list_alone(country):
    text = country.get("/sync-report/", headers={"HX-Request": "true"}).text
    assert "<html" not in text
    assert "west" in text


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_the_central_servers(nurse, path):
    answer = nurse.get(path)
    assert answer.status_code == 403
    assert "This can only be done on the central server" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_need_the_right_of_an_administrator(central, path):
    client = log_in("bo", "store-central", "EDIT_CENTRAL_DATA", "STOCK_LINE_QUERY")
    assert client.get(path).status_code == 403


def test_an_unknown_form_of_file_does_not_exist(admin):
    assert admin.get("/sync-report/export.exe").status_code == 404
