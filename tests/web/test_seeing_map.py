"""The map of the country: who supplies whom, one by one and summed up."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from msupply.central import country_map
from msupply.central.country_map import Level
from msupply.records.names import Name, NameStoreJoin
from msupply.records.properties import NameOmsFields
from msupply.records.requisitions import Requisition
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.sync.clock import now
from msupply.web.seeing import map_layout
from tests.web.conftest import log_in


def store(code, site=2, supplier=None, properties=None, **name):
    Name.objects.create(
        id=f"n-{code}", name=f"Store {code}", code=code, supplying_store_id=supplier, **name
    )
    if properties:
        NameOmsFields.objects.create(id=f"n-{code}", properties=json.dumps(properties))
    return Store.objects.create(id=code, name_id=f"n-{code}", code=code, site_id=site)


@pytest.fixture
def chain(admin):
    """A warehouse that supplies a hospital that supplies a clinic."""
    Site.objects.create(id="site-3", site_id=3, name="far", last_connection_datetime=now())
    late = now() - timedelta(days=40)
    Site.objects.filter(site_id=2).update(last_connection_datetime=late)
    store("W", site=1)
    store("H", site=2, supplier="W")
    store("C", site=3, supplier="H")
    return admin


def suppliers():
    return {s.id: s.supplier for s in country_map.stores(connection) if len(s.id) == 1}


def test_stores_are_supplied_by_the_supplying_store_of_their_name(chain):
    assert suppliers() == {"W": None, "H": "W", "C": "H"}


def test_a_store_without_one_is_supplied_by_whom_it_orders_from(chain):
    store("X")
    Requisition.objects.create(
        id="r-1",
        store_id="X",
        name_id="n-H",
        type="REQUEST",
        requisition_number=1,
        status="SENT",
        created_datetime=now(),
    )
    assert suppliers()["X"] == "H"


def test_else_by_a_store_that_it_sees_as_a_supplier(chain):
    store("X")
    Name.objects.filter(pk="n-W").update(is_supplier=True)
    NameStoreJoin.objects.create(id="j-1", store_id="X", name_id="n-W")
    NameStoreJoin.objects.create(id="j-2", store_id="X", name_id="n-C")
    assert suppliers()["X"] == "W"


def test_what_is_only_seen_gives_way_to_what_is_known(chain):
    store("D", site=3, supplier="H")
    Name.objects.filter(pk__in=["n-W", "n-H", "n-C"]).update(is_supplier=True)
    for number, name in enumerate(("n-H", "n-C")):
        NameStoreJoin.objects.create(id=f"j-{number}", store_id="W", name_id=name)
    assert suppliers() == {"W": None, "H": "W", "C": "H", "D": "H"}


def test_of_two_that_are_seen_as_often_the_one_on_the_central_server_supplies(chain):
    store("X")
    Name.objects.filter(pk__in=["n-W", "n-C"]).update(is_supplier=True)
    NameStoreJoin.objects.create(id="j-1", store_id="X", name_id="n-C")
    NameStoreJoin.objects.create(id="j-2", store_id="X", name_id="n-W")
    assert suppliers()["X"] == "W"


def test_where_all_see_each_other_the_store_on_the_central_server_is_the_head(admin):
    stores = store("C", site=1), store("D"), store("E")
    Name.objects.filter(pk__in=["n-C", "n-D", "n-E"]).update(is_supplier=True)
    Name.objects.filter(pk="n-E").update(supplying_store_id="D")
    for seer in stores:
        for seen in stores:
            if seer != seen:
                NameStoreJoin.objects.create(store=seer, name_id=seen.name_id)
    assert suppliers() == {"C": None, "D": "C", "E": "D"}


def test_the_few_that_one_store_supplies_stand_on_its_line(chain):
    store("D", site=3, supplier="H")
    shown = [s for s in country_map.stores(connection) if len(s.id) == 1]
    drawing = map_layout.draw(country_map.marks(shown, Level.STORES), 1040)
    places = {spot.mark.key: spot.x for spot in drawing.spots}
    assert places["C"] == places["D"]


def test_circles_of_suppliers_are_opened(chain):
    Name.objects.filter(pk="n-W").update(supplying_store_id="C")
    found = suppliers()
    assert list(found.values()).count(None) == 1
    assert chain.get("/map/").status_code == 200


def test_the_region_is_that_of_the_hub_unless_a_property_says_it(chain):
    store("D", site=3, supplier="H", properties={"Region": "North"})
    found = {s.id: s.region for s in country_map.stores(connection)}
    assert found["C"] == found["H"] == "Store H"
    assert found["D"] == "North"


def test_sites_and_regions_sum_up_their_stores(chain):
    shown = [s for s in country_map.stores(connection) if len(s.id) == 1]
    by_site = {m.label: m for m in country_map.marks(shown, Level.SITES)}
    assert by_site["far"].supplier == "2"
    assert by_site["north"].supplier == "1"
    by_region = {m.label: m for m in country_map.marks(shown, Level.REGIONS)}
    assert by_region["Store H"].stores == 2
    assert dict(by_region["Store H"].states) == {"SILENT": 1, "FRESH": 1}
    assert by_region["Store H"].worst == "SILENT"


def test_every_store_is_drawn_and_leads_to_its_site(chain):
    page = chain.get("/map/").text
    assert page.count("Store C: Fresh") == 2, "once for each width of screen"
    assert page.count("Store H: Silent") == 2
    assert '<a href="/sites/3/"' in page
    assert "http" not in page.partition('<svg class="map')[2].partition("</svg>")[0]


def test_the_same_is_told_as_a_table(chain):
    rows = {row["label"]: row["supplier"] for row in chain.get("/map/").context["rows"]}
    assert rows["Store C"] == "Store H"


def test_the_filter_keeps_the_way_to_the_supplier(chain):
    rows = {row["label"] for row in chain.get("/map/?q=store c").context["rows"]}
    assert rows == {"Store C", "Store H", "Store W"}
    assert chain.get("/map/?q=nothing").context["rows"] == []


@pytest.mark.parametrize(
    "asked", ["by=x", "state=x", "region=%00", "q=%00", "by=regions&state=NEVER"]
)
def test_wrong_questions_are_harmless(chain, asked):
    assert chain.get(f"/map/?{asked}").status_code == 200


def test_stores_with_coordinates_are_drawn_where_they_are(chain):
    for n, code in enumerate("WHC"):
        NameOmsFields.objects.create(
            id=f"n-{code}", properties=json.dumps({"latitude": 10 + n, "longitude": str(20 + n)})
        )
    shown = [s for s in country_map.stores(connection) if len(s.id) == 1]
    drawing = map_layout.draw(country_map.marks(shown, Level.STORES), 1000)
    assert drawing.is_geographic
    spots = {spot.mark.key: (spot.x, spot.y) for spot in drawing.spots}
    assert spots["W"][0] < spots["H"][0] < spots["C"][0], "east is right"
    assert spots["W"][1] > spots["H"][1] > spots["C"][1], "north is up"
    assert all(0 <= x <= 1000 and 0 <= y <= drawing.height for x, y in spots.values())


@pytest.mark.parametrize("wrong", [{"latitude": 91, "longitude": 0}, {"latitude": "x"}, [1], 7])
def test_nonsense_for_coordinates_is_none(chain, wrong):
    NameOmsFields.objects.create(id="n-W", properties=json.dumps(wrong))
    found = {s.id: s.place for s in country_map.stores(connection)}
    assert found["W"] is None


@pytest.mark.parametrize("width", [350, 1040])
def test_nothing_is_drawn_outside_and_nothing_covers_another(chain, width):
    for n in range(60):
        store(f"L{n}", site=3, supplier="H" if n % 2 else "C")
    marks = country_map.marks(country_map.stores(connection), Level.STORES)
    drawing = map_layout.draw(marks, width)
    assert len({(round(s.x), round(s.y)) for s in drawing.spots}) == len(marks)
    for spot in drawing.spots:
        assert spot.x > 0
        assert spot.x + spot.radius + spot.room <= width + 1
        assert 0 < spot.y < drawing.height


def test_a_large_country_is_summed_up(chain):
    Site.objects.bulk_create(
        Site(id=f"s{n}", site_id=1000 + n, name=f"site {n}") for n in range(300)
    )
    Name.objects.bulk_create(
        Name(id=f"n{n}", name=f"Post {n}", code=str(n), supplying_store_id="H" if n % 3 else "W")
        for n in range(300)
    )
    Store.objects.bulk_create(
        Store(id=f"s{n}", name_id=f"n{n}", code=str(n), site_id=1000 + n) for n in range(300)
    )
    assert chain.get("/map/").context["level"] is Level.REGIONS
    assert chain.get("/map/?by=stores").context["level"] is Level.STORES


def test_the_map_is_for_administrators_of_the_central_server(nurse):
    assert nurse.get("/map/").status_code == 403


def test_the_map_needs_its_permission(central):
    assert log_in("bo", "store-central", "EDIT_CENTRAL_DATA").get("/map/").status_code == 403
