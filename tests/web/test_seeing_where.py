"""Where a record is: one line per site, with the reason; on the page and for `msupply explain`."""

from datetime import timedelta

import pytest
from django.db import connection

from msupply.central import explanation, log_marks
from msupply.central.whereabouts import Answer
from msupply.records.items import Unit
from msupply.records.merges import UnitMerge
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stock import Location
from msupply.records.stores import Store
from msupply.sync import changelog, cursors, queue
from msupply.sync.changelog import LOGS
from msupply.sync.clock import now
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.models import ChangelogQueue, Quarantined, StoreSync
from tests.web.conftest import log_in


@pytest.fixture
def country(admin):
    """The sites north and far, both initialised; each with a store of its own."""
    Site.objects.filter(site_id=2).update(initialisation_status=InitialisationStatus.COMPLETED)
    Site.objects.create(
        id="site-3", site_id=3, name="far", hardware_id="t3", last_connection_datetime=now(),
        initialisation_status=InitialisationStatus.COMPLETED,
    )  # fmt: skip
    Name.objects.create(id="n-far", name="Far", code="FAR")
    Store.objects.create(id="s-far", name_id="n-far", code="FAR", site_id=3)
    return admin


def verdict(kind_name, record_id, number=2):
    kind = registry().by_name[kind_name]
    site = Site.objects.get(site_id=number)
    (found,) = explanation.explain(connection, kind, record_id, [site]).verdicts
    return found


def location(store="store-north"):
    return Location.objects.create(id="l-1", store_id=store, code="L", name="Shelf")


def test_what_waits_in_the_queue_is_not_there_yet(country):
    location()
    found = verdict("location", "l-1")
    assert found.answer is Answer.NOT_YET
    assert "is active there; it waits in the site's queue" in found.reason


def test_what_was_acknowledged_is_there(country):
    location()
    row = ChangelogQueue.objects.get(record_id="l-1")
    queue.initialise(connection, 2)
    waiting = [str(n) for n in range(row.cursor + 1)]
    queue.acknowledge(connection, 2, waiting)
    assert verdict("location", "l-1").answer is Answer.YES


def test_what_came_from_a_site_is_there(country):
    location()
    ChangelogQueue.objects.filter(record_id="l-1").update(source_site=2)
    found = verdict("location", "l-1")
    assert (found.answer, found.reason) == (Answer.YES, "it came from this site")


def test_another_sites_store_is_named_with_its_site(country):
    location("s-far")
    found = verdict("location", "l-1")
    assert found.answer is Answer.NO
    assert "its store Far is active on the site “far”" in found.reason


def test_a_collector_gets_it(country):
    location("s-far")
    StoreSync.objects.create(store_id="s-far", site_id=2, sync_with="COLLECTOR")
    found = verdict("location", "l-1")
    assert found.goes
    assert "copy of its store Far (collector)" in found.reason


def test_a_transfer_copy_gets_transfers_only(country):
    location("s-far")
    StoreSync.objects.create(store_id="s-far", site_id=2, sync_with="TRANSFER")
    found = verdict("location", "l-1")
    assert found.answer is Answer.NO
    assert "for transfers only" in found.reason


def test_the_other_store_of_a_transfer_gets_it(country):
    location("s-far")
    ChangelogQueue.objects.filter(record_id="l-1").update(partner_id="store-north")
    assert "it is a transfer" in verdict("location", "l-1").reason


def test_a_patient_is_where_it_is_visible(country):
    Name.objects.create(id="p-1", name="Awa", code="P1", type="PATIENT")
    assert "not visible in any store" in verdict("name", "p-1").reason
    NameStoreJoin.objects.create(id="j-1", store_id="store-north", name_id="p-1")
    found = verdict("name", "p-1")
    assert found.goes
    assert "visible in a store of the site" in found.reason


