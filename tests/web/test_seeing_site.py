"""The page of one site: queue, cycles, records kept back and tried again."""

from datetime import timedelta

import pytest
from django.db import connection

from msupply.central import failing, log_marks
from msupply.central.integration import integrate_waiting
from msupply.records.log_marks import LogMark
from msupply.records.site_cycles import SiteCycle
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.sync.clock import now
from msupply.sync.models import Quarantined, SiteState, StoreSync
from msupply.wire import site_cycles
from tests.web.conftest import log_in


def kept(record_id, code="invalid", data="{}", site=2, **values):
    return Quarantined.objects.create(
        source_site=site, wire="v5", table_name="Location", record_id=record_id, action="upsert",
        data=data, code=code, reason="what the engine said", received_at=now(), **values,
    )  # fmt: skip


def test_the_site_is_described(admin):
    Site.objects.filter(site_id=2).update(app_version="2.9", app_name="Open mSupply")
    page = admin.get("/sites/2/").text
    for text in ("tablet-1", "2.9", "Open mSupply", "Initialisation", "Never connected"):
        assert text in page


def test_its_stores_are_listed_as_what_they_are_there(admin):
    StoreSync.objects.create(store_id="store-central", site_id=2, sync_with="COLLECTOR")
    page = admin.get("/sites/2/")
    found = [(placed.store.pk, placed.sync_type.value) for placed, *_ in page.context["stores"]]
    assert found == [("store-north", "ACTIVE"), ("store-central", "COLLECTOR")]


def test_the_queue_is_counted_by_record_type(admin):
    SiteState.objects.create(site_id=2, queue_cursor=0)
    for n in range(3):
        Location.objects.create(id=f"l-{n}", store_id="store-north", code=f"L{n}", name="Shelf")
    page = admin.get("/sites/2/")
    assert page.context["queue"].length == 3
    assert [(part.name, part.count) for part in page.context["queue_parts"]] == [("locations", 3)]
    assert "/where-is/location/l-0" in page.text


def test_it_is_said_how_far_behind_the_site_is(admin):
    Location.objects.create(id="l-0", store_id="store-north", code="L0", name="Shelf")
    log_marks.mark(connection)
    LogMark.objects.update(at=now() - timedelta(days=4))
    assert "at least 4 days behind" in admin.get("/sites/2/").text


def test_where_the_log_is_is_noted_now_and_then(central):
    Location.objects.create(id="l-0", store_id="store-north", code="L0", name="Shelf")
    log_marks.mark(connection)
    log_marks.mark(connection)
    assert LogMark.objects.count() == 1
    LogMark.objects.update(at=now() - timedelta(days=500))
    log_marks.mark(connection)
    assert LogMark.objects.count() == 1, "the log has not moved"
    Location.objects.create(id="l-1", store_id="store-north", code="L1", name="Shelf")
    log_marks.mark(connection)
    assert LogMark.objects.get().at > now() - timedelta(minutes=1), "the old one is gone"


def test_the_last_cycles_are_shown_with_what_they_exchanged(admin):
    site_cycles.begin(connection, 2)
    site_cycles.exchanged(connection, 2, pushed=123, pulled=4567)
    site_cycles.refused(connection, 2, "site_incorrect_hardware_id")
    page = admin.get("/sites/2/").text
    assert "123" in page
    assert "4567" in page
    assert "It came from another device" in page


def test_a_site_whose_records_cannot_be_integrated_is_marked_with_the_reason(admin):
    marked = ("data-failing", "permission denied to make tables")
    for text in marked:
        assert text not in admin.get("/sites/2/").text
    failing.note(connection, 2, "permission denied to make tables")
    page = admin.get("/sites/2/").text
    for text in marked:
        assert text in page
    assert "cannot be taken in" in admin.get("/sync-report/").text
    failing.over(connection, 2)
    for address in ("/sites/2/", "/sync-report/"):
        page = admin.get(address).text
        assert not [text for text in (*marked, "cannot be taken in") if text in page]


def test_the_page_warns_of_a_clock_that_is_wrong_at_the_site(admin):
    site_cycles.begin(connection, 2, clock_ahead=100)
    assert "The clock of this site" not in admin.get("/sites/2/").text
    SiteCycle.objects.update(last_at=now() - timedelta(hours=1))
    site_cycles.begin(connection, 2, clock_ahead=-3 * 86400)
    site_cycles.refused(connection, 2, "site_incorrect_hardware_id")
    page = admin.get("/sites/2/").text
    assert "The clock of this site is 3 days behind this server" in page


def test_records_kept_back_have_a_plain_reason_and_a_way_to_mend_it(admin):
    kept("l-1", "not_owner")
    kept("l-2", "something new")
    kept("l-3", site=3)
    page = admin.get("/sites/2/").text
    assert "The site may not change this record" in page
    assert "The record could not be taken" in page
    assert "what the engine said" in page
    assert "l-3" not in page
    assert "elete" not in page.partition('id="kept"')[2].partition("</form>")[0]


GOOD = (
    '{"ID": "l-good", "code": "G", "Description": "Good", "store_ID": "store-north",'
    ' "hold": false, "Volume": 0, "asset_ID": "", "comment": "", "type_ID": "", "priority": 0,'
    ' "object_type": "", "parent_id": "", "summary_only": false}'
)


def test_one_record_is_tried_again_and_comes_in(admin):
    row = kept("l-good", data=GOOD)
    other = kept("l-other")
    answer = admin.post("/sites/2/retry", {"id": str(row.pk)}, follow=True)
    assert "1 record is tried again" in answer.text
    assert integrate_waiting(connection)
    assert Location.objects.get(pk="l-good").name == "Good"
    assert [q.pk for q in Quarantined.objects.all()] == [other.pk]


def test_all_records_of_the_site_are_tried_again(admin):
    kept("l-1"), kept("l-2")
    foreign = kept("l-3", site=3)
    admin.post("/sites/2/retry")
    assert [q.pk for q in Quarantined.objects.all()] == [foreign.pk]
    integrate_waiting(connection)
    assert Quarantined.objects.filter(source_site=2).count() == 2, "they are still wrong"


def test_another_sites_record_is_not_touched(admin):
    row = kept("l-3", site=3)
    answer = admin.post("/sites/2/retry", {"id": str(row.pk)}, follow=True)
    assert "nothing to retry" in answer.text
    assert Quarantined.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("sent", ["x", "9" * 30, "-1"])
def test_a_wrong_number_is_no_record(admin, sent):
    assert admin.post("/sites/2/retry", {"id": sent}).status_code == 404


@pytest.mark.parametrize("number", ["77", "9999999999999999999999"])
def test_an_unknown_site_does_not_exist(admin, number):
    assert admin.get(f"/sites/{number}/").status_code == 404


def test_retrying_needs_the_right(central):
    client = log_in("bo", "store-central", "EDIT_CENTRAL_DATA")
    assert client.post("/sites/2/retry").status_code == 403


def test_retrying_is_the_central_servers(nurse):
    assert nurse.post("/sites/2/retry").status_code == 403


def test_the_central_servers_own_site_has_no_queue(admin):
    page = admin.get("/sites/1/").text
    assert "This server" in page
    assert "Waiting for this site" not in page
