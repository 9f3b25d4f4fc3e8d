"""Merges that only servers of this kind know: the changed records are told as changes too."""

from msupply.records.items import Item, Unit
from msupply.records.merges import LocationMerge
from msupply.records.stock import Location, StockLine
from msupply.sync.models import ChangelogCentral, ChangelogQueue
from tests.merging.conftest import NORTH, merge


def test_items_have_the_unit_kept_and_are_told_as_changed(country):
    country.units("A", "B")
    country.items("I")
    Item.objects.using(country.alias).update(unit_id="A")
    before = country.log(ChangelogCentral, "I").cursor
    country.arrive_trusted(merge("unit", "B", "A"))
    assert country.row(Item, "I").unit_id == "B"
    assert not country.row(Unit, "A").is_active
    assert country.log(ChangelogCentral, "I").cursor > before


def test_the_site_of_a_store_merges_its_locations(country):
    country.locations("S-north", "A", "B")
    country.items("I")
    country.stock("L", "I", location_id="A")
    before = country.log(ChangelogQueue, "L").cursor
    country.arrive(merge("Location", "B", "A", store_ID="S-north"), site=NORTH)
    assert country.kept_back() == []
    assert country.row(StockLine, "L").location_id == "B"
    assert not country.has(Location, "A")
    assert country.log(ChangelogQueue, "L").cursor > before


def test_no_other_site_merges_them(country):
    country.locations("S-south", "A", "B")
    for store in ("S-north", "S-south"):
        country.arrive(merge("Location", "B", "A", store_ID=store), site=NORTH)
        assert country.kept_back() == [("Location", "merge", "A", "not_owner")]
    assert country.has(Location, "A")


def test_a_location_that_was_kept_can_be_deleted(country):
    country.locations("S-north", "A", "B")
    country.arrive_trusted(merge("Location", "B", "A", store_ID="S-north"))
    country.row(Location, "B").delete(using=country.alias)
    assert country.row(LocationMerge, "A").kept_id == "B"