def test_central_records_go_everywhere(country):
    Unit.objects.create(id="u-1", name="Tablet")
    assert "never connected" in verdict("unit", "u-1", 2).reason
    found = verdict("unit", "u-1", 3)
    assert (found.answer, found.goes) == (Answer.NOT_YET, True)
    log_marks.mark(connection)
    Site.objects.filter(site_id=3).update(last_connection_datetime=now() + timedelta(seconds=1))
    assert verdict("unit", "u-1", 3).answer is Answer.YES, "it has synchronised since"


def test_a_merged_record_leads_to_the_one_that_was_kept(country):
    Unit.objects.create(id="u-1", name="Tablet")
    UnitMerge.objects.create(id="u-lost", kept_id="u-1")
    page = country.get("/where-is/unit/u-lost").text
    assert "merged into u-1" in page
    assert "/where-is/unit/u-1" in page
    assert "may not have sent it yet" not in page


def test_a_dispensary_type_goes_to_dispensaries_alone(country):
    kind = next(iter(registry().dispensary_only), None)
    if kind is None:
        pytest.skip("no such record type yet")
    channel = Channel.CENTRAL if kind.legacy else Channel.MODERN
    model = dict(LOGS)[channel]
    model.objects.create(
        record_type=kind.number, record_id="d-1", deleted=False, everywhere=True
    )  # fmt: skip
    Store.objects.filter(site_id=2).update(store_mode="STORE")
    assert "active dispensary store" in verdict(kind.name, "d-1").reason
    Store.objects.filter(site_id=2).update(store_mode="DISPENSARY")
    assert verdict(kind.name, "d-1").goes


def test_a_site_that_is_not_initialised_gets_it_then(country):
    Site.objects.filter(site_id=2).update(
        initialisation_status=InitialisationStatus.NEW, hardware_id=None
    )
    location()
    found = verdict("location", "l-1")
    assert found.answer is Answer.NOT_YET
    assert "not been initialised" in found.reason


def test_what_was_refused_here_says_so(country):
    Quarantined.objects.create(
        source_site=2, wire="v5", table_name="Location", record_id="l-9", action="upsert",
        data="{}", code="not_owner", reason="store x is not active there", received_at=now(),
    )  # fmt: skip
    page = country.get("/where-is/location/l-9").text
    assert "The site may not change this record" in page
    assert "store x is not active there" in page
    assert "/sites/2/#kept" in page


def test_what_was_never_here_says_what_may_be_the_matter(country):
    page = country.get("/where-is/invoice/nowhere").text
    assert "may not have sent it yet" in page
    assert "not included in synchronisation" in page


def test_what_never_travels_says_why(country):
    assert "It never travels" in country.get("/where-is/site/site-2").text


def test_the_page_lists_every_site_those_concerned_first(country):
    location("s-far")
    page = country.get("/where-is/location/l-1")
    assert [row[0].site for row in page.context["verdicts"]] == ["far", "north"]
    page = country.get("/where-is/location/l-1?q=north")
    assert [row[0].site for row in page.context["verdicts"]] == ["north"]


@pytest.mark.parametrize("path", ["dragon/x", "location/a%00b"])
def test_what_cannot_be_is_not_found(country, path):
    assert country.get(f"/where-is/{path}").status_code == 404


def test_wire_tables_are_names_too(country):
    assert country.get("/where-is/transact/x").status_code == 200


def at_the_centre(record_id="l-1"):
    kind = registry().by_name["location"]
    return explanation.explain(connection, kind, record_id, []).verdicts


def test_at_a_site_it_is_told_whether_the_central_server_has_it(remote):
    log_in("awa", "store-north")
    location()
    (found,) = at_the_centre()
    assert (found.answer, found.goes) == (Answer.NOT_YET, True)
    cursors.set_to(connection, cursors.PUSH_V5, changelog.head(connection, Channel.QUEUE))
    (found,) = at_the_centre()
    assert found.answer is Answer.YES


def test_at_a_site_a_record_of_a_kept_store_stays(remote):
    from msupply.sync import here
    from msupply.sync.site_orders import SiteOrders

    location()
    here.change(connection, orders=SiteOrders(kept_home_stores=("store-north",)))
    (found,) = at_the_centre()
    assert found.answer is Answer.NO
    assert "stay here" in found.reason
